package dev.synthorax.server.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.proto.v1.GenerateRequest;
import dev.synthorax.proto.v1.GenerateResponse;
import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.Image;
import dev.synthorax.proto.v1.NoiseScheduler;
import dev.synthorax.proto.v1.StartImage;
import dev.synthorax.proto.v1.StructureMask;
import dev.synthorax.server.access.Access;
import dev.synthorax.server.config.ServerConfig;
import dev.synthorax.server.edge.CallGate;
import dev.synthorax.server.edge.Edges;
import dev.synthorax.server.pipeline.GreyPng;
import dev.synthorax.server.pipeline.TinyPipeline;
import dev.synthorax.server.records.Records;
import dev.synthorax.server.repository.ModelFolders;
import dev.synthorax.server.repository.ModelLoader;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.scheduler.ByteBudget;
import dev.synthorax.server.training.TestRooms;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Small random networks on ONNX Runtime, over TCP. */
@Timeout(300)
@SuppressWarnings("MustBeClosed") // closed after all tests
final class OnnxRuntimeGenerationIT {
  @TempDir private static Path folder;
  private static long handles;
  private static Backend backend;
  private static ModelRepository models;
  private static GrpcServices services;
  private static Edges edges;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() throws IOException {
    handles = NativeHandles.mark();
    TinyPipeline.write(
        folder.resolve("models/tiny"),
        """
        structures: [lungs, heart, pneumothorax]
        sizes: [[32, 32]]
        defaults: {num-inference-steps: 6, noise-scheduler: DDIM}
        """);
    backend = Backends.open("onnxruntime-cpu");
    models =
        new ModelRepository(new ModelFolders(List.of(folder.resolve("models")), ModelLoader.all()));
    var gate = new CallGate();
    services =
        new GrpcServices(
            models,
            TestRooms.idle(models),
            new Records(Path.of("unused")),
            gate,
            Access.open(),
            ServerConfig.DEFAULT.memory(),
            List.of());
    var edge = GrpcEdge.listen("127.0.0.1", 0, Access.open(), services, ServerConfig.DEFAULT);
    edges = new Edges(gate, List.of(edge));
    models.start(
        new ModelLoader.Resources(backend, 2, folder.resolve("graphs"), new ByteBudget(1 << 24)));
    services.markServing();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", edge.port()).usePlaintext().build();
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    assertThat(edges.drain(Duration.ofSeconds(10), Duration.ofSeconds(1))).isTrue();
    services.close();
    models.close();
    backend.close();
    assertThat(NativeHandles.leaksSince(handles)).isEmpty();
  }

  private static GenerateResponse generate(GenerationSpec spec) {
    return GenerationServiceGrpc.newBlockingStub(channel)
        .generate(GenerateRequest.newBuilder().setSpec(spec).build());
  }

  private static GenerationSpec random(SplittableRandom random) {
    int steps = random.nextInt(1, 12);
    var request =
        GenerationSpec.newBuilder()
            .setSeed(random.nextLong(1000))
            .setNumInferenceSteps(steps)
            .setGuidanceScale(random.nextInt(5))
            .setCount(random.nextInt(1, 4))
            .setNoiseSchedulerValue(
                random.nextBoolean()
                    ? NoiseScheduler.NOISE_SCHEDULER_DDIM_VALUE
                    : NoiseScheduler.NOISE_SCHEDULER_DPM_SOLVER_PP_2M_VALUE);
    if (random.nextBoolean()) {
      request.setPrompt("large right pleural effusion");
    }
    if (random.nextBoolean()) {
      request.addMasks(mask("heart"));
    }
    if (random.nextBoolean()) {
      double strength = Math.max(1.0 / steps, random.nextDouble());
      request.setStartImage(startImage(random.nextInt(900)).toBuilder().setStrength(strength));
    }
    return request.build();
  }

  private static StructureMask mask(String structure) {
    float[] samples = new float[1024];
    Arrays.fill(samples, 300, 700, 1);
    return StructureMask.newBuilder()
        .setStructure(structure)
        .setPng(ByteString.copyFrom(GreyPng.of(samples, 32, 32)))
        .build();
  }

  private static StartImage startImage(int bright) {
    float[] samples = new float[1024];
    Arrays.fill(samples, 0, bright, 0.8f);
    return StartImage.newBuilder().setPng(ByteString.copyFrom(GreyPng.of(samples, 32, 32))).build();
  }

  private static List<ByteString> pixels(GenerateResponse response) {
    return response.getImagesList().stream().map(Image::getData).toList();
  }

  @Test
  void generate_sameSeedAloneAndInCompany_hasTheSamePixels() throws Exception {
    var random = new SplittableRandom(11);
    var requests = new ArrayList<GenerationSpec>();
    for (int i = 0; i < 16; i++) {
      requests.add(random(random));
    }
    var calls = requests.stream().<Callable<GenerateResponse>>map(r -> () -> generate(r)).toList();

    var inCompany = new ArrayList<List<ByteString>>();
    try (var threads = Executors.newFixedThreadPool(calls.size())) {
      for (var answer : threads.invokeAll(calls)) {
        inCompany.add(pixels(answer.get()));
      }
    }

    for (int i = 0; i < requests.size(); i++) {
      assertThat(pixels(generate(requests.get(i))))
          .as("%s", requests.get(i))
          .isEqualTo(inCompany.get(i));
    }
  }

  @Test
  void generate_textMaskAndGuidance_eachChangeThePicture() {
    var base = GenerationSpec.newBuilder().setSeed(3).setPrompt("small left pneumothorax").build();
    var plain = pixels(generate(base));

    assertThat(pixels(generate(base))).isEqualTo(plain);
    assertThat(pixels(generate(base.toBuilder().setPrompt("cardiomegaly").build())))
        .isNotEqualTo(plain);
    assertThat(pixels(generate(base.toBuilder().addMasks(mask("heart")).build())))
        .isNotEqualTo(plain);
    assertThat(pixels(generate(base.toBuilder().setGuidanceScale(1).build()))).isNotEqualTo(plain);
    var started = pixels(generate(base.toBuilder().setStartImage(startImage(500)).build()));
    assertThat(started).isNotEqualTo(plain);
    assertThat(pixels(generate(base.toBuilder().setStartImage(startImage(300)).build())))
        .isNotEqualTo(started);
  }

  @Test
  void load_onThisBackend_usesEveryRowCountFromTwo() {
    var description = requireNonNull(models.describe("tiny", "").pipeline());

    assertThat(description.rowCounts()).contains(2, 4, 8, 16);
    assertThat(description.backend()).startsWith("onnxruntime-cpu ");
    assertThat(description.parameters()).isPositive();
  }
}
