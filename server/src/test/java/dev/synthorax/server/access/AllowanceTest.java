package dev.synthorax.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AllowanceTest {
  private final AtomicLong nanos = new AtomicLong(-5);

  @Test
  void take_empty_saysWhenThereIsEnoughAgain() {
    var allowance = new Allowance(10, 20, nanos::get);

    assertThat(allowance.take(15)).isNull();
    assertThat(allowance.take(15)).isEqualTo(Duration.ofSeconds(1));
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(allowance.take(15)).isNull();
  }

  @Test
  void take_moreThanItHolds_isOwed() {
    var allowance = new Allowance(10, 20, nanos::get);

    assertThat(allowance.take(50)).isNull();
    assertThat(allowance.take(1)).isEqualTo(Duration.ofMillis(3100));
  }

  @Test
  void take_afterALongTime_holdsNoMoreThanItCan() {
    var allowance = new Allowance(10, 20, nanos::get);
    nanos.addAndGet(Duration.ofHours(1).toNanos());

    assertThat(allowance.take(20)).isNull();
    assertThat(allowance.take(1)).isEqualTo(Duration.ofMillis(100));
  }
}
