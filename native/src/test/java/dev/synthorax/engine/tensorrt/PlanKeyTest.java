package dev.synthorax.engine.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.Device;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.Precision;
import dev.synthorax.engine.TestGraphs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanKeyTest {
  private static final PlanKey.Machine MACHINE =
      new PlanKey.Machine("10.15.1.29", "580.65.06", "H100, sm_90, 79.2 GiB");

  @TempDir Path folder;
  private PlanRequest request;
  private OnnxFile graph;

  @BeforeEach
  void writeGraphWithWeights() throws IOException {
    Path file = TestGraphs.addBias(folder, 1, 2, 3);
    Files.writeString(folder.resolve("weights.fp32"), "0123456789");
    OnnxFile read = OnnxFile.read(file);
    graph = new OnnxFile(read.inputs(), read.outputs(), new TreeSet<>(List.of("weights.fp32")));
    request =
        PlanRequest.of(file, new Device(Device.Kind.GPU, 0, "H100"))
            .withRowProfiles(List.of(1, 2, 4));
  }

  private PlanKey key() {
    return key(request, MACHINE, BuilderSettings.DEFAULT);
  }

  private PlanKey key(PlanRequest of, PlanKey.Machine machine, BuilderSettings settings) {
    return PlanKey.of(of, graph, machine, settings);
  }

  @Test
  void of_sameEverything_isTheSameOnAnyDeviceOfTheKindAndInAnyFolder() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    Path copy = Files.copy(request.graph(), other.resolve("add-bias.onnx"));
    Files.copy(folder.resolve("weights.fp32"), other.resolve("weights.fp32"));
    PlanRequest elsewhere =
        PlanRequest.of(copy, new Device(Device.Kind.GPU, 1, "H100"))
            .withRowProfiles(List.of(1, 2, 4))
            .withIntraOpThreads(7);

    assertThat(key(elsewhere, MACHINE, BuilderSettings.DEFAULT)).isEqualTo(key());
    assertThat(key().name()).isEqualTo("add-bias.onnx");
    assertThat(key().id()).matches("[0-9a-f]{32}");
  }

  @Test
  void of_whateverChangesAPlan_isAnotherKey() throws IOException {
    PlanKey key = key();
    var others =
        List.of(
            key(request.withPrecision(Precision.FP16), MACHINE, BuilderSettings.DEFAULT),
            key(request.withRowProfiles(List.of(1, 2)), MACHINE, BuilderSettings.DEFAULT),
            key(request, MACHINE, BuilderSettings.of("1")),
            key(
                request,
                new PlanKey.Machine("10.15.1.30", "580.65.06", "H100, sm_90, 79.2 GiB"),
                BuilderSettings.DEFAULT),
            key(
                request,
                new PlanKey.Machine("10.15.1.29", "580.65.07", "H100, sm_90, 79.2 GiB"),
                BuilderSettings.DEFAULT),
            key(
                request,
                new PlanKey.Machine("10.15.1.29", "580.65.06", "H200, sm_90, 139.8 GiB"),
                BuilderSettings.DEFAULT));
    Files.writeString(folder.resolve("weights.fp32"), "0123456780");
    PlanKey otherWeights = key();
    TestGraphs.addBias(folder, 1, 2, 4);
    PlanKey otherGraph = key();

    assertThat(others).doesNotContain(key).doesNotHaveDuplicates();
    assertThat(otherWeights.id()).isNotEqualTo(key.id());
    assertThat(otherGraph.id()).isNotIn(key.id(), otherWeights.id());
  }

  @Test
  void machineId_otherGraph_isTheSame() throws IOException {
    String before = key().machineId();
    TestGraphs.addBias(folder, 3, 2, 1);

    assertThat(key().machineId()).isEqualTo(before);
    assertThat(key(request, MACHINE, BuilderSettings.of("0")).machineId()).isNotEqualTo(before);
  }

  @Test
  void of_missingWeights_namesThem() throws IOException {
    Files.delete(folder.resolve("weights.fp32"));

    assertThatThrownBy(this::key)
        .isInstanceOfSatisfying(
            InferenceException.class,
            failure -> assertThat(failure.reason()).isEqualTo(ErrorReason.MODEL_FAILED))
        .hasMessage("add-bias.onnx: weights.fp32: no such file (expected: the graph's weights)");
  }
}
