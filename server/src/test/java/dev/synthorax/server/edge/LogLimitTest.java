package dev.synthorax.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LogLimitTest {
  private long nanos = Long.MAX_VALUE - 1; // the clock may wrap
  private final List<Long> said = new ArrayList<>();

  @Test
  void run_manyAtOnce_saysOneAndHowManyItLeftOut() {
    var limit = new LogLimit(Duration.ofNanos(10), () -> nanos);

    for (int i = 0; i < 5; i++) {
      limit.run(said::add);
    }
    nanos += 9;
    limit.run(said::add);
    nanos += 1;
    limit.run(said::add);
    limit.run(said::add);
    nanos += 10;
    limit.run(said::add);

    assertThat(said).containsExactly(0L, 5L, 1L);
  }
}
