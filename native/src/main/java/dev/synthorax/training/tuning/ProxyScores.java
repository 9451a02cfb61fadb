package dev.synthorax.training.tuning;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.synthorax.files.AtomicFiles;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.reading.Reader;
import dev.synthorax.training.stage.Samples;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * How well images show what their samples say, by a reader: the best first.
 *
 * @param ranked one for each sample; where two are as good, in the order of the samples
 */
public record ProxyScores(List<Score> ranked) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * One image.
   *
   * @param index of the sample
   * @param id of the sample
   * @param item what it was drawn for, as its attribute {@code item} says; null: it says nothing
   * @param loss of the reader: cross-entropy of the findings, or that of the masks and one minus
   *     their Dice; 0 is best
   */
  public record Score(int index, String id, @Nullable String item, double loss) {}

  public ProxyScores {
    ranked = List.copyOf(ranked);
  }

  /**
   * Scores all samples.
   *
   * @param reader borrowed
   */
  public static ProxyScores of(Reader reader, Samples samples) {
    var scores = new ArrayList<Score>(samples.size());
    for (int i = 0; i < samples.size(); i++) {
      int[] one = {i};
      try (PointerScope _ = new PointerScope();
          NoGradGuard _ = new NoGradGuard()) {
        Tensor image =
            TorchTensors.floats(samples.images(one), 1, 1, samples.height(), samples.width());
        var label = samples.labels().get(i);
        scores.add(
            new Score(
                i,
                label.id(),
                label.attributes().get(PreferencePair.ITEM),
                reader.loss(samples, one, image).item_double()));
      }
    }
    scores.sort(Comparator.comparingDouble(Score::loss));
    return new ProxyScores(scores);
  }

  /** Those with at most that loss. */
  public ProxyScores atMost(double loss) {
    return new ProxyScores(ranked.stream().filter(score -> score.loss() <= loss).toList());
  }

  /** The best of each item; samples without one are left out. */
  public ProxyScores bestOfItems() {
    Map<String, Score> best = new LinkedHashMap<>();
    for (Score score : ranked) {
      if (score.item() != null) {
        best.putIfAbsent(score.item(), score);
      }
    }
    return new ProxyScores(List.copyOf(best.values()));
  }

  /** Writes JSON Lines, the best first: {@code id}, {@code item}, {@code loss}, {@code rank}. */
  public void write(Path file) throws IOException {
    var lines = new StringBuilder();
    for (int i = 0; i < ranked.size(); i++) {
      Score score = ranked.get(i);
      ObjectNode line = MAPPER.createObjectNode().put("id", score.id());
      if (score.item() != null) {
        line.put("item", score.item());
      }
      lines.append(line.put("loss", score.loss()).put("rank", i + 1)).append('\n');
    }
    AtomicFiles.write(file, lines.toString().getBytes(StandardCharsets.UTF_8));
  }
}
