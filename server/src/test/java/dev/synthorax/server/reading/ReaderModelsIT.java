package dev.synthorax.server.reading;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.TestGraphs;
import dev.synthorax.proto.v1.ClassificationServiceGrpc;
import dev.synthorax.proto.v1.ClassificationSpec;
import dev.synthorax.proto.v1.ClassifiedFinding;
import dev.synthorax.proto.v1.ClassifyRequest;
import dev.synthorax.proto.v1.ImageSize;
import dev.synthorax.proto.v1.ListModelsRequest;
import dev.synthorax.proto.v1.Model;
import dev.synthorax.proto.v1.ModelServiceGrpc;
import dev.synthorax.proto.v1.ModelState;
import dev.synthorax.proto.v1.ReaderModel;
import dev.synthorax.proto.v1.ReadingTask;
import dev.synthorax.proto.v1.SegmentRequest;
import dev.synthorax.proto.v1.Segmentation;
import dev.synthorax.proto.v1.SegmentationServiceGrpc;
import dev.synthorax.proto.v1.SegmentationSpec;
import dev.synthorax.server.access.Access;
import dev.synthorax.server.config.ServerConfig;
import dev.synthorax.server.edge.CallGate;
import dev.synthorax.server.edge.Edges;
import dev.synthorax.server.grpc.GrpcEdge;
import dev.synthorax.server.grpc.GrpcServices;
import dev.synthorax.server.records.Records;
import dev.synthorax.server.repository.ModelFolders;
import dev.synthorax.server.repository.ModelLoader;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.scheduler.ByteBudget;
import dev.synthorax.server.training.TestRooms;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which folders are readers, and what these say of images, on ONNX Runtime. */
@Timeout(60)
final class ReaderModelsIT {
  private static final int SIDE = 8;
  private static final String PROBABILITIES =
      """
      output { name: "y" label_filename: "labels.txt" }
      parameters { key: "synthorax.reads" value { string_value: "findings" } }
      parameters { key: "synthorax.range" value { string_value: "0 1" } }
      parameters { key: "synthorax.output" value { string_value: "probabilities" } }
      """;

  @TempDir private Path folder;
  private final long mark = NativeHandles.mark();
  private final CallGate gate = new CallGate();
  private @Nullable Backend backend;
  private @Nullable ModelRepository models;
  private @Nullable ReadingServices reading;
  private @Nullable GrpcServices services;
  private @Nullable Edges edges;
  private @Nullable ManagedChannel channel;

  private Path model(String name, Path graph, String labels) throws IOException {
    Path home = folder.resolve("models").resolve(name);
    Files.move(graph, Files.createDirectories(home.resolve("1")).resolve("model.onnx"));
    Files.writeString(home.resolve("labels.txt"), labels);
    return home;
  }

  /** As a training publishes one. */
  private void trainedSegmenter(String name, String labels) throws IOException {
    Path home = model(name, TestGraphs.segmenter(folder, SIDE), labels);
    Files.writeString(home.resolve("config.json"), "{\"_class_name\": \"SegmentationUNet\"}");
  }

  private void classifier(String name, String config) throws IOException {
    Path home = model(name, TestGraphs.classifier(folder, SIDE), "white\ngrey\n");
    Files.writeString(home.resolve("config.pbtxt"), config);
  }

  @SuppressWarnings("MustBeClosed") // closed in stop()
  private ManagedChannel start() throws IOException {
    Path root = Files.createDirectories(folder.resolve("models"));
    var opened = Backends.open("onnxruntime-cpu");
    var repository = new ModelRepository(new ModelFolders(List.of(root), ModelLoader.all()));
    var limits = ServerConfig.DEFAULT.memory();
    var readingServices = new ReadingServices(repository, limits);
    var all =
        new GrpcServices(
            repository,
            TestRooms.idle(repository),
            new Records(folder.resolve("none")),
            gate,
            Access.open(),
            limits,
            readingServices.services());
    String name = InProcessServerBuilder.generateName();
    var edge = GrpcEdge.start(InProcessServerBuilder.forName(name), all, ServerConfig.DEFAULT);
    backend = opened;
    models = repository;
    reading = readingServices;
    services = all;
    edges = new Edges(gate, List.of(edge));
    var made = InProcessChannelBuilder.forName(name).build();
    channel = made;
    repository.start(
        new ModelLoader.Resources(
            opened, 1, folder.resolve("cache"), new ByteBudget(limits.maxResponseBytes())));
    return made;
  }

  @AfterEach
  void stop() {
    if (channel != null && edges != null && services != null && reading != null) {
      channel.shutdownNow();
      var _ = edges.drain(Duration.ofSeconds(10), Duration.ofSeconds(1));
      services.close();
      reading.close();
      assertThat(reading.heldBytes()).isZero();
    }
    if (models != null && backend != null) {
      models.close();
      backend.close();
    }
    assertThat(NativeHandles.leaksSince(mark)).isEmpty();
  }

  private static Map<String, Model> list(ManagedChannel channel) {
    return ModelServiceGrpc.newBlockingStub(channel)
        .listModels(ListModelsRequest.getDefaultInstance())
        .getModelsList()
        .stream()
        .collect(Collectors.toMap(Model::getName, model -> model));
  }

  private static Model named(Map<String, Model> all, String name) {
    return requireNonNull(all.get(name), name);
  }

  private static Segmentation segment(ManagedChannel channel, SegmentationSpec.Builder spec) {
    return SegmentationServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .segment(SegmentRequest.newBuilder().setSpec(spec).build())
        .getSegmentation();
  }

  private static List<ClassifiedFinding> classify(ManagedChannel channel, int level) {
    return ClassificationServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .classify(
            ClassifyRequest.newBuilder()
                .setSpec(
                    ClassificationSpec.newBuilder()
                        .setImage(ReadingFixture.plain(SIDE, SIDE, level)))
                .build())
        .getClassification()
        .getFindingsList();
  }

  @Test
  void readers_trainedAndByParameters_areListedAndRead() throws IOException {
    trainedSegmenter("b-segmenter", "bright\ndark\n");
    trainedSegmenter("c-segmenter", "bright\ndark\n");
    classifier("a-classifier", PROBABILITIES);

    ManagedChannel open = start();

    Map<String, Model> all = list(open);
    assertThat(named(all, "b-segmenter").getPlain().getReader())
        .isEqualTo(
            ReaderModel.newBuilder()
                .setTask(ReadingTask.READING_TASK_SEGMENTATION)
                .addLabels("bright")
                .addLabels("dark")
                .setSize(ImageSize.newBuilder().setWidth(SIDE).setHeight(SIDE))
                .build());
    assertThat(named(all, "a-classifier").getPlain().getReader().getTask())
        .isEqualTo(ReadingTask.READING_TASK_CLASSIFICATION);
    assertThat(named(all, "a-classifier").getDescription())
        .isEqualTo("Finds in radiographs: white, grey.");
    assertThat(named(all, "a-classifier").getWarningsList()).isEmpty();
    int[] half = new int[SIDE * SIDE];
    Arrays.fill(half, 0, half.length / 2, 255);
    Segmentation marked =
        segment(open, SegmentationSpec.newBuilder().setImage(ReadingFixture.raw(SIDE, SIDE, half)));
    assertThat(marked.getModel()).isEqualTo("b-segmenter");
    assertThat(marked.getStructures(0).getArea()).isEqualTo(half.length / 2);
    assertThat(marked.getStructures(1).getArea()).isEqualTo(half.length / 2);
    assertThat(classify(open, 204))
        .extracting(
            found -> found.getFinding() + " " + Math.round(1e6 * found.getProbability()) / 1e6)
        .containsExactly("white 0.8", "grey 0.4");
  }

  @Test
  void reader_ofAnotherTask_isRefusedWithThoseThereAre() throws IOException {
    trainedSegmenter("segmenter", "bright\ndark\n");
    classifier("classifier", PROBABILITIES);
    ManagedChannel open = start();

    var refusal =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                segment(
                    open,
                    SegmentationSpec.newBuilder()
                        .setModel("classifier")
                        .setImage(ReadingFixture.plain(4, 4, 0))));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(refusal.getStatus().getDescription())
        .isEqualTo("model: classifier marks no structures (expected: one of segmenter)");
  }

  @Test
  void folders_thatDoNotFit_areTensorsAloneOrRefused() throws IOException {
    trainedSegmenter("three-labels", "a\nb\nc\n");
    classifier("wrong-range", PROBABILITIES.replace("0 1", "0"));
    classifier("wrong-task", PROBABILITIES.replace("findings", "structures"));
    classifier("no-task", PROBABILITIES.replace("synthorax.reads", "other"));
    ManagedChannel open = start();

    Map<String, Model> all = list(open);
    var refusal = catchThrowableOfType(StatusRuntimeException.class, () -> classify(open, 0));

    assertThat(named(all, "three-labels").getState()).isEqualTo(ModelState.MODEL_STATE_READY);
    assertThat(named(all, "three-labels").getPlain().hasReader()).isFalse();
    assertThat(named(all, "three-labels").getWarnings(0))
        .startsWith("It reads no radiographs, and answers tensors alone: output logits");
    assertThat(named(all, "wrong-range").getStateReason())
        .contains("synthorax.range: 0 (expected: two numbers");
    assertThat(named(all, "wrong-task").getStateReason()).contains("(expected: FP32 [2, 8, 8]");
    assertThat(named(all, "no-task").getStateReason()).contains("synthorax.reads: missing");
    assertThat(refusal.getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
    assertThat(refusal.getStatus().getDescription())
        .startsWith(
            "model: no model of this server finds findings (expected: a trained classifier");
  }
}
