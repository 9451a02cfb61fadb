package dev.synthorax.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.server.edge.CallGate;
import dev.synthorax.server.edge.CallTimes;
import dev.synthorax.server.pipeline.FakePipelines;
import dev.synthorax.server.repository.ModelFolders;
import dev.synthorax.server.repository.ModelLoader;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.telemetry.ServerStatus.Use;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports of a server whose models are not loaded: what it counts and holds is given. */
final class ServerLoadTest {
  @TempDir private Path folder;
  private final AtomicLong nanos = new AtomicLong(1_000);
  private final CallTimes calls = new CallGate().times();
  private ModelRepository models;
  private ServerLoad load;
  private long tensors;

  @BeforeEach
  void make() throws IOException {
    FakePipelines.write(folder.resolve("squares"), FakePipelines.YAML);
    models = new ModelRepository(new ModelFolders(List.of(folder), ModelLoader.all()));
    load = new ServerLoad(models, calls, this::status, nanos::get);
  }

  @AfterEach
  void close() {
    models.close();
  }

  private ServerStatus status() {
    var memory =
        new ServerStatus.Memory(
            new Use(1, 10), new Use(tensors, 10), new Use(0, 10), new Use(2, 10), new Use(9, 10));
    return new ServerStatus(Duration.ZERO, models.list(), 0, 0, memory, Map.of());
  }

  private void end(String status, int times) {
    for (int i = 0; i < times; i++) {
      calls.ended(new CallTimes.Kind("a.Service/Method", status), 1);
    }
  }

  @Test
  void next_callsThatEnded_areOfTheTimeSinceTheLast() {
    ServerLoad.Reports reports = load.reports();
    end("OK", 8);
    end("CANCELLED", 2);
    end("INTERNAL", 2);
    nanos.addAndGet(Duration.ofSeconds(4).toNanos());
    ServerLoad.Report first = reports.next();
    end("UNAVAILABLE", 3);
    nanos.addAndGet(Duration.ofMillis(1500).toNanos());
    ServerLoad.Report second = reports.next();

    assertThat(first.callsPerSecond()).isCloseTo(3, within(1e-9));
    assertThat(first.failuresPerSecond()).isCloseTo(0.5, within(1e-9));
    assertThat(second.callsPerSecond()).isCloseTo(2, within(1e-9));
    assertThat(second.failuresPerSecond()).isCloseTo(2, within(1e-9));
    assertThat(load.reports().next().callsPerSecond())
        .as("another one's first, since the start")
        .isCloseTo(15 / 5.5, within(1e-9));
  }

  @Test
  void next_whatIsHeld_isThePartOfTheFullest() {
    assertThat(load.reports().next().queue()).as("the cache is no load").isEqualTo(0.2);

    tensors = 7;

    assertThat(load.reports().next().queue()).isEqualTo(0.7);
  }

  @Test
  void next_machine_isBetweenNothingAndAll() {
    ServerLoad.Report report = load.reports().next();

    assertThat(report.processors()).isBetween(0.0, 1.0);
    assertThat(report.memory()).isGreaterThan(0).isLessThan(1);
    assertThat(report.device()).isZero();
  }
}
