package dev.synthorax.server.telemetry;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.helpers.Reporter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Logs as JSON on standard error, in place of SLF4J's simple logger and by its settings.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class JsonLogs implements SLF4JServiceProvider, ILoggerFactory {
  private static final String API = "2.0.99"; // of SLF4J: any 2.0

  private final LogLevels levels = LogLevels.ofProcess();
  private final Map<String, Logger> loggers = new ConcurrentHashMap<>();
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter context = new NOPMDCAdapter();

  /** Made by SLF4J. */
  public JsonLogs() {}

  /**
   * Has everything in this process log so.
   *
   * @throws IllegalStateException if something in it has a logger already
   */
  public static void install() {
    System.setProperty(LoggerFactory.PROVIDER_PROPERTY_KEY, JsonLogs.class.getName());
    System.setProperty(Reporter.SLF4J_INTERNAL_VERBOSITY_KEY, "WARN"); // its own lines are no JSON
    if (!(LoggerFactory.getILoggerFactory() instanceof JsonLogs)) {
      throw new IllegalStateException("a logger was made before the format of logs was known");
    }
  }

  @Override
  public Logger getLogger(String name) {
    return loggers.computeIfAbsent(
        name, _ -> new JsonLogger(name, levels.of(name), line -> System.err.println(line)));
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return this;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return context;
  }

  @Override
  public String getRequestedApiVersion() {
    return API;
  }

  @Override
  public void initialize() {}
}
