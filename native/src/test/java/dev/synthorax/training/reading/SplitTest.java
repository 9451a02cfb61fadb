package dev.synthorax.training.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.training.stage.SampleSource;
import dev.synthorax.training.stage.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SplitTest {
  @TempDir Path folder;

  private Split split(
      int count, IntFunction<Map<String, String>> attributes, Split.Settings settings, long seed)
      throws IOException {
    List<Films.Film> films =
        Films.some(count).stream()
            .map(
                film ->
                    new Films.Film(
                        film.id(),
                        film.findings(),
                        null,
                        film.known(),
                        attributes.apply(Integer.parseInt(film.id().substring(5)))))
            .toList();
    Path shards = Films.write(folder.resolve("shards"), films);
    try (Samples samples = Samples.open(List.of(SampleSource.of(shards)))) {
      return Split.of(samples, settings, seed);
    }
  }

  @Test
  void of_severalFilmsAPatient_keepsPatientsTogether() throws IOException {
    Split split =
        split(60, i -> Map.of("patient", "p" + i / 3), new Split.Settings(0.2, 100, 1), 1);

    assertThat(split.heldOut()).hasSize(12);
    assertThat(IntStream.of(split.heldOut()).map(i -> i / 3).distinct().toArray()).hasSize(4);
    assertThat(IntStream.concat(IntStream.of(split.learned()), IntStream.of(split.heldOut())))
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 60).boxed().toList());
  }

  @Test
  void of_anotherSeed_drawsOthersAndTheSameSeedTheSame() throws IOException {
    var settings = new Split.Settings(0.25, 100, 1);
    Split one = split(40, _ -> Map.of(), settings, 1);
    Split same = split(40, _ -> Map.of(), settings, 1);
    Split other = split(40, _ -> Map.of(), settings, 2);

    assertThat(same.heldOut()).isEqualTo(one.heldOut()).hasSize(10);
    assertThat(other.heldOut()).isNotEqualTo(one.heldOut()).hasSize(10);
  }

  @Test
  void of_samplesThatSaySo_takesThemAndLeavesTestsOut() throws IOException {
    List<String> splits = List.of("train", "validation", "test", "train");
    Split split =
        split(16, i -> Map.of("split", splits.get(i % 4)), new Split.Settings(0.5, 3, 1), 1);

    assertThat(split.learned()).containsExactly(0, 3, 4, 7, 8, 11, 12, 15);
    assertThat(IntStream.of(split.heldOut())).hasSize(3).isSubsetOf(1, 5, 9, 13);
  }

  @Test
  void of_mostAndNone_areLimits() throws IOException {
    assertThat(split(40, _ -> Map.of(), new Split.Settings(0.5, 4, 1), 1).heldOut()).hasSize(4);
    Split none = split(8, _ -> Map.of(), new Split.Settings(0, 4, 1), 1);
    assertThat(none.heldOut()).isEmpty();
    assertThat(none.learned()).hasSize(8);
  }

  @Test
  void settings_outOfRange_areRefused() {
    assertThatThrownBy(() -> new Split.Settings(0.6, 1, 1))
        .hasMessage("share 0.6, most 1, everySteps 1 (expected: 0..0.5, at least 1, at least 1)");
  }
}
