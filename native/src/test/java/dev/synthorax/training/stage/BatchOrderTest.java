package dev.synthorax.training.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class BatchOrderTest {
  @Test
  void batch_oneEpoch_visitsEverySampleOnce() {
    var order = new BatchOrder(12, 4, 3);

    int[] seen =
        LongStream.range(0, 3).boxed().flatMapToInt(s -> IntStream.of(order.batch(s))).toArray();

    Arrays.sort(seen);
    assertThat(seen).containsExactly(IntStream.range(0, 12).toArray());
  }

  @Test
  void batch_sameStepInAnyHistory_isTheSame() {
    var straight = new BatchOrder(10, 3, 8);
    for (long step = 0; step < 7; step++) {
      straight.batch(step);
    }

    assertThat(new BatchOrder(10, 3, 8).batch(7)).isEqualTo(straight.batch(7));
  }

  @Test
  void batch_otherEpochOrSeed_isAnotherOrder() {
    var order = new BatchOrder(1000, 500, 1);

    assertThat(order.batch(0)).isNotEqualTo(order.batch(2));
    assertThat(order.batch(0)).isNotEqualTo(new BatchOrder(1000, 500, 2).batch(0));
  }

  @Test
  void constructor_fewerSamplesThanABatch_isRefused() {
    assertThatThrownBy(() -> new BatchOrder(3, 4, 0))
        .hasMessageContaining("3 samples, batches of 4");
  }
}
