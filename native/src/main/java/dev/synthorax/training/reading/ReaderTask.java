package dev.synthorax.training.reading;

import dev.synthorax.nn.ReaderConfig;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.stage.Label;
import dev.synthorax.training.stage.Losses;
import dev.synthorax.training.stage.Samples;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/** What a network that reads radiographs learns. */
sealed interface ReaderTask {
  /**
   * What samples say.
   *
   * @param values {@code [batch, labels]} or {@code [batch, labels, height, width]}, 0 or 1
   * @param known {@code [batch, labels]} or {@code [batch, labels, 1, 1]}: 1 where they say it
   */
  record Targets(Tensor values, Tensor known) {}

  /** The task of a network whose outputs stand for these labels. */
  static ReaderTask of(ReaderConfig config, List<String> labels) {
    return config.marks() ? new Segmenting(labels) : new Classifying(labels);
  }

  /** What the outputs stand for, in order. */
  List<String> labels();

  /**
   * Checks that the samples can teach it.
   *
   * @param learned indices of those that are learned from
   * @throws IllegalArgumentException naming every label that they cannot teach
   */
  void check(Samples samples, int[] learned);

  Targets targets(Samples samples, int[] batch);

  /**
   * The loss of a batch; what is not known has no part in it.
   *
   * @param positiveWeights {@code [labels]}
   */
  Tensor loss(Tensor logits, Targets targets, Tensor positiveWeights);

  /** Measures readings, one batch after the other. */
  Score score();

  /** Weights that treat what is there and what is not alike, or those given. */
  default Tensor positiveWeights(List<Double> given) {
    List<Double> weights = given.isEmpty() ? Collections.nCopies(labels().size(), 1.0) : given;
    float[] values = new float[weights.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = weights.get(i).floatValue();
    }
    return TorchTensors.floats(values, values.length);
  }

  private static void refuse(List<String> problems, String kind, Set<String> known) {
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "labels: %s (expected: %s of the samples that are learned from: %s)"
              .formatted(String.join("; ", problems), kind, String.join(", ", known)));
    }
  }

  /** Marks structures: a mask for each; they may overlap. */
  record Segmenting(List<String> labels) implements ReaderTask {
    @Override
    public void check(Samples samples, int[] learned) {
      float[] known = samples.known(learned);
      List<String> structures = samples.structures();
      Set<String> seen = new TreeSet<>();
      for (int i = 0; i < known.length; i++) {
        if (known[i] > 0) {
          seen.add(structures.get(i % structures.size()));
        }
      }
      List<String> problems = new ArrayList<>();
      for (String label : labels) {
        if (!seen.contains(label)) {
          problems.add(label + ": no sample has a mask of it");
        }
      }
      refuse(problems, "structures", seen);
    }

    @Override
    public Targets targets(Samples samples, int[] batch) {
      int structures = samples.structures().size();
      int pixels = samples.height() * samples.width();
      float[] allMasks = samples.masks(batch);
      float[] allKnown = samples.known(batch);
      float[] masks = new float[batch.length * labels.size() * pixels];
      float[] known = new float[batch.length * labels.size()];
      for (int i = 0; i < known.length; i++) {
        int structure = samples.structures().indexOf(labels.get(i % labels.size()));
        if (structure >= 0) {
          int from = i / labels.size() * structures + structure;
          known[i] = allKnown[from];
          System.arraycopy(allMasks, from * pixels, masks, i * pixels, pixels);
        }
      }
      return new Targets(
          TorchTensors.floats(
              masks, batch.length, labels.size(), samples.height(), samples.width()),
          TorchTensors.floats(known, batch.length, labels.size(), 1, 1));
    }

    @Override
    public Tensor loss(Tensor logits, Targets targets, Tensor positiveWeights) {
      Tensor perChannel = positiveWeights.reshape(labels.size(), 1, 1);
      return Losses.crossEntropy(logits, targets.values(), targets.known(), perChannel)
          .add(Losses.dice(logits, targets.values(), targets.known()));
    }

    @Override
    public Score score() {
      return new Score.Overlaps(labels);
    }
  }

  /** Finds findings: a probability for each. */
  record Classifying(List<String> labels) implements ReaderTask {
    @Override
    public void check(Samples samples, int[] learned) {
      Set<String> seen = new TreeSet<>();
      IntStream.of(learned).forEach(i -> seen.addAll(samples.labels().get(i).findings()));
      List<String> problems = new ArrayList<>();
      for (String label : labels) {
        boolean some = false;
        boolean others = false;
        for (int index : learned) {
          Label.Presence presence = samples.labels().get(index).presence(label);
          some |= presence == Label.Presence.PRESENT;
          others |= presence == Label.Presence.ABSENT;
        }
        if (!some) {
          problems.add(label + ": no sample has it");
        } else if (!others) {
          problems.add(label + ": no sample is known to be without it");
        }
      }
      refuse(problems, "findings that some have and some have not", seen);
    }

    @Override
    public Targets targets(Samples samples, int[] batch) {
      float[] values = new float[batch.length * labels.size()];
      float[] known = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        Label label = samples.labels().get(batch[i / labels.size()]);
        Label.Presence presence = label.presence(labels.get(i % labels.size()));
        values[i] = presence == Label.Presence.PRESENT ? 1 : 0;
        known[i] = presence == Label.Presence.UNKNOWN ? 0 : 1;
      }
      return new Targets(
          TorchTensors.floats(values, batch.length, labels.size()),
          TorchTensors.floats(known, batch.length, labels.size()));
    }

    @Override
    public Tensor loss(Tensor logits, Targets targets, Tensor positiveWeights) {
      return Losses.crossEntropy(logits, targets.values(), targets.known(), positiveWeights);
    }

    @Override
    public Score score() {
      return new Score.Areas(labels);
    }
  }
}
