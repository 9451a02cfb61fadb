package dev.synthorax.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ServerConfigTest {
  private static final long MIB = 1 << 20;

  @TempDir private Path folder;

  private ServerConfig read(String yaml) throws IOException {
    return ServerConfig.read(Files.writeString(folder.resolve("server.yaml"), yaml));
  }

  @Test
  void read_empty_isTheDefault() throws IOException {
    assertThat(read("")).isEqualTo(ServerConfig.DEFAULT);
    assertThat(ServerConfig.DEFAULT.connections())
        .isEqualTo(
            new ConnectionConfig(
                1024,
                16 << 10,
                2048,
                Duration.ofSeconds(10),
                Duration.ofMinutes(1),
                Duration.ofSeconds(20),
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofMinutes(5)));
    assertThat(ServerConfig.DEFAULT.memory().maxMessageBytes()).isEqualTo(64 << 20);
    assertThat(ServerConfig.DEFAULT.training().threads())
        .isEqualTo(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    assertThat(ServerConfig.DEFAULT.training().restarts()).isEqualTo(3);
    assertThat(ServerConfig.DEFAULT.admin().hasAny()).isFalse();
    assertThat(ServerConfig.DEFAULT.admin().host()).isEqualTo("127.0.0.1");
    assertThat(ServerConfig.DEFAULT.callThreads()).isGreaterThanOrEqualTo(4);
    assertThat(ServerConfig.DEFAULT.grace()).isEqualTo(Duration.ofSeconds(30));
    assertThat(ServerConfig.DEFAULT.endLimit()).isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void memory_default_isSharesOfTheHeap() {
    assertThat(MemoryConfig.of(192 * MIB))
        .isEqualTo(new MemoryConfig(64 << 20, 48 * MIB, 48 * MIB, 96 * MIB, 12 * MIB));
    assertThat(MemoryConfig.of(4096 * MIB))
        .isEqualTo(new MemoryConfig(64 << 20, 1024 * MIB, 512 * MIB, 2048 * MIB, 256 * MIB));
    assertThat(MemoryConfig.of(MIB))
        .isEqualTo(new MemoryConfig(64 << 20, MIB, MIB, 64 * MIB, MIB / 4));
  }

  @Test
  void read_everyKey_isMapped() throws IOException {
    var config =
        read(
            """
            connections:
              max-calls: 9
              max-metadata-bytes: 2048
              max-resets-per-second: 8
              min-client-ping: PT7S
              ping: PT6S
              ping-timeout: PT5S
              max-idle: PT4S
              max-age: PT3S
              age-grace: PT2S
            memory:
              max-message-bytes: 65536
              max-response-bytes: 1048577
              max-mask-bytes: 1048578
              max-tensor-bytes: 1048579
              max-cache-bytes: 1048580
            training:
              threads: 7
              heap-bytes: 67108865
              memory-bytes: 268435457
              restarts: 5
              max-dataset-samples: 6
              max-dataset-bytes: 1048579
              spare-disk-bytes: 8
            access:
              model-control: true
              shared-memory-prefix: tests-
            security:
              certificate: a.pem
              key: b.pem
              client-ca: c.pem
              tokens: d.yaml
            admin:
              host: 127.0.0.2
              port: 7
              metrics-port: 8
            call-threads: 3
            grace: PT2S
            end-limit: PT1S
            """);

    assertThat(config)
        .isEqualTo(
            new ServerConfig(
                new ConnectionConfig(
                    9,
                    2048,
                    8,
                    Duration.ofSeconds(7),
                    Duration.ofSeconds(6),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(4),
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(2)),
                new MemoryConfig(65_536, MIB + 1, MIB + 2, MIB + 3, MIB + 4),
                new TrainingConfig(7, 64 * MIB + 1, 256 * MIB + 1, 5, 6, MIB + 3, 8),
                new AccessConfig(true, "tests-"),
                new SecurityConfig("a.pem", "b.pem", "c.pem", "d.yaml"),
                new AdminConfig("127.0.0.2", 7, 8),
                3,
                Duration.ofSeconds(2),
                Duration.ofSeconds(1)));
  }

  @Test
  void read_partOfASection_keepsTheRest() throws IOException {
    var config = read("connections: {max-calls: 2}");

    assertThat(config.connections().maxCalls()).isEqualTo(2);
    assertThat(config.connections().ping()).isEqualTo(ConnectionConfig.DEFAULT.ping());
    assertThat(config.memory()).isEqualTo(MemoryConfig.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "colour: blue | colour: unknown key (expected: one of access, admin, call-threads,"
            + " connections, ",
        "connections: {max-calls: 0} | max-calls: 0 (expected: 1 to 100000)",
        "connections: {max-metadata-bytes: 9} | max-metadata-bytes: 9 (expected: 1024 to 1048576)",
        "connections: {max-resets-per-second: 0} | max-resets-per-second: 0 (expected: 1 to"
            + " 1000000)",
        "connections: {min-client-ping: PT0S} | min-client-ping: PT0S (expected: PT1S to PT1H)",
        "connections: {ping: PT2H} | ping: PT2H (expected: PT1S to PT1H)",
        "connections: {ping-timeout: soon} | ping-timeout: soon (expected: a duration, as PT30S)",
        "connections: {max-idle: PT-1S} | max-idle: PT-1S (expected: PT0S to PT720H)",
        "connections: {max-age: P31D} | max-age: PT744H (expected: PT0S to PT720H)",
        "connections: {age-grace: P31D} | age-grace: PT744H (expected: PT0S to PT720H)",
        "memory: {max-message-bytes: 2147483647, max-tensor-bytes: 9} | max-tensor-bytes: 9"
            + " (expected: at least 2147483647)",
        "access: {shared-memory-prefix: /etc} | shared-memory-prefix: /etc (expected: up to 64"
            + " letters",
        "security: {key: a.pem} | key is set without certificate (expected: both, or neither)",
        "security: {client-ca: a.pem} | client-ca is set without certificate and key (expected: all"
            + " three)",
        "memory: {max-message-bytes: 1} | max-message-bytes: 1 (expected: 65536 to 2147483647)",
        "memory: {max-response-bytes: 0} | max-response-bytes: 0 (expected: at least 1048576)",
        "memory: {max-mask-bytes: 0} | max-mask-bytes: 0 (expected: at least 1048576)",
        "training: {threads: 0} | threads: 0 (expected: 1 to 1024)",
        "training: {heap-bytes: 1} | heap-bytes: 1 (expected: at least 67108864)",
        "training: {memory-bytes: 1} | memory-bytes: 1 (expected: at least 268435456)",
        "training: {restarts: 101} | restarts: 101 (expected: 0 to 100)",
        "training: {max-dataset-samples: 0} | max-dataset-samples: 0 (expected: 1 to 10000000)",
        "training: {max-dataset-bytes: 1} | max-dataset-bytes: 1 (expected: at least 1048576)",
        "training: {spare-disk-bytes: -1} | spare-disk-bytes: -1 (expected: at least 0)",
        "admin: {port: -2} | port: -2 (expected: -1 to 65535)",
        "admin: {metrics-port: 65536} | metrics-port: 65536 (expected: -1 to 65535)",
        "call-threads: 0 | call-threads: 0 (expected: 1 to 1024)",
        "grace: PT-1S | grace: PT-1S (expected: PT0S to PT1H)",
        "end-limit: PT0.5S | end-limit: PT0.5S (expected: PT1S to PT1H)",
        "'[1]' | not a mapping"
      })
  void read_wrongValue_failsInOneLineThatNamesIt(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(folder.resolve("server.yaml") + ": ")
        .hasMessageContaining(message)
        .message()
        .hasLineCount(1);
  }

  @Test
  void read_noFile_saysSo() {
    assertThatThrownBy(() -> ServerConfig.read(folder.resolve("none.yaml")))
        .hasMessageEndingWith("none.yaml: cannot be read (expected: UTF-8 text)");
  }

  @Test
  void withGrace_other_changesNothingElse() {
    var config = ServerConfig.DEFAULT.withGrace(Duration.ofSeconds(3));

    assertThat(config.grace()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.withGrace(ServerConfig.DEFAULT.grace())).isEqualTo(ServerConfig.DEFAULT);
  }
}
