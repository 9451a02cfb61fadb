package dev.synthorax.training.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.training.reading.Reader;
import dev.synthorax.training.stage.SampleSource;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.tuning.ProxyScores.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProxyScoresIT {
  @TempDir Path folder;

  @Test
  void of_allSamples_ranksThemByTheReadersLoss() throws IOException {
    Path shards =
        TinySamples.write(folder.resolve("s"), List.of("heart"), i -> Map.of("item", "" + i / 4));
    Path reader = TinyReader.classifier(folder.resolve("r"), List.of("effusion"));
    try (Samples samples = Samples.open(List.of(SampleSource.of(shards)));
        Reader classifier = Reader.load(reader)) {

      ProxyScores scores = ProxyScores.of(classifier, samples);

      assertThat(scores.ranked())
          .hasSize(TinySamples.COUNT)
          .isSortedAccordingTo(Comparator.comparingDouble(Score::loss))
          .allSatisfy(score -> assertThat(score.loss()).isPositive());
      assertThat(scores.bestOfItems().ranked()).extracting(Score::item).containsOnlyOnce("0", "1");
      assertThat(scores.bestOfItems().ranked().getFirst()).isEqualTo(scores.ranked().getFirst());
      Score third = scores.ranked().get(2);
      assertThat(scores.atMost(third.loss()).ranked()).hasSize(3).last().isEqualTo(third);
    }
  }

  @Test
  void write_ranked_isALineASample() throws IOException {
    var scores =
        new ProxyScores(List.of(new Score(4, "b", null, 0.25), new Score(0, "a", "7", 0.5)));

    scores.write(folder.resolve("scores.jsonl"));

    assertThat(Files.readString(folder.resolve("scores.jsonl")))
        .isEqualTo(
            """
            {"id":"b","loss":0.25,"rank":1}
            {"id":"a","item":"7","loss":0.5,"rank":2}
            """);
  }
}
