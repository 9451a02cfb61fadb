package dev.synthorax.client.metrics;

import static dev.synthorax.client.stats.GoldenForTests.CLOSED_FORM;
import static dev.synthorax.client.stats.GoldenForTests.cases;
import static dev.synthorax.client.stats.GoldenForTests.flags;
import static dev.synthorax.client.stats.GoldenForTests.numbers;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.metrics.Calibration.Binning;
import dev.synthorax.client.metrics.ClassificationScores.Decisions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every metric against values computed outside this project. */
class GoldenMetricsTest {
  static List<JsonNode> segmentation() {
    return cases("metrics/segmentation.json");
  }

  static List<JsonNode> classification() {
    return cases("metrics/classification.json");
  }

  static List<JsonNode> multilabel() {
    return cases("metrics/multilabel.json");
  }

  static List<JsonNode> fidelity() {
    return cases("metrics/fidelity.json");
  }

  static List<JsonNode> texture() {
    return cases("metrics/texture.json");
  }

  static List<JsonNode> msSsim() {
    return cases("metrics/ms_ssim.json");
  }

  @ParameterizedTest
  @MethodSource("segmentation")
  void maskScores_randomMasks_agreeWithBothConventions(JsonNode golden) {
    BinaryMask truth = mask(golden.get("truth"));
    BinaryMask prediction = mask(golden.get("prediction"));
    double[] spacing = numbers(golden.get("spacing"));
    double tolerance = golden.get("tolerance").doubleValue();
    for (SurfaceConvention convention : SurfaceConvention.values()) {
      JsonNode expected =
          golden.get(convention == SurfaceConvention.SURFACE_ELEMENTS ? "elements" : "edges");
      PixelSpacing pixels = new PixelSpacing(spacing[0], spacing[1]);

      MaskScores scores =
          MaskScores.of(
              truth,
              prediction,
              new MaskScores.Settings(pixels, tolerance, convention, EmptyPolicy.UNDEFINED));
      SurfaceDistances distances =
          SurfaceDistances.of(truth, prediction, pixels, convention, EmptyPolicy.UNDEFINED);

      assertClose(scores.dice(), golden.get("dice"));
      assertClose(scores.iou(), golden.get("iou"));
      if (truth.area() + prediction.area() > 0) { // DeepMind: infinite of two empty masks
        assertClose(scores.hd95(), expected.get("hd95"));
        assertClose(distances.hausdorff(100), expected.get("hd100"));
      }
      assertClose(scores.nsd(), expected.get("nsd"));
    }
  }

  private static BinaryMask mask(JsonNode rows) {
    int width = rows.get(0).textValue().length();
    byte[] cells = new byte[width * rows.size()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = (byte) (rows.get(i / width).textValue().charAt(i % width) == '#' ? 1 : 0);
    }
    return BinaryMask.of(width, rows.size(), cells);
  }

  @ParameterizedTest
  @MethodSource("classification")
  void labelMetrics_randomScores_agreeWithScikitLearn(JsonNode golden) {
    LabelScores label = label("edema", golden.get("truth"), golden.get("scores"));

    assertClose(label.auroc(), golden.get("auroc"));
    assertClose(AveragePrecision.of(label), golden.get("averagePrecision"));
    assertClose(Calibration.brier(label), golden.get("brier"));
    assertReliability(label, Binning.EQUAL_WIDTH, golden.get("equalWidth"));
    assertReliability(label, Binning.EQUAL_MASS, golden.get("equalMass"));
    for (ZeroDivision zero : List.of(ZeroDivision.ZERO, ZeroDivision.ONE)) {
      Decisions decisions = Decisions.of(label, 0.5, zero);
      JsonNode expected = golden.get("decisions").get(zero.wireName());
      assertClose(decisions.f1(), expected.get("f1"));
      assertClose(decisions.precision(), expected.get("precision"));
      assertClose(decisions.recall(), expected.get("recall"));
      assertClose(decisions.specificity(), expected.get("specificity"));
      assertClose(decisions.matthews(), golden.get("decisions").get("matthews"));
    }
    if (golden.has("threshold")) {
      Thresholds thresholds = Thresholds.maximizingF1(new ValidationScores(List.of(label)));
      assertClose(thresholds.of("edema"), golden.get("threshold"));
    }
  }

  private static LabelScores label(String name, JsonNode truth, JsonNode scores) {
    List<String> images =
        IntStream.range(0, truth.size()).mapToObj(image -> "image" + image).toList();
    return LabelScores.of(name, images, flags(truth), numbers(scores));
  }

  private static void assertReliability(LabelScores label, Binning binning, JsonNode expected) {
    List<Calibration.Bin> curve = Calibration.reliability(label, binning, Calibration.BINS);

    assertClose(Calibration.expectedError(label, binning, Calibration.BINS), expected.get("ece"));
    assertThat(curve).hasSize(expected.get("count").size());
    for (int bin = 0; bin < curve.size(); bin++) {
      assertThat(curve.get(bin).count()).isEqualTo(expected.get("count").get(bin).intValue());
      assertClose(curve.get(bin).meanScore(), expected.get("meanScore").get(bin));
      assertClose(curve.get(bin).positiveRate(), expected.get("positiveRate").get(bin));
    }
  }

  @ParameterizedTest
  @MethodSource("multilabel")
  void f1Averages_randomLabels_agreeWithScikitLearn(JsonNode golden) {
    List<LabelScores> labels = new ArrayList<>();
    for (int k = 0; k < golden.get("truth").size(); k++) {
      labels.add(label("label" + k, golden.get("truth").get(k), golden.get("scores").get(k)));
    }
    for (ZeroDivision zero : ZeroDivision.values()) {
      JsonNode expected = golden.get(zero.wireName());

      F1Averages averages = F1Averages.of(labels, _ -> 0.5, zero);

      assertClose(averages.macro(), expected.get("macro"));
      assertClose(averages.micro(), expected.get("micro"));
      assertClose(averages.samples(), expected.get("samples"));
      assertClose(averages.weighted(), expected.get("weighted"));
    }
  }

  @ParameterizedTest
  @MethodSource("fidelity")
  void fidelity_randomFeatures_agreesWithTheFormulas(JsonNode golden) {
    Features real = features(golden.get("real"));
    Features synthetic = features(golden.get("synthetic"));
    JsonNode expected = golden.get("kernel");

    KernelDistance kernel =
        KernelDistance.of(
            real, synthetic, 20, expected.get("size").intValue(), expected.get("seed").longValue());
    Prdc prdc = Prdc.of(real, synthetic, Prdc.NEIGHBOURS);

    double frechet = golden.get("frechet").doubleValue();
    double roots = golden.get("singular").booleanValue() ? 1e-6 : 1e-10;
    assertThat(FrechetDistance.of(real, synthetic))
        .isCloseTo(frechet, Offset.offset(roots * frechet));
    assertRelative(kernel.mean(), expected.get("mean"));
    assertRelative(kernel.standardDeviation(), expected.get("sd"));
    assertClose(prdc.precision(), golden.get("precision"));
    assertClose(prdc.recall(), golden.get("recall"));
    assertClose(prdc.density(), golden.get("density"));
    assertClose(prdc.coverage(), golden.get("coverage"));
  }

  private static Features features(JsonNode rows) {
    List<double[]> vectors = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (JsonNode row : rows) {
      names.add("image" + names.size());
      vectors.add(numbers(row));
    }
    return Features.of("golden", names, vectors);
  }

  @ParameterizedTest
  @MethodSource("texture")
  void texture_pictures_agreeWithNumpyAndScikitImage(JsonNode golden) {
    double[] expected = numbers(golden.get("features"));

    double[] features = TextureFeatures.of(GoldenPictures.of(golden.get("kind").intValue(), 256));

    assertThat(features).hasSize(TextureFeatures.DIMENSION);
    for (int k = 0; k < features.length; k++) {
      assertThat(features[k]).as("feature %d", k).isCloseTo(expected[k], Offset.offset(1e-9));
    }
  }

  @ParameterizedTest
  @MethodSource("msSsim")
  void msSsim_pictures_agreeWithPytorchMsssim(JsonNode golden) {
    int side = golden.get("side").intValue();
    var three = GoldenPictures.of(golden.get("a").intValue(), side);
    var mixed = GoldenPictures.mixed(three, GoldenPictures.of(golden.get("b").intValue(), side));

    int scales = golden.get("scales").intValue();
    assertThat(MsSsim.scales(three)).isEqualTo(scales);
    assertThat(MsSsim.of(three, mixed, scales))
        .isCloseTo(golden.get("msSsim").doubleValue(), CLOSED_FORM);
  }

  private static void assertClose(double actual, JsonNode expected) {
    if (!expected.isTextual()) {
      assertThat(actual).isCloseTo(expected.doubleValue(), CLOSED_FORM);
      return;
    }
    if (expected.textValue().equals("inf")) {
      assertThat(actual).isEqualTo(Double.POSITIVE_INFINITY);
    } else {
      assertThat(actual).isNaN();
    }
  }

  private static void assertRelative(double actual, JsonNode expected) {
    double value = expected.doubleValue();
    assertThat(actual).isCloseTo(value, Offset.offset(1e-10 * Math.max(1, Math.abs(value))));
  }
}
