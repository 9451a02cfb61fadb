package dev.synthorax.training.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
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
  void batch_severalSources_areMixedByWeightWhateverTheirSizes() {
    int[] many = IntStream.range(0, 100).toArray();
    int[] few = {100, 101, 102};
    List<BatchOrder.Source> sources =
        List.of(new BatchOrder.Source(many, 3), new BatchOrder.Source(few, 1));
    var order = new BatchOrder(sources, 8, 5);

    int[] seen =
        LongStream.range(0, 9).boxed().flatMapToInt(s -> IntStream.of(order.batch(s))).toArray();

    assertThat(IntStream.of(order.batch(4)).filter(index -> index >= 100).count()).isEqualTo(2);
    assertThat(IntStream.of(seen).filter(index -> index >= 100))
        .hasSize(18)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 18).mapToObj(i -> 100 + i % 3).toList());
    assertThat(IntStream.of(seen).filter(index -> index < 100)).doesNotHaveDuplicates();
    assertThat(new BatchOrder(sources, 8, 5).batch(8)).isEqualTo(order.batch(8));
  }

  @Test
  void batch_moreThanThereAreSamples_goesOnWithTheNextEpoch() {
    assertThat(new BatchOrder(3, 6, 0).batch(0)).containsExactlyInAnyOrder(0, 0, 1, 1, 2, 2);
  }

  @Test
  void constructor_noSamples_isRefused() {
    assertThatThrownBy(() -> new BatchOrder(0, 4, 0))
        .hasMessageContaining("batches of 4 from sources of [0] samples");
  }
}
