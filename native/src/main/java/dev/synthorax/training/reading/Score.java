package dev.synthorax.training.reading;

import dev.synthorax.nn.torch.TorchTensors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/**
 * How well readings agree with what is known, gathered batch by batch: enough to choose between the
 * values of one training. Studies measure with the client's metrics.
 */
sealed interface Score {
  /** What it measures, as events call it. */
  String name();

  /** Adds a batch. */
  void add(Tensor logits, ReaderTask.Targets targets);

  /**
   * The score of each label; NaN where the samples cannot tell.
   *
   * @param into gets them, and their mean under {@link #name}; nothing that is NaN
   * @return the mean, NaN if there is none
   */
  default double tell(SequencedMap<String, Double> into) {
    double sum = 0;
    int count = 0;
    List<Double> values = values();
    for (double value : values) {
      if (!Double.isNaN(value)) {
        sum += value;
        count++;
      }
    }
    double mean = count == 0 ? Double.NaN : sum / count;
    if (count > 0) {
      into.put(name(), mean);
    }
    for (int i = 0; i < values.size(); i++) {
      if (!Double.isNaN(values.get(i))) {
        into.put(name() + "." + labels().get(i), values.get(i));
      }
    }
    return mean;
  }

  List<String> labels();

  /** In the order of the labels. */
  List<Double> values();

  /**
   * Dice overlap of each structure where the logit is positive, mean over the images in which it is
   * drawn or marked.
   */
  final class Overlaps implements Score {
    private final List<String> labels;
    private final double[] sums;
    private final int[] counts;

    Overlaps(List<String> labels) {
      this.labels = labels;
      this.sums = new double[labels.size()];
      this.counts = new int[labels.size()];
    }

    @Override
    public String name() {
      return "dice";
    }

    @Override
    public List<String> labels() {
      return labels;
    }

    @Override
    public void add(Tensor logits, ReaderTask.Targets targets) {
      long[] overSpace = {2, 3};
      Tensor marked = logits.gt(new org.bytedeco.pytorch.Scalar(0.0)).to(targets.values().dtype());
      float[] both = TorchTensors.toFloats(marked.mul(targets.values()).sum(overSpace));
      float[] sizes =
          TorchTensors.toFloats(marked.sum(overSpace).add(targets.values().sum(overSpace)));
      float[] known = TorchTensors.toFloats(targets.known());
      for (int i = 0; i < both.length; i++) {
        if (known[i] > 0 && sizes[i] > 0) {
          sums[i % labels.size()] += 2.0 * both[i] / sizes[i];
          counts[i % labels.size()]++;
        }
      }
    }

    @Override
    public List<Double> values() {
      List<Double> values = new ArrayList<>();
      for (int i = 0; i < sums.length; i++) {
        values.add(counts[i] == 0 ? Double.NaN : sums[i] / counts[i]);
      }
      return values;
    }
  }

  /**
   * Area under the receiver operating characteristic of each finding: the probability that a sample
   * with it is ranked above one without, ties counting half.
   *
   * @see <a href="https://doi.org/10.1148/radiology.143.1.7063747">Hanley and McNeil 1982</a>
   */
  final class Areas implements Score {
    private record Ranked(float logit, boolean positive) {}

    private final List<String> labels;
    private final List<List<Ranked>> samples = new ArrayList<>();

    Areas(List<String> labels) {
      this.labels = labels;
      labels.forEach(_ -> samples.add(new ArrayList<>()));
    }

    @Override
    public String name() {
      return "auroc";
    }

    @Override
    public List<String> labels() {
      return labels;
    }

    @Override
    public void add(Tensor logits, ReaderTask.Targets targets) {
      float[] all = TorchTensors.toFloats(logits);
      float[] values = TorchTensors.toFloats(targets.values());
      float[] known = TorchTensors.toFloats(targets.known());
      for (int i = 0; i < all.length; i++) {
        if (known[i] > 0) {
          samples.get(i % labels.size()).add(new Ranked(all[i], values[i] > 0));
        }
      }
    }

    @Override
    public List<Double> values() {
      return samples.stream().map(Areas::area).toList();
    }

    private static double area(List<Ranked> samples) {
      List<Ranked> sorted =
          samples.stream().sorted(Comparator.comparingDouble(Ranked::logit)).toList();
      long positives = sorted.stream().filter(Ranked::positive).count();
      long negatives = sorted.size() - positives;
      double below = 0;
      long passed = 0; // negatives with a smaller logit
      for (int from = 0; from < sorted.size(); ) {
        int to = from;
        long tiedPositives = 0;
        while (to < sorted.size()
            && Float.compare(sorted.get(to).logit(), sorted.get(from).logit()) == 0) {
          tiedPositives += sorted.get(to).positive() ? 1 : 0;
          to++;
        }
        long tiedNegatives = to - from - tiedPositives;
        below += tiedPositives * (passed + 0.5 * tiedNegatives);
        passed += tiedNegatives;
        from = to;
      }
      return positives == 0 || negatives == 0
          ? Double.NaN
          : below / ((double) positives * negatives);
    }
  }
}
