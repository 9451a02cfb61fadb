package dev.synthorax.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Puts the {@link FakeDriver} in the driver's place for each test and gives it to those that ask;
 * after each, nothing may have been done wrong, and nothing be left.
 */
public final class FakeDriverExtension
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver {

  @Override
  public void beforeEach(ExtensionContext context) {
    FakeDriver.load().reset();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    FakeDriver driver = FakeDriver.load();
    assertThat(driver.violations()).as("what the fake driver saw").isEmpty();
    assertThat(driver.leaks()).as("what the fake driver still has").isEmpty();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == FakeDriver.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return FakeDriver.load();
  }
}
