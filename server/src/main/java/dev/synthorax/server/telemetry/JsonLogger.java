package dev.synthorax.server.telemetry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventAware;

/**
 * Writes what is logged as one JSON object a line: time, level, logger, thread, message, what the
 * message is about by its keys, and the stack trace of what was thrown.
 *
 * <p><b>Threading:</b> any thread.
 */
final class JsonLogger extends LegacyAbstractLogger implements LoggingEventAware {
  private static final long serialVersionUID = 1L;
  private static final JsonMapper JSON = new JsonMapper();

  private final @Nullable Level least;
  private final transient Consumer<String> lines;

  /**
   * A logger of that name.
   *
   * @param least that it tells; null: nothing
   * @param lines takes each line, without its end
   */
  JsonLogger(String name, @Nullable Level least, Consumer<String> lines) {
    this.name = name;
    this.least = least;
    this.lines = lines;
  }

  private boolean tells(Level level) {
    return least != null && level.toInt() >= least.toInt();
  }

  @Override
  public void log(LoggingEvent event) {
    write(
        event.getLevel(),
        MessageFormatter.basicArrayFormat(event.getMessage(), event.getArgumentArray()),
        event.getKeyValuePairs(),
        event.getThrowable());
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      String message,
      Object @Nullable [] arguments,
      @Nullable Throwable thrown) {
    write(level, MessageFormatter.basicArrayFormat(message, arguments), null, thrown);
  }

  private void write(
      Level level,
      @Nullable String message,
      @Nullable List<KeyValuePair> pairs,
      @Nullable Throwable thrown) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("time", Instant.now().toString());
    line.put("level", level.name());
    line.put("logger", name);
    line.put("thread", Thread.currentThread().getName());
    line.put("message", String.valueOf(message));
    if (thrown != null) {
      line.put("error", trace(thrown));
    }
    if (pairs != null) {
      pairs.forEach(pair -> line.putIfAbsent(pair.key, value(pair.value)));
    }
    try {
      lines.accept(JSON.writeValueAsString(line));
    } catch (JsonProcessingException e) { // texts, numbers and lists of them
      throw new IllegalStateException(e);
    }
  }

  private static Object value(@Nullable Object value) {
    return switch (value) {
      case Number number -> number;
      case Boolean truth -> truth;
      case Object[] several -> Arrays.stream(several).map(JsonLogger::value).toList();
      case List<?> several -> several.stream().map(JsonLogger::value).toList();
      case null, default -> String.valueOf(value);
    };
  }

  private static String trace(Throwable thrown) {
    var text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  public boolean isTraceEnabled() {
    return tells(Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return tells(Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return tells(Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return tells(Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return tells(Level.ERROR);
  }
}
