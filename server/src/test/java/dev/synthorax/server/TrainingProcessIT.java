package dev.synthorax.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.synthorax.proto.v1.DatasetShare;
import dev.synthorax.proto.v1.GenerateRequest;
import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.GetTrainingRequest;
import dev.synthorax.proto.v1.Sample;
import dev.synthorax.proto.v1.SampleMask;
import dev.synthorax.proto.v1.SampleShape;
import dev.synthorax.proto.v1.StartTrainingRequest;
import dev.synthorax.proto.v1.Training;
import dev.synthorax.proto.v1.TrainingServiceGrpc;
import dev.synthorax.proto.v1.TrainingSpec;
import dev.synthorax.proto.v1.TrainingState;
import dev.synthorax.proto.v1.UploadDatasetRequest;
import dev.synthorax.proto.v1.UploadDatasetResponse;
import dev.synthorax.proto.v1.UploadStart;
import dev.synthorax.proto.v1.WatchTrainingRequest;
import dev.synthorax.proto.v1.WatchTrainingResponse;
import dev.synthorax.server.pipeline.TinyPipeline;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Training from outside: real servers, real trainers, and how they survive being killed. */
@Timeout(300)
final class TrainingProcessIT {
  private static final int SIDE = 32;
  private static final List<String> STRUCTURES = List.of("lungs", "heart", "pneumothorax");

  @TempDir private Path folder;

  /** A server in a process of its own, and a channel to it. */
  private final class Server implements AutoCloseable {
    private final Process process;
    private final BufferedReader stdout;
    private final ManagedChannel channel;

    private Server() throws IOException {
      var command = new ArrayList<String>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(
          List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
      command.addAll(List.of("serve", "--port", "0", "--threads", "1"));
      command.addAll(List.of("--models", folder.resolve("models").toString()));
      command.addAll(List.of("--data", folder.resolve("data").toString()));
      var builder = new ProcessBuilder(command);
      builder.environment().put("SYNTHORAX_CACHE", folder.resolve("cache").toString());
      builder.redirectError(folder.resolve("stderr.txt").toFile());
      process = builder.start();
      stdout = process.inputReader(UTF_8);
      int port = Integer.parseInt(stdout.readLine().replace("LISTENING port=", ""));
      channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    }

    private TrainingServiceGrpc.TrainingServiceBlockingStub training() {
      return TrainingServiceGrpc.newBlockingStub(channel)
          .withWaitForReady()
          .withDeadlineAfter(240, TimeUnit.SECONDS);
    }

    private Training get(String job) {
      return training()
          .getTraining(GetTrainingRequest.newBuilder().setTraining(job).build())
          .getTraining();
    }

    private Training start(String job, TrainingSpec spec) {
      return training()
          .startTraining(StartTrainingRequest.newBuilder().setTraining(job).setSpec(spec).build())
          .getTraining();
    }

    private Iterator<WatchTrainingResponse> watch(String job) {
      return training().watchTraining(WatchTrainingRequest.newBuilder().setTraining(job).build());
    }

    /** Follows a job to its end. */
    private Training last(String job) {
      Training last = Training.getDefaultInstance();
      for (Iterator<WatchTrainingResponse> events = watch(job); events.hasNext(); ) {
        WatchTrainingResponse event = events.next();
        last = event.hasTraining() ? event.getTraining() : last;
      }
      return last;
    }

    /** Ends it as a power cut would. */
    private void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws IOException {
      channel.shutdownNow();
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      stdout.close();
    }
  }

  @BeforeEach
  void writeModel() throws IOException {
    TinyPipeline.write(
        folder.resolve("models/tiny"),
        "structures: [lungs, heart, pneumothorax]\nsizes: [[32, 32]]\nrow-counts: [2, 4]\n");
  }

  /** Uploads noise with masks of three structures, prompts of three kinds and two labels. */
  private static void upload(Server server) {
    var random = new SplittableRandom(4);
    var answer = new CompletableFuture<UploadDatasetResponse>();
    StreamObserver<UploadDatasetRequest> requests =
        TrainingServiceGrpc.newStub(server.channel)
            .withWaitForReady()
            .uploadDataset(
                new StreamObserver<>() {
                  @Override
                  public void onNext(UploadDatasetResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {
                    // the answer has come before
                  }
                });
    var shape =
        SampleShape.newBuilder().setWidth(SIDE).setHeight(SIDE).addAllStructures(STRUCTURES);
    requests.onNext(
        UploadDatasetRequest.newBuilder()
            .setStart(UploadStart.newBuilder().setDataset("noise").setShape(shape))
            .build());
    for (int i = 0; i < 12; i++) {
      byte[] image = new byte[SIDE * SIDE];
      random.nextBytes(image);
      var sample =
          Sample.newBuilder()
              .setId("n" + i)
              .setImage(ByteString.copyFrom(image))
              .setPrompt("large pleural effusion " + i % 3)
              .addFindings(i % 2 == 0 ? "normal" : "edema");
      for (String structure : STRUCTURES) {
        byte[] bits = new byte[SIDE * SIDE / 8];
        random.nextBytes(bits);
        sample.addMasks(
            SampleMask.newBuilder().setStructure(structure).setBits(ByteString.copyFrom(bits)));
      }
      requests.onNext(UploadDatasetRequest.newBuilder().setSample(sample).build());
    }
    requests.onCompleted();
    assertThat(answer.join().getDataset().getPoint().getSamples()).isEqualTo(12);
  }

  private static Struct struct(String json) throws IOException {
    var struct = Struct.newBuilder();
    JsonFormat.parser().merge(json, struct);
    return struct.build();
  }

  private static TrainingSpec.Builder spec(String recipe) {
    return TrainingSpec.newBuilder()
        .setRecipe(recipe)
        .setModel("made")
        .setThreads(1)
        .addDatasets(DatasetShare.newBuilder().setDataset("noise"));
  }

  private static TrainingSpec classifier(int steps) throws IOException {
    return spec("classifier")
        .putSettings(
            "recipe",
            struct(
                """
                {"labels": ["edema"], "steps": STEPS, "batchSize": 4, "warmupSteps": 1}
                """
                    .replace("STEPS", String.valueOf(steps))))
        .putSettings(
            "config", struct("{\"base_channels\": 8, \"blocks_per_stage\": 1, \"stages\": 2}"))
        .build();
  }

  private static boolean hasLibtorch(ProcessHandle process) throws IOException {
    return Files.readString(Path.of("/proc", String.valueOf(process.pid()), "maps"))
        .contains("libtorch");
  }

  @Test
  void train_serverAndTrainerAreKilled_theJobGoesOn() throws Exception {
    try (var first = new Server()) {
      upload(first);
      first.start("one", classifier(100_000)); // more than it gets time for
      Iterator<WatchTrainingResponse> events = first.watch("one");
      while (events.next().getTraining().getStagesCount() == 0) {
        // until the trainer has told what it will do
      }
      ProcessHandle trainer = first.process.descendants().findFirst().orElseThrow();
      assertThat(hasLibtorch(trainer)).isTrue();
      assertThat(hasLibtorch(first.process.toHandle())).isFalse();

      trainer.destroyForcibly();
      WatchTrainingResponse event = events.next();
      while (event.getNotice().isEmpty()) {
        event = events.next();
      }
      assertThat(event.getNotice())
          .isEqualTo("its process ended (exit code 137); another goes on from the last checkpoint");
      while (!events.next().hasProgress()) {
        // until the next trainer goes on
      }
      first.kill();
    }
    try (var second = new Server()) {
      Training resumed = second.get("one");
      while (resumed.getProgress().getSamplesPerSecond() == 0) {
        resumed = second.get("one");
      }
      assertThat(resumed.getState()).isEqualTo(TrainingState.TRAINING_STATE_RUNNING);
      assertThat(resumed.getRestarts()).isEqualTo(2);
      assertThat(resumed.getProgress().getStep()).isPositive();

      second.process.destroy(); // SIGTERM: in order
      assertThat(second.process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(second.process.exitValue()).isZero();
      assertThat(Files.readString(folder.resolve("stderr.txt"))).doesNotContain("killed");
    }
  }

  @Test
  void train_pipeline_drawsAtOnceWithoutARestart() throws Exception {
    String stage = "{\"steps\": 2, \"batchSize\": 2, \"warmupSteps\": 1}";
    String trunk =
        """
        "block_out_channels": [8, 16], "cross_attention_dim": 16, "attention_head_dim": 2, "layers_per_block": 1,
        "norm_num_groups": 4, "in_channels": 4, "down_block_types": ["CrossAttnDownBlock2D", "DownBlock2D"]\
        """;
    try (var server = new Server()) {
      upload(server);
      TrainingSpec spec =
          spec("cxr-mini")
              .putSettings(
                  "recipe",
                  struct(
                      """
                      {"maxTokens": 600, "diffusion": STAGE, "control": STAGE, "autoencoder": [{"steps": 2, "batchSize": 2,
                       "crop": 0, "peakLearningRate": 0.001, "warmupSteps": 1, "edgeWeight": 0.5,
                       "divergenceWeight": 0.0005, "criticWeight": 0, "featureWeight": 0}], "decoder": []}
                      """
                          .replace("STAGE", stage)))
              .putSettings(
                  "vae",
                  struct(
                      """
                      {"block_out_channels": [8, 8, 8, 8], "norm_num_groups": 4, "latent_channels": 4,
                       "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
                       "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"]}
                      """))
              .putSettings(
                  "unet",
                  struct(
                      "{"
                          + trunk
                          + ", \"out_channels\": 4, \"up_block_types\": [\"UpBlock2D\","
                          + " \"CrossAttnUpBlock2D\"]}"))
              .putSettings(
                  "controlnet",
                  struct("{" + trunk + ", \"conditioning_embedding_out_channels\": [4, 4, 8, 8]}"))
              .putSettings(
                  "text_encoder",
                  struct(
                      """
                      {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2, "num_hidden_layers": 1,
                       "vocab_size": 600}
                      """))
              .build();
      server.start("one", spec);

      Training last = server.last("one");

      assertThat(last.getStateReason()).isEmpty();
      assertThat(last.getState()).isEqualTo(TrainingState.TRAINING_STATE_FINISHED);
      var drawn =
          GenerationServiceGrpc.newBlockingStub(server.channel)
              .generate(
                  GenerateRequest.newBuilder()
                      .setSpec(
                          GenerationSpec.newBuilder()
                              .setModel("made")
                              .setNumInferenceSteps(2)
                              .setSeed(1))
                      .build());
      assertThat(drawn.getSettings().getModelVersion()).isEqualTo(last.getModelVersion());
      assertThat(drawn.getImages(0).getData().isEmpty()).isFalse();
    }
  }
}
