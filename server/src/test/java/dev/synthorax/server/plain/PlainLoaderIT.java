package dev.synthorax.server.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.HostTensor;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.PlanProgress;
import dev.synthorax.engine.TestGraphs;
import dev.synthorax.nn.onnx.format.GraphProto;
import dev.synthorax.nn.onnx.format.ModelProto;
import dev.synthorax.nn.onnx.format.TensorProto;
import dev.synthorax.server.scheduler.ByteBudget;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plain models on ONNX Runtime, from folders. */
final class PlainLoaderIT {
  private static Backend backend;

  @TempDir private Path root;
  private final ByteBudget budget = new ByteBudget(1 << 20);
  private final List<PlainModel> open = new ArrayList<>();
  private final long mark = NativeHandles.mark();

  @BeforeAll
  @SuppressWarnings("MustBeClosed") // closed after all tests
  static void open() {
    backend = Backends.open("onnxruntime-cpu");
  }

  @AfterAll
  static void close() {
    backend.close();
  }

  @AfterEach
  void everythingIsGivenBack() {
    open.forEach(PlainModel::close);
    assertThat(budget.taken()).isZero();
    assertThat(NativeHandles.leaksSince(mark)).isEmpty();
  }

  private List<PlainModel> load(Path folder) {
    var loader =
        new PlainLoader(
            backend,
            backend.devices(),
            1,
            root.resolve("cache"),
            budget,
            new ResponseCache(0),
            PlanProgress.NONE);
    List<PlainModel> models =
        loader.load(String.valueOf(folder.getFileName()), folder, broken -> {});
    open.addAll(models);
    return models;
  }

  private static void config(Path folder, String text) throws IOException {
    Files.writeString(folder.resolve("config.pbtxt"), text);
  }

  /** A folder with a graph as one of its versions. */
  private Path model(String name, int version, Path graph) throws IOException {
    Path folder = root.resolve(name);
    Path target = Files.createDirectories(folder.resolve(Integer.toString(version)));
    Files.move(graph, target.resolve("model.onnx"));
    return folder;
  }

  private static PlainRequest request(HostTensor... inputs) {
    return new PlainRequest("", List.of(inputs), List.of(), 0, 0, PlainRequest.NO_DEADLINE, "");
  }

  private static Heard ask(PlainModel model, HostTensor... inputs) {
    var heard = new Heard();
    model.infer(request(inputs), heard);
    return heard;
  }

  @Test
  void infer_graphAlone_isCompletedBatchedAndRight() throws Exception {
    Path folder = model("bias", 1, TestGraphs.addBias(root, 1, 2, 3));
    PlainModel model = load(folder).getFirst();
    assertThat(model.description().maxBatchSize()).isEqualTo(4);
    assertThat(model.description().inputs().getFirst().shape()).containsExactly(-1L, 3L);

    var all = new ArrayList<Heard>();
    for (int i = 0; i < 20; i++) { // several at once: some share a run
      int rows = 1 + i % 3;
      var values = new float[rows * 3];
      java.util.Arrays.fill(values, i);
      all.add(ask(model, Requests.floats("x", List.of((long) rows, 3L), values)));
    }
    for (int i = 0; i < 20; i++) {
      float[] answer = all.get(i).values();
      assertThat(answer).hasSize((1 + i % 3) * 3);
      for (int at = 0; at < answer.length; at++) {
        assertThat(answer[at]).isEqualTo(i + 1 + at % 3);
      }
    }
    PlainStatistics statistics = model.statistics();
    assertThat(statistics.success().count()).isEqualTo(20);
    assertThat(statistics.inferences()).isEqualTo(39);
  }

  @Test
  void infer_dynamicDims_runsAtAnyOfThem() throws Exception {
    PlainModel model = load(model("wide", 1, TestGraphs.dynamicWidth(root))).getFirst();

    Heard narrow = ask(model, Requests.floats(input(model), List.of(1L, 2L), -1, 5));
    Heard wide = ask(model, Requests.floats(input(model), List.of(2L, 3L), 1, -2, 3, -4, 5, -6));

    assertThat(narrow.values()).containsExactly(0, 5);
    assertThat(wide.values()).containsExactly(1, 0, 3, 0, 5, 0);
  }

  private static String input(PlainModel model) {
    return model.description().inputs().getFirst().name();
  }

  @Test
  void infer_severalInputsAndNoBatching_takesWholeShapes() throws Exception {
    Path folder = model("mixed", 1, TestGraphs.mixed(root));
    PlainModel model = load(folder).getFirst();
    assertThat(model.description().maxBatchSize()).as("w has no rows").isZero();
    var ids = new HostTensor("ids", DataType.INT64, List.of(1L, 4L), longs(1, 2, 3, 4));

    var heard = new Heard();
    model.infer(
        new PlainRequest(
            "",
            List.of(
                ids,
                Requests.floats("w", List.of(2L), 10, 20),
                Requests.floats("a", List.of(1L, 2L), 1, 2)),
            List.of("same", "sum"),
            0,
            0,
            PlainRequest.NO_DEADLINE,
            ""),
        heard);

    try (PlainAnswer answer = heard.answer()) {
      assertThat(answer.outputs()).extracting(HostTensor::name).containsExactly("same", "sum");
      assertThat(answer.outputs().getFirst().bytes().toArray(ValueLayout.JAVA_LONG_UNALIGNED))
          .containsExactly(1, 2, 3, 4);
      assertThat(Requests.values(answer.outputs().getLast())).containsExactly(11, 22);
    }
  }

  private static MemorySegment longs(long... values) {
    return MemorySegment.ofArray(values);
  }

  @Test
  void load_everyVersion_servesThemSideBySide() throws Exception {
    Path folder = model("bias", 1, TestGraphs.addBias(root, 1, 1, 1));
    model("bias", 2, TestGraphs.addBias(root, 2, 2, 2));
    config(folder, "version_policy { all {} } instance_group { count: 2 kind: KIND_CPU }");

    List<PlainModel> versions = load(folder);

    assertThat(versions).extracting(each -> each.description().version()).containsExactly(1L, 2L);
    HostTensor input = Requests.floats("x", List.of(1L, 3L), 0, 0, 0);
    assertThat(ask(versions.getFirst(), input).values()).containsExactly(1, 1, 1);
    assertThat(ask(versions.getLast(), input).values()).containsExactly(2, 2, 2);
  }

  @Test
  void load_labelsBesideAGraphAlone_areItsFirstOutputs() throws Exception {
    Path folder = model("reader", 1, TestGraphs.addBias(root, 1, 2, 3));
    Files.writeString(folder.resolve("labels.txt"), "heart\nlung\neffusion\n");
    Files.writeString(folder.resolve("training.json"), "{}"); // as a trained one has it

    assertThat(load(folder).getFirst().description().labels("y"))
        .containsExactly("heart", "lung", "effusion");
  }

  @Test
  void load_warmup_runsBeforeItIsReady() throws Exception {
    Path folder = model("bias", 1, TestGraphs.addBias(root, 1, 2, 3));
    Files.createDirectories(folder.resolve("warmup"));
    Files.write(folder.resolve("warmup/row"), new byte[12]);
    config(
        folder,
        """
        max_batch_size: 8
        model_warmup { name: "zero" batch_size: 2 inputs { key: "x" value {
          data_type: TYPE_FP32 dims: 3 zero_data: true } } }
        model_warmup { name: "random" batch_size: 1 count: 3 inputs { key: "x" value {
          data_type: TYPE_FP32 dims: 3 random_data: true } } }
        model_warmup { name: "file" batch_size: 4 inputs { key: "x" value {
          data_type: TYPE_FP32 dims: 3 input_data_file: "row" } } }
        """);

    assertThat(load(folder).getFirst().statistics().executions())
        .as("what nobody asked for is not counted")
        .isZero();
  }

  @Test
  void load_warmupThatDoesNotFit_failsByName() throws Exception {
    Path folder = model("bias", 1, TestGraphs.addBias(root, 1, 2, 3));
    config(
        folder,
        """
        model_warmup { name: "w" batch_size: 1 inputs { key: "x" value {
          data_type: TYPE_FP32 dims: 5 zero_data: true } } }
        """);

    assertThatThrownBy(() -> load(folder))
        .isInstanceOf(InferenceException.class)
        .hasMessage("model_warmup w: input x: shape [1, 5] (expected: [-1, 3], -1 for any)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../secret.bin", "/tmp/secret.bin", "link.bin"})
  void load_weightsOutsideOfTheFolder_areRefused(String location) throws Exception {
    Path folder = root.resolve("outside");
    Path version = Files.createDirectories(folder.resolve("1"));
    Path secret = Files.write(root.resolve("secret.bin"), new byte[12]);
    Files.createSymbolicLink(version.resolve("link.bin"), secret);
    Files.write(version.resolve("model.onnx"), withWeightsIn(location).toByteArray());

    assertThatThrownBy(() -> load(folder)).isInstanceOf(InferenceException.class);
  }

  @Test
  void load_weightsBesideTheGraph_areRead() throws Exception {
    Path folder = root.resolve("inside");
    Path version = Files.createDirectories(folder.resolve("1"));
    Files.write(version.resolve("weights.bin"), new byte[12]);
    Files.write(version.resolve("model.onnx"), withWeightsIn("weights.bin").toByteArray());

    PlainModel model = load(folder).getFirst();

    assertThat(ask(model, Requests.floats("x", List.of(3L), 1, 2, 3)).values())
        .containsExactly(1, 2, 3);
  }

  /** {@code y = x + w}, three floats each; {@code w} lies in a file. */
  private static ModelProto withWeightsIn(String location) {
    var graph = GraphProto.newBuilder().setName("g");
    graph
        .addInitializerBuilder()
        .setName("w")
        .addDims(3)
        .setDataType(TensorProto.DataType.FLOAT_VALUE)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalDataBuilder()
        .setKey("location")
        .setValue(location);
    for (String name : List.of("x", "y")) {
      var value = (name.equals("x") ? graph.addInputBuilder() : graph.addOutputBuilder());
      value
          .setName(name)
          .getTypeBuilder()
          .getTensorTypeBuilder()
          .setElemType(TensorProto.DataType.FLOAT_VALUE)
          .getShapeBuilder()
          .addDimBuilder()
          .setDimValue(3);
    }
    graph.addNodeBuilder().setOpType("Add").addInput("x").addInput("w").addOutput("y");
    var model = ModelProto.newBuilder().setIrVersion(8).setGraph(graph);
    model.addOpsetImportBuilder().setVersion(17);
    return model.build();
  }

  @Test
  void load_damagedVersion_failsAndLeavesNothing() throws Exception {
    Path folder = model("bias", 1, TestGraphs.addBias(root, 1, 2, 3));
    Path broken = Files.createDirectories(folder.resolve("2"));
    Files.write(broken.resolve("model.onnx"), new byte[] {1, 2, 3});
    config(folder, "version_policy { all {} }");

    assertThatThrownBy(() -> load(folder)).isInstanceOf(InferenceException.class);
  }
}
