package dev.synthorax.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.event.Level;

final class JsonLoggerTest {
  private final List<String> lines = new ArrayList<>();
  private final Logger logger = new JsonLogger("some.Name", Level.INFO, lines::add);

  private JsonNode only() throws JsonProcessingException {
    assertThat(lines).hasSize(1);
    assertThat(lines.getFirst()).hasLineCount(1);
    return new ObjectMapper().readTree(lines.getFirst());
  }

  @Test
  void log_messageWithKeys_isAnObjectWithThem() throws JsonProcessingException {
    logger
        .atWarn()
        .addKeyValue("model", "a \"b\"\nc")
        .addKeyValue("port", 8001)
        .addKeyValue("ready", true)
        .addKeyValue("rows", List.of(2, 4))
        .addKeyValue("message", "of a stranger")
        .log("Model {} is ready", "x");

    JsonNode line = only();
    assertThat(Instant.parse(line.get("time").textValue())).isBeforeOrEqualTo(Instant.now());
    assertThat(line.get("level").textValue()).isEqualTo("WARN");
    assertThat(line.get("logger").textValue()).isEqualTo("some.Name");
    assertThat(line.get("thread").textValue()).isEqualTo(Thread.currentThread().getName());
    assertThat(line.get("message").textValue()).isEqualTo("Model x is ready");
    assertThat(line.get("model").textValue()).isEqualTo("a \"b\"\nc");
    assertThat(line.get("port").intValue()).isEqualTo(8001);
    assertThat(line.get("ready").booleanValue()).isTrue();
    assertThat(line.get("rows")).hasToString("[2,4]");
  }

  @Test
  void error_whatWasThrown_isOneTextWithItsCause() throws JsonProcessingException {
    logger.error("It broke", new IllegalStateException("why", new RuntimeException("deeper")));

    assertThat(only().get("error").textValue())
        .startsWith("java.lang.IllegalStateException: why\n\tat ")
        .contains("Caused by: java.lang.RuntimeException: deeper");
  }

  @Test
  void log_belowTheLevel_isNothing() {
    logger.debug("not told");
    logger.atDebug().log("not told");
    new JsonLogger("off", null, lines::add).error("not told");

    assertThat(lines).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"a.b.C, DEBUG", "a.b, DEBUG", "a.bc.D, WARN", "a, WARN", "z, ERROR", "off.X, "})
  void levels_longestPartThatIsSet_decides(String name, Level expected) {
    var settings = new Properties();
    settings.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
    settings.setProperty("org.slf4j.simpleLogger.log.a", "warn");
    settings.setProperty("org.slf4j.simpleLogger.log.a.b", "DEBUG");
    settings.setProperty("org.slf4j.simpleLogger.log.off", "off");

    assertThat(new LogLevels(settings).of(name)).isEqualTo(expected);
  }

  @Test
  void levels_ofTheProcess_areThoseOfTheTextFormat() {
    assertThat(LogLevels.ofProcess().of("dev.synthorax.server.Main")).isEqualTo(Level.INFO);
    assertThat(LogLevels.ofProcess().of("io.grpc.netty.Some")).isEqualTo(Level.ERROR);
    assertThat(LogLevels.ofProcess().of("org.flywaydb.Some")).isNull();
  }
}
