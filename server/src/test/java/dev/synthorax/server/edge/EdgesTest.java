package dev.synthorax.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EdgesTest {
  private static final Duration LIMIT = Duration.ofSeconds(1);

  private final List<String> told = new ArrayList<>();
  private final CallGate gate = new CallGate();
  private final Edges edges = new Edges(gate, List.of(new FakeEdge("one"), new FakeEdge("two")));

  private final class FakeEdge implements Edge {
    private final String name;

    private FakeEdge(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public int port() {
      return -1;
    }

    @Override
    public void drain() {
      told.add("drain " + name + ", closed " + (gate.enter(() -> {}) == null));
    }

    @Override
    public void stop(Duration limit) {
      told.add("stop " + name + ", calls " + gate.calls());
    }
  }

  @Test
  void drain_noCalls_tellsEveryEdgeThenStopsThem() {
    boolean finished = edges.drain(Duration.ZERO, LIMIT);

    assertThat(finished).isTrue();
    assertThat(told)
        .containsExactly(
            "drain one, closed true",
            "drain two, closed true",
            "stop one, calls 0",
            "stop two, calls 0");
  }

  @Test
  void drain_aCallStays_isCutBeforeTheEdgesStop() throws InterruptedException {
    gate.enter(() -> told.add("cut"));

    boolean finished = edges.drain(Duration.ZERO, LIMIT);

    assertThat(finished).isFalse();
    assertThat(told).containsSubsequence("drain two, closed true", "cut", "stop one, calls 0");
    edges.awaitStopped();
  }
}
