package dev.synthorax.engine;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test class that leaves owners of native memory open; found by JUnit itself. */
public final class NativeHandlesExtension implements BeforeAllCallback, AfterAllCallback {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(NativeHandlesExtension.class);
  private static final String MARK = "mark";

  @Override
  public void beforeAll(ExtensionContext context) {
    context.getStore(NAMESPACE).put(MARK, NativeHandles.mark());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    long mark = requireNonNull(context.getStore(NAMESPACE).get(MARK, Long.class), MARK);
    List<String> leaks = NativeHandles.leaksSince(mark);
    if (!leaks.isEmpty()) {
      throw new AssertionError(String.join(System.lineSeparator(), leaks));
    }
  }
}
