package dev.synthorax.benchmarks.judges;

import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.metrics.Features;
import dev.synthorax.client.metrics.FrechetDistance;
import dev.synthorax.client.metrics.Memorisation;
import dev.synthorax.client.metrics.Prdc;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How like real images a set of generated ones is: power by spatial frequency, and distances
 * between the features of a classifier, with other real images as the bound of what can be had.
 */
final class LikenessJudge {
  private static final String SET = "classifier's features";

  private LikenessJudge() {}

  /** Power of generated images over that of real ones, band by band. */
  static Verdict sharpness(String what, List<GrayImage> real, List<GrayImage> drawn) {
    Spectrum ofReal = Spectrum.of(real);
    Spectrum ofDrawn = Spectrum.of(drawn);
    var verdict =
        new Verdict.Builder(
            "Power of generated over real %s, %d and %d images"
                .formatted(what, drawn.size(), real.size()),
            "cycles a pixel",
            "ratio");
    for (double[] band : Spectrum.BANDS) {
      double ratio = ofDrawn.between(band[0], band[1]) / ofReal.between(band[0], band[1]);
      verdict.row(
          String.format(Locale.ROOT, "%.3f to %.3f", band[0], band[1]), Verdict.number(ratio));
      verdict.figure(String.format(Locale.ROOT, "%s.power_ratio_from_%.4f", what, band[0]), ratio);
    }
    return verdict.build();
  }

  /**
   * Fréchet distance and coverage, of generated and of other real images from real ones.
   *
   * @param others real images beside {@code real}: the floor
   */
  static Verdict distance(String what, Features real, Features others, Features drawn) {
    var verdict =
        new Verdict.Builder(
            "Distance from %d real %s, features in the real ones' units"
                .formatted(real.size(), what),
            "images",
            "n",
            "Fréchet distance",
            "coverage",
            "precision");
    Features reference = real.inUnitsOf(real);
    row(verdict, "real", reference, others.inUnitsOf(real), what + ".frechet_floor");
    row(verdict, "generated", reference, drawn.inUnitsOf(real), what + ".frechet");
    return verdict.build();
  }

  private static void row(
      Verdict.Builder verdict, String name, Features reference, Features set, String figure) {
    double distance = FrechetDistance.of(reference, set);
    Prdc prdc = Prdc.of(reference, set, Prdc.NEIGHBOURS);
    verdict.row(
        name,
        Integer.toString(set.size()),
        Verdict.number(distance),
        Verdict.number(prdc.coverage()),
        Verdict.number(prdc.precision()));
    verdict.figure(figure, distance);
  }

  /** Whether generated images lie nearer to those learned from than other real ones do. */
  static Verdict memorisation(String what, Features learned, Features heldOut, Features drawn) {
    Memorisation found = Memorisation.of(learned, heldOut, drawn, 1);
    var verdict =
        new Verdict.Builder(
            "Distance to the nearest of %d %s learned from".formatted(learned.size(), what),
            "images",
            "n",
            "minimum",
            "median");
    verdict.row(
        "real, held out",
        Integer.toString(heldOut.size()),
        Verdict.number(found.heldOut().minimum()),
        Verdict.number(found.heldOut().median()));
    verdict.row(
        "generated",
        Integer.toString(drawn.size()),
        Verdict.number(found.synthetic().minimum()),
        Verdict.number(found.synthetic().median()));
    verdict.row("ratio of medians", "", "", Verdict.number(found.medianRatio()));
    verdict.row(
        "generated, nearer than the nearest 1 in 20 held out",
        "",
        "",
        Verdict.number(found.suspiciousShare()));
    verdict.figure(what + ".memorisation_median_ratio", found.medianRatio());
    verdict.figure(what + ".memorisation_suspicious_share", found.suspiciousShare());
    return verdict.build();
  }

  /** Features of images that were read. */
  static Features features(List<Reader.Reading> readings, String prefix) {
    List<double[]> rows = new ArrayList<>();
    for (Reader.Reading reading : readings) {
      float[] values = reading.features();
      rows.add(IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray());
    }
    List<String> names = IntStream.range(0, rows.size()).mapToObj(i -> prefix + i).toList();
    return Features.of(SET, names, rows);
  }

  /** The images of samples. */
  static List<GrayImage> images(List<Sample> samples) {
    return samples.stream().map(Sample::image).toList();
  }
}
