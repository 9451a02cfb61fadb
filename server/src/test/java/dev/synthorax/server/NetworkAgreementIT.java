package dev.synthorax.server;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.engine.Precision;
import dev.synthorax.server.repository.BundledModels;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The bundled pipeline's networks give the same numbers wherever they run: differences are parts of
 * the largest number of an output. FP32 leaves the order of sums; FP16 has 11 bits, and some
 * hundred roundings in a row.
 */
final class NetworkAgreementIT {
  private static final double FP32 = 1e-3;
  private static final double FP16 = 1e-2;

  @TempDir private static Path cache;
  private static NetworkAgreement agreement;

  @BeforeAll
  static void extractBundledModels() {
    Path models = requireNonNull(BundledModels.extract(cache));
    agreement = new NetworkAgreement(models.resolve("cxr-mini"), cache.resolve("graphs"));
  }

  private static void assertAgreement(String backend, Precision precision, TestReporter reporter) {
    Map<String, Double> differences = agreement.differences(backend, precision);

    reporter.publishEntry(backend + " " + precision, differences.toString());
    assertThat(differences).hasSizeGreaterThanOrEqualTo(4);
    assertThat(differences.values())
        .as("%s %s: %s", backend, precision, differences)
        .allMatch(difference -> difference <= (precision == Precision.FP32 ? FP32 : FP16));
  }

  @ParameterizedTest
  @CsvSource({"onnxruntime-cpu, FP16"})
  void networks_onTheProcessor_agree(String backend, Precision precision, TestReporter reporter) {
    assertAgreement(backend, precision, reporter);
  }

  @Tag("gpu")
  @ParameterizedTest
  @CsvSource({
    "onnxruntime-cuda, FP32",
    "onnxruntime-cuda, FP16",
    "tensorrt, FP32",
    "tensorrt, FP16",
  })
  void networks_onAGpu_agreeWithTheProcessor(
      String backend, Precision precision, TestReporter reporter) {
    assertAgreement(backend, precision, reporter);
  }
}
