package dev.synthorax.benchmarks.judges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.benchmarks.judges.PhantomRater.Rating;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TuningCommandTest {
  @Test
  void rating_shares_areWholeScoresOfFive() {
    var rating = new Rating(0.71, 0.49);

    assertThat(rating.textScore()).isEqualTo(4);
    assertThat(rating.maskScore()).isEqualTo(2);
    assertThat(rating.sum()).isEqualTo(6);
  }

  @Test
  void preferred_betterWorseAndAlike_countsAHalfWhereItCannotTell() {
    List<Rating> before = List.of(new Rating(0.2, 0.2), new Rating(0.8, 0.8), new Rating(0.5, 0.5));
    List<Rating> after = List.of(new Rating(0.6, 0.2), new Rating(0.8, 0.4), new Rating(0.51, 0.5));

    assertThat(TuningCommand.preferred(before, after)).isCloseTo(0.5, within(1e-12));
    assertThat(TuningCommand.preferred(before.subList(0, 1), after.subList(0, 1))).isEqualTo(1);
  }
}
