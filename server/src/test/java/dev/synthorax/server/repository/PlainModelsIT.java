package dev.synthorax.server.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.HostTensor;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.TestGraphs;
import dev.synthorax.server.plain.PlainAnswer;
import dev.synthorax.server.plain.PlainListener;
import dev.synthorax.server.plain.PlainRequest;
import dev.synthorax.server.scheduler.ByteBudget;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plain models among others: reloaded under load, unloaded, and damaged. */
@SuppressWarnings("NullAway.Init") // each test starts them
final class PlainModelsIT {
  private static final int CLIENTS = 3;
  private static final int LEAST_REQUESTS = 50;

  @TempDir private Path folder;
  private final ByteBudget budget = new ByteBudget(1 << 20);
  private final long mark = NativeHandles.mark();
  private Backend backend;
  private ModelRepository models;

  @BeforeEach
  @SuppressWarnings("MustBeClosed") // closed after each test
  void open() throws IOException {
    write("bias", 1);
    backend = Backends.open("onnxruntime-cpu");
  }

  @AfterEach
  void everythingIsGivenBack() {
    models.close();
    backend.close();
    assertThat(budget.taken()).isZero();
    assertThat(NativeHandles.leaksSince(mark)).isEmpty();
  }

  private void start() {
    models =
        new ModelRepository(new ModelFolders(List.of(folder.resolve("models")), ModelLoader.all()));
    models.start(new ModelLoader.Resources(backend, 1, folder.resolve("cache"), budget));
  }

  private void write(String name, float bias) throws IOException {
    Path version = Files.createDirectories(folder.resolve("models").resolve(name).resolve("1"));
    Files.move(
        TestGraphs.addBias(folder, bias, bias, bias),
        version.resolve("model.onnx"),
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** What the model adds to a row of zeros. */
  private float[] ask() {
    var told = new CompletableFuture<float[]>();
    try (Lease<ServedModel> lease = models.acquire("bias", "1")) {
      var plain = (ServedModel.Plain) lease.model();
      var input =
          new HostTensor("x", DataType.FP32, List.of(1L, 3L), MemorySegment.ofArray(new float[3]));
      plain
          .model("")
          .infer(
              new PlainRequest("", List.of(input), List.of(), 0, 0, PlainRequest.NO_DEADLINE, ""),
              new PlainListener() {
                @Override
                public void answered(PlainAnswer answer) {
                  try (answer) {
                    told.complete(
                        answer
                            .outputs()
                            .getFirst()
                            .bytes()
                            .toArray(ValueLayout.JAVA_FLOAT_UNALIGNED));
                  }
                }

                @Override
                public void failed(RuntimeException failure) {
                  told.completeExceptionally(failure);
                }
              });
      return told.join();
    }
  }

  private List<float[]> askUntil(CompletableFuture<?> reloaded) {
    var answers = new ArrayList<float[]>();
    while (!reloaded.isDone() || answers.size() < LEAST_REQUESTS) {
      answers.add(ask());
    }
    answers.add(ask());
    return answers;
  }

  @Test
  void load_underLoad_dropsAndMixesNothing() throws IOException {
    start();
    var reloaded = new CompletableFuture<ModelStatus>();
    var clients = new ArrayList<CompletableFuture<List<float[]>>>();
    for (int i = 0; i < CLIENTS; i++) {
      var answers = new CompletableFuture<List<float[]>>();
      clients.add(answers);
      Thread.ofPlatform()
          .daemon()
          .start(() -> answers.completeAsync(() -> askUntil(reloaded), Runnable::run));
    }
    write("bias", 2);
    reloaded.complete(models.load("bias").join());

    for (CompletableFuture<List<float[]>> client : clients) {
      assertThat(client.join())
          .hasSizeGreaterThan(LEAST_REQUESTS)
          .allSatisfy(
              answer -> assertThat(answer).isIn(new float[] {1, 1, 1}, new float[] {2, 2, 2}))
          .last()
          .isEqualTo(new float[] {2, 2, 2});
    }
  }

  @Test
  void unload_afterRequests_givesEverythingBack() {
    start();
    assertThat(ask()).containsExactly(1, 1, 1);

    models.unload("bias").join();
    models.close();

    assertThat(NativeHandles.leaksSince(mark))
        .as("only the backend's own")
        .noneMatch(leak -> leak.contains("Plan") || leak.contains("Context"));
  }

  @Test
  void start_damagedFolders_failAlone() throws IOException {
    write("cut", 1);
    Files.write(folder.resolve("models/cut/1/model.onnx"), new byte[] {8, 9});
    write("other", 1);
    Files.writeString(folder.resolve("models/other/config.pbtxt"), "backend: \"python\"");
    Files.createDirectories(folder.resolve("models/empty"));
    Files.writeString(folder.resolve("models/empty/config.pbtxt"), "");
    write("twice", 1);
    Files.writeString(
        folder.resolve("models/twice/config.pbtxt"), "input { name: \"x\" } input { name: \"x\" }");

    start();

    assertThat(ask()).containsExactly(1, 1, 1);
    assertThat(models.list())
        .filteredOn(status -> status.state() == ModelState.FAILED)
        .extracting(ModelStatus::name)
        .containsExactly("cut", "empty", "other", "twice");
    assertThat(models.describe("other", "").reason())
        .isEqualTo("config.pbtxt: backend: python (expected: onnxruntime)");
    assertThat(models.describe("empty", "").reason())
        .isEqualTo("no version (expected: a folder 1 with model.onnx)");
    assertThat(models.describe("twice", "").reason())
        .isEqualTo("config.pbtxt: input x is listed 2 times (expected: once)");
  }
}
