package dev.synthorax.client.stats;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.synthorax.client.stats.ClusterBootstrap.IntervalMethod;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClusterBootstrapTest {
  private static final Resampling RESAMPLING = new Resampling(2000, 0);

  private static TestResult run(double[] differences, Clusters clusters) {
    return ClusterBootstrap.ofMean(
        Differences.of(differences),
        clusters,
        RESAMPLING,
        IntervalMethod.BCA,
        Alternative.GREATER,
        0.95);
  }

  @Test
  void of_onePositivePatient_hasNoBcaIntervalButAWarning() {
    boolean[] truth = {true, false, false, false, false, false};
    double[] arm = {0.6, 0.2, 0.3, 0.9, 0.1, 0.4};
    double[] baseline = {0.5, 0.6, 0.3, 0.2, 0.1, 0.8};

    TestResult result =
        ClusterBootstrap.of(
            new AurocDifference(truth, arm, baseline),
            Clusters.singletons(6),
            RESAMPLING,
            IntervalMethod.BCA,
            Alternative.GREATER,
            0.95);

    assertThat(result.interval()).isNull();
    assertThat(result.pValue()).isNotNull();
    assertThat(result.warnings())
        .anyMatch(warning -> warning.startsWith("no BCa interval: leaving one patient out"))
        .anyMatch(warning -> warning.contains("resamples had one class only"))
        .anyMatch(warning -> warning.startsWith("only 6 patients"));
  }

  @Test
  void ofMean_imagesOfPatients_isWiderThanOfIndependentImages() {
    SplittableRandom random = new SplittableRandom(1);
    double[] differences = new double[300];
    Integer[] patients = new Integer[300];
    for (int i = 0; i < differences.length; i++) {
      patients[i] = i / 6;
      differences[i] = i % 6 == 0 ? random.nextDouble() : differences[i - 1];
    }

    Interval clustered =
        requireNonNull(
            run(
                    differences,
                    Clusters.ofNames(Arrays.stream(patients).map(String::valueOf).toList()))
                .interval());
    Interval independent = requireNonNull(run(differences, Clusters.singletons(300)).interval());

    assertThat(clustered.high() - clustered.low())
        .isGreaterThan(2 * (independent.high() - independent.low()));
  }

  @Test
  void ofMean_onePatientOrNoVariance_hasNoPValue() {
    TestResult one = run(new double[] {0.1, 0.2}, Clusters.ofNames(List.of("p", "p")));
    TestResult constant = run(new double[] {0.1, 0.1}, Clusters.singletons(2));

    assertThat(one.pValue()).isNull();
    assertThat(one.warnings()).singleElement().asString().contains("one patient");
    assertThat(constant.pValue()).isNull();
    assertThat(constant.warnings()).singleElement().asString().contains("zero variance");
  }

  @Test
  void resampling_tooFew_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Resampling(1999, 0))
        .withMessage("resamples: 1999 (expected: >= 2000)");
  }
}
