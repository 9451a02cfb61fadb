package dev.synthorax.server.telemetry;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * Which logger tells what: the settings of SLF4J's simple logger, which writes the text format, so
 * that both formats tell the same. A system property goes before the file.
 */
final class LogLevels {
  private static final String FILE = "/simplelogger.properties";
  private static final String PREFIX = "org.slf4j.simpleLogger.";
  private static final String OFF = "off";

  private final Properties settings;

  LogLevels(Properties settings) {
    this.settings = settings;
  }

  /** As this process is set. */
  static LogLevels ofProcess() {
    var settings = new Properties();
    try (InputStream file = LogLevels.class.getResourceAsStream(FILE)) {
      if (file != null) {
        settings.load(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.getProperties().stringPropertyNames().stream()
        .filter(key -> key.startsWith(PREFIX))
        .forEach(key -> settings.setProperty(key, System.getProperty(key)));
    return new LogLevels(settings);
  }

  /** The least that a logger tells, by its name's longest part that is set; null: nothing. */
  @Nullable Level of(String logger) {
    for (String part = logger; !part.isEmpty(); part = parent(part)) {
      String set = settings.getProperty(PREFIX + "log." + part);
      if (set != null) {
        return level(set);
      }
    }
    return level(settings.getProperty(PREFIX + "defaultLogLevel", "info"));
  }

  private static String parent(String name) {
    return name.substring(0, Math.max(0, name.lastIndexOf('.')));
  }

  /** As the simple logger reads it: what is no level is INFO. */
  private static @Nullable Level level(String word) {
    String upper = word.strip().toUpperCase(Locale.ROOT);
    if (upper.equals(OFF.toUpperCase(Locale.ROOT))) {
      return null;
    }
    for (Level level : Level.values()) {
      if (level.name().equals(upper)) {
        return level;
      }
    }
    return Level.INFO;
  }
}
