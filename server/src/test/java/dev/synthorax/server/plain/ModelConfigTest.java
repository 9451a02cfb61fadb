package dev.synthorax.server.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.proto.inference.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configurations: the file, the rules, and the graph's side of it. */
final class ModelConfigTest {
  private static final List<TensorSpec> INPUTS =
      List.of(new TensorSpec("x", DataType.FP32, List.of(-1L, 3L)));
  private static final List<TensorSpec> OUTPUTS =
      List.of(
          new TensorSpec("y", DataType.FP32, List.of(-1L, 2L)),
          new TensorSpec("z", DataType.INT64, List.of(-1L)));

  @TempDir private Path folder;

  private ModelConfig read(String text) throws IOException {
    Files.writeString(folder.resolve("config.pbtxt"), text);
    return ModelConfigFile.read(folder);
  }

  private static GraphConfig graph(ModelConfig config) {
    return new GraphConfig(config, INPUTS, OUTPUTS);
  }

  @Test
  void read_noFile_isEmpty() {
    assertThat(ModelConfigFile.read(folder)).isEqualTo(ModelConfig.getDefaultInstance());
  }

  @Test
  void read_unknownField_isNamedWithItsPlace() {
    assertThatThrownBy(() -> read("max_batch_size: 4\nmax_batch: 3\n"))
        .isInstanceOf(InferenceException.class)
        .hasMessageStartingWith("config.pbtxt:2:1:")
        .hasMessageContaining("max_batch");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "name: 'other' | name: other (expected: m, that of its folder)",
        "platform: 'tensorrt_plan' | platform: tensorrt_plan (expected: onnxruntime_onnx)",
        "backend: 'python' | backend: python (expected: onnxruntime)",
        "max_batch_size: -1 | max_batch_size: -1 (expected: 0 to 65536)",
        "sequence_batching {} | sequence_batching is not done by this server (expected: none)",
        "ensemble_scheduling {} | ensemble_scheduling is not done by this server (expected: none)",
        "model_transaction_policy { decoupled: true } | model_transaction_policy.decoupled is not"
            + " done by this server (expected: none)",
        "model_operations { op_library_filename: 'x.so' } | model_operations is not done by this"
            + " server (expected: none)",
        "model_repository_agents { agents { name: 'a' } } | model_repository_agents is not done by"
            + " this server (expected: none)",
        "input { name: 'x' optional: true } | input x: optional is not done by this server"
            + " (expected: none)",
        "instance_group { kind: KIND_MODEL } | instance_group: KIND_MODEL is not done by this"
            + " server (expected: none)",
        "instance_group { count: -2 } | instance_group: count -2 (expected: 1 to 64)",
        "max_batch_size: 4 dynamic_batching { preferred_batch_size: 8 } |"
            + " dynamic_batching.preferred_batch_size: 8 (expected: 1 to max_batch_size, 4)",
        "dynamic_batching { priority_levels: 2 } | dynamic_batching.default_priority_level: 0"
            + " (expected: 1 to priority_levels, 2)",
        "version_policy { specific {} } | version_policy.specific: no versions (expected: at least"
            + " one)",
      })
  void rules_whatIsNotDone_isRefusedByName(String text, String problem) throws IOException {
    assertThat(new ConfigRules(read(text.replace('\'', '"')), "m").problems())
        .containsExactly(problem);
  }

  @Test
  void rules_withoutEffect_areWarnings() throws IOException {
    var rules =
        new ConfigRules(
            read("optimization {} parameters { key: \"k\" value { string_value: \"v\" } }"), "m");

    assertThat(rules.problems()).isEmpty();
    assertThat(rules.warnings())
        .containsExactly(
            "config.pbtxt: optimization has no effect here.",
            "config.pbtxt: parameters: k has no effect here.");
  }

  @Test
  void graph_emptyConfig_isCompletedAndBatched() {
    var graph = graph(ModelConfig.getDefaultInstance());

    assertThat(graph.problems()).isEmpty();
    ModelConfig completed = graph.completed();
    assertThat(completed.getMaxBatchSize()).isEqualTo(4);
    assertThat(completed.hasDynamicBatching()).isTrue();
    assertThat(completed.getInput(0).getDimsList()).containsExactly(3L);
    assertThat(completed.getOutput(1).getDimsList()).isEmpty();
    assertThat(completed.getOutput(1).getDataType())
        .isEqualTo(dev.synthorax.proto.inference.DataType.TYPE_INT64);
  }

  @Test
  void graph_anOutputWithoutRows_isNotBatched() {
    var fixed = List.of(new TensorSpec("y", DataType.FP32, List.of(2L)));
    var graph = new GraphConfig(ModelConfig.getDefaultInstance(), INPUTS, fixed);

    assertThat(graph.problems()).isEmpty();
    assertThat(graph.completed().getMaxBatchSize()).isZero();
    assertThat(graph.completed().getInput(0).getDimsList()).containsExactly(-1L, 3L);
  }

  @Test
  void graph_listedInputs_decideOnBatching() throws IOException {
    var graph = graph(read("input { name: \"x\" data_type: TYPE_FP32 dims: [ -1, 3 ] }"));

    assertThat(graph.problems()).isEmpty();
    assertThat(graph.completed().getMaxBatchSize()).isZero();
  }

  @Test
  void graph_someOfTheOutputs_areEnough() throws IOException {
    var graph = graph(read("max_batch_size: 8 output { name: \"z\" data_type: TYPE_INT64 }"));

    assertThat(graph.problems()).isEmpty();
    assertThat(graph.completed().getOutputCount()).isEqualTo(1);
  }

  @Test
  void graph_everythingWrong_isToldAtOnce() throws IOException {
    var graph =
        graph(
            read(
                """
                max_batch_size: 2
                input { name: "x" data_type: TYPE_FP16 dims: [ 4 ] }
                input { name: "w" dims: [ 4 ] }
                output { name: "y" data_type: TYPE_FP32 dims: [ 2, 2 ] }
                """));

    assertThat(graph.problems())
        .containsExactly(
            "input x: TYPE_FP16 (expected: TYPE_FP32, as in the graph)",
            "input x: dims [4] (expected: [3], as in the graph, without the batch's)",
            "input w: the graph has none of that name (expected: x)",
            "output y: dims [2, 2] (expected: [2], as in the graph, without the batch's)");
  }

  @Test
  void graph_batchOfAGraphWithoutRows_isRefused() throws IOException {
    var fixed = List.of(new TensorSpec("x", DataType.FP32, List.of(1L, 3L)));
    var graph = new GraphConfig(read("max_batch_size: 2"), fixed, List.of());

    assertThat(graph.problems())
        .containsExactly(
            "max_batch_size: 2, and x has shape [1, 3] in the graph (expected: a dynamic first"
                + " dim, or max_batch_size: 0)");
  }

  @Test
  void versions_byPolicy_areServed() throws IOException {
    for (String number : List.of("1", "3", "20", "007", "99999999999999999999", "x")) {
      Files.createFile(Files.createDirectories(folder.resolve(number)).resolve("model.onnx"));
    }
    Files.createDirectories(folder.resolve("4")); // holds nothing

    assertThat(VersionFolders.served(folder, read(""))).containsExactly(20L);
    assertThat(VersionFolders.served(folder, read("version_policy { all {} }")))
        .containsExactly(1L, 3L, 20L);
    assertThat(VersionFolders.served(folder, read("version_policy { latest { num_versions: 2 } }")))
        .containsExactly(3L, 20L);
    assertThat(VersionFolders.served(folder, read("version_policy { specific { versions: 3 } }")))
        .containsExactly(3L);
    assertThatThrownBy(
            () ->
                VersionFolders.served(
                    folder, read("version_policy { specific { versions: [ 1, 4 ] } }")))
        .hasMessage("version_policy.specific: [4] (expected: of [1, 3, 20])");
  }

  @ParameterizedTest
  @CsvSource({"../secret.txt", "/etc/passwd", "link.txt", "missing.txt", "sub"})
  void within_outsideOfTheFolder_isRefused(String name) throws IOException {
    Path model = Files.createDirectories(folder.resolve("model"));
    Files.createDirectories(model.resolve("sub"));
    Path secret = Files.writeString(folder.resolve("secret.txt"), "secret");
    Files.createSymbolicLink(model.resolve("link.txt"), secret);

    assertThatThrownBy(() -> ModelConfigFile.within(model, "label_filename", name))
        .isInstanceOf(InferenceException.class)
        .hasMessage("label_filename: " + name + " (expected: a file in the model's folder)");
  }

  @Test
  void labels_inTheFolder_areItsLines() throws IOException {
    Files.writeString(folder.resolve("labels.txt"), "one\ntwo\n");

    assertThat(ModelConfigFile.labels(folder, "labels.txt")).containsExactly("one", "two");
  }
}
