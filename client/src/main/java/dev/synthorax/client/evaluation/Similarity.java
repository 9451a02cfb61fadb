package dev.synthorax.client.evaluation;

import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.metrics.MsSsim;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How alike random pairs of real images are, and random pairs of synthetic ones: mean MS-SSIM, with
 * as many scales as both sets have room for.
 *
 * @param ofReal mean over pairs of real images; NaN where there is none
 * @param ofSynthetic mean over pairs of synthetic images; NaN where there is none
 * @param scales scales of both, 0 where neither has a value
 * @param pairs pairs of each
 */
public record Similarity(double ofReal, double ofSynthetic, int scales, int pairs) {
  private static final Similarity NONE = new Similarity(Double.NaN, Double.NaN, 0, 0);

  private record Pair(int first, int second) {}

  /**
   * Measures both sets.
   *
   * @param pairs pairs of each set; 0: none
   * @param seed of the choice of pairs
   * @param warnings gets why there is no value
   */
  public static Similarity of(
      ImageSet real, ImageSet synthetic, int pairs, long seed, List<String> warnings)
      throws IOException {
    if (pairs == 0) {
      return NONE;
    }
    int scales = MsSsim.SCALES;
    List<ImageSet> usable = new ArrayList<>();
    for (ImageSet set : List.of(real, synthetic)) {
      if (set.size() < 2) {
        continue;
      }
      GrayImage first = set.load(0);
      int own = MsSsim.scales(first);
      if (own == 0) {
        warnings.add(
            "no MS-SSIM of %s: %s is %d x %d (expected: sides of at least 11)"
                .formatted(set.path(), set.name(0), first.width(), first.height()));
      } else {
        usable.add(set);
        scales = Math.min(scales, own);
      }
    }
    double ofReal = usable.contains(real) ? mean(real, pairs, seed, scales, warnings) : Double.NaN;
    double ofSynthetic =
        usable.contains(synthetic) ? mean(synthetic, pairs, seed, scales, warnings) : Double.NaN;
    return new Similarity(ofReal, ofSynthetic, usable.isEmpty() ? 0 : scales, pairs);
  }

  private static double mean(ImageSet set, int count, long seed, int scales, List<String> warnings)
      throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int first = below(random, set.size());
      pairs.add(new Pair(first, (first + 1 + below(random, set.size() - 1)) % set.size()));
    }
    try {
      double[] values =
          pairs.parallelStream().mapToDouble(pair -> value(set, pair, scales)).toArray();
      double sum = 0;
      for (double value : values) {
        sum += value;
      }
      return sum / count;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (IllegalArgumentException e) {
      warnings.add("no MS-SSIM of %s: %s".formatted(set.path(), e.getMessage()));
      return Double.NaN;
    }
  }

  private static double value(ImageSet set, Pair pair, int scales) {
    try {
      return MsSsim.of(set.load(pair.first()), set.load(pair.second()), scales);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          set.name(pair.first()) + ", " + set.name(pair.second()) + ": " + e.getMessage(), e);
    }
  }

  private static int below(SplittableRandom random, int bound) {
    return (int) Math.unsignedMultiplyHigh(random.nextLong(), bound);
  }
}
