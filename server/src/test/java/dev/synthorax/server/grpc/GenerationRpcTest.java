package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.synthorax.diffusion.CounterNoise;
import dev.synthorax.proto.v1.GenerateRequest;
import dev.synthorax.proto.v1.GenerateStreamResponse;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.GetModelRequest;
import dev.synthorax.proto.v1.Image;
import dev.synthorax.proto.v1.ListModelsRequest;
import dev.synthorax.proto.v1.NoiseScheduler;
import dev.synthorax.proto.v1.OutputFormat;
import dev.synthorax.proto.v1.StructureMask;
import dev.synthorax.server.config.Release;
import dev.synthorax.server.pipeline.FakePipelines;
import dev.synthorax.server.pipeline.OutputEncoding;
import dev.synthorax.server.pipeline.PngTexts;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
final class GenerationRpcTest {
  private static final String FOREIGN_YAML =
      FakePipelines.YAML
          .replace("unconditional: zero\n", "")
          .replace(", noise-scheduler: DDIM", "");

  @TempDir private Path folder;
  private ServerFixture server;

  @BeforeEach
  void start() throws IOException {
    server = ServerFixture.loaded(folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static GenerationSpec.Builder request(long seed) {
    return GenerationSpec.newBuilder()
        .setSeed(seed)
        .setPrompt("small left effusion")
        .setOutputFormat(OutputFormat.OUTPUT_FORMAT_RAW_FLOAT32);
  }

  private List<ByteString> pixels(GenerationSpec request) {
    return server.generate(request).getImagesList().stream().map(Image::getData).toList();
  }

  private static StructureMask mask(String structure) {
    float[] samples = new float[64];
    Arrays.fill(samples, 20, 50, 1);
    return StructureMask.newBuilder()
        .setStructure(structure)
        .setPng(ByteString.copyFrom(OutputEncoding.PNG_GRAY8.encode(samples, 8, 8)))
        .build();
  }

  @Test
  void generate_defaults_areTheModelsAndAreReported() {
    var response = server.generate(GenerationSpec.getDefaultInstance());

    var settings = response.getSettings();
    assertThat(settings.getModel()).isEqualTo("squares");
    assertThat(settings.getNumInferenceSteps()).isEqualTo(5);
    assertThat(settings.getGuidanceScale()).isEqualTo(3);
    assertThat(settings.getNoiseScheduler()).isEqualTo(NoiseScheduler.NOISE_SCHEDULER_DDIM);
    assertThat(settings.getOutputFormat()).isEqualTo(OutputFormat.OUTPUT_FORMAT_PNG_GRAY8);
    assertThat(response.getImages(0).getSeed()).isEqualTo(settings.getSeed());
    assertThat(response.getImages(0).getWidth()).isEqualTo(16);
    assertThat(response.getWarningsList())
        .containsExactly("guidance_scale has no effect without a prompt or masks.");
  }

  @Test
  void generate_schedulerReplaced_isAWarningInModelAndEveryAnswer(@TempDir Path other)
      throws Exception {
    Path model = FakePipelines.write(other.resolve("foreign"), FOREIGN_YAML);
    Files.writeString(
        model.resolve("scheduler/scheduler_config.json"), "{\"_class_name\": \"PNDMScheduler\"}");
    try (var foreign = ServerFixture.loading(other).load()) {
      var listed = foreign.modelService().getModel(GetModelRequest.getDefaultInstance()).getModel();
      assertThat(listed.getWarningsList())
          .singleElement()
          .asString()
          .startsWith("scheduler/scheduler_config.json: PNDMScheduler is not built in; ");

      var request = request(7).build();
      assertThat(foreign.generate(request).getWarningsList()).isEqualTo(listed.getWarningsList());
      assertThat(foreign.stream(request).nextEvent().getQueued().getWarningsList())
          .isEqualTo(listed.getWarningsList());
    }
  }

  @Test
  void generate_folderOfOthers_guidesAwayFromTheEmptyPromptWithMasksOnBothRows(@TempDir Path other)
      throws IOException {
    FakePipelines.write(other.resolve("foreign"), FOREIGN_YAML);
    try (var foreign = ServerFixture.loading(other).load()) {
      int encoded = foreign.backend.encodedRuns().size();
      int controlled = foreign.backend.controlRuns().size();
      foreign.generate(request(7).addMasks(mask("lungs")).build());

      assertThat(foreign.backend.encodedRuns()).as("prompt and empty prompt").hasSize(encoded + 2);
      assertThat(foreign.backend.controlRuns()).hasSize(controlled + 5).endsWith(2, 2, 2, 2, 2);

      var guided = foreign.generate(request(7).build()).getImages(0).getData();
      assertThat(guided).isNotEqualTo(pixels(request(7).build()).getFirst());
      var unguided = request(7).clearPrompt().build();
      assertThat(foreign.generate(unguided).getWarningsList())
          .containsExactly(
              "guidance_scale has no effect: prompt and negative_prompt are the same.");
    }
  }

  @Test
  void generate_manyImages_imageIHasSeedPlusI() {
    var together = server.generate(request(7).setCount(4).build());

    for (int i = 0; i < 4; i++) {
      assertThat(together.getImages(i).getIndex()).isEqualTo(i);
      assertThat(together.getImages(i).getSeed()).isEqualTo(7 + i);
      assertThat(pixels(request(7 + i).build())).containsExactly(together.getImages(i).getData());
    }
  }

  @Test
  void generate_everySetting_changesThePicture() {
    var base = pixels(request(7).build());

    assertThat(pixels(request(7).build())).isEqualTo(base);
    assertThat(pixels(request(8).build())).isNotEqualTo(base);
    assertThat(pixels(request(7).setPrompt("large heart").build())).isNotEqualTo(base);
    assertThat(pixels(request(7).setNegativePrompt("tubes").build())).isNotEqualTo(base);
    assertThat(pixels(request(7).setGuidanceScale(5).build())).isNotEqualTo(base);
    assertThat(pixels(request(7).setGuidanceScale(1).build())).isNotEqualTo(base);
    assertThat(pixels(request(7).setNumInferenceSteps(9).build())).isNotEqualTo(base);
    assertThat(
            pixels(
                request(7)
                    .setNoiseScheduler(NoiseScheduler.NOISE_SCHEDULER_DPM_SOLVER_PP_2M)
                    .build()))
        .isNotEqualTo(base);
    assertThat(pixels(request(7).addMasks(mask("lungs")).build())).isNotEqualTo(base);
    assertThat(pixels(request(7).addMasks(mask("lungs")).build()))
        .isNotEqualTo(pixels(request(7).addMasks(mask("lungs")).addMasks(mask("heart")).build()));
  }

  @Test
  void generate_initialLatentsOfTheSeed_isTheSeedsPicture() {
    float[] latents = new float[16];
    CounterNoise.normal(7, 0, 0, latents);
    var bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(latents);

    assertThat(pixels(request(99).setInitialLatents(ByteString.copyFrom(bytes)).build()))
        .isEqualTo(pixels(request(7).build()));
  }

  @Test
  void generate_longPrompt_warnsOfWhatWasDropped() {
    var response = server.generate(request(1).setPrompt("a ".repeat(10)).build());

    assertThat(response.getWarningsList())
        .containsExactly(
            "prompt: the last 4 tokens were dropped; the text encoder reads 8, start and end"
                + " included.");
  }

  @Test
  void generate_wordsOutsideTheTraining_warnsInBothAnswers(@TempDir Path other) throws Exception {
    FakePipelines.write(
        other.resolve("squares"), FakePipelines.YAML + "words: [effusion]\nfindings: [edema]\n");
    try (var taught = ServerFixture.loading(other).load()) {
      var request = request(1).setPrompt("cat").setNegativePrompt("no effusion").build();

      var response = taught.generate(request);
      var queued = taught.stream(request).nextEvent().getQueued();

      assertThat(response.getWarningsList()).hasSize(2).isEqualTo(queued.getWarningsList());
      assertThat(response.getWarnings(0)).startsWith("prompt: not among the words").contains("cat");
      assertThat(response.getWarnings(1)).startsWith("negative_prompt: a negation (no)");
      var model = taught.modelService().listModels(ListModelsRequest.getDefaultInstance());
      assertThat(model.getModels(0).getDiffusion().getWordsList()).containsExactly("effusion");
      assertThat(model.getModels(0).getDiffusion().getFindingsList()).containsExactly("edema");
    }
  }

  @Test
  void generate_emptyMask_isDrawnAndWarnedOf() {
    var empty =
        StructureMask.newBuilder()
            .setStructure("heart")
            .setPng(ByteString.copyFrom(OutputEncoding.PNG_GRAY8.encode(new float[64], 8, 8)));

    var response = server.generate(request(1).addMasks(mask("lungs")).addMasks(empty).build());

    assertThat(response.getImagesCount()).isEqualTo(1);
    assertThat(response.getWarningsList())
        .containsExactly(
            "masks: nothing is inside the mask of heart; the image is made for a chest without"
                + " it.");
  }

  @Test
  void generate_masksOfOneOutlineInOtherValues_giveOnePicture() {
    float[] faint = new float[64];
    Arrays.fill(faint, 20, 50, 1 / 255f);
    var ones =
        StructureMask.newBuilder()
            .setStructure("lungs")
            .setPng(ByteString.copyFrom(OutputEncoding.PNG_GRAY8.encode(faint, 8, 8)));

    assertThat(pixels(request(1).addMasks(ones).build()))
        .isEqualTo(pixels(request(1).addMasks(mask("lungs")).build()));
  }

  @Test
  void generate_png_saysWhatMadeItAndKeepsItsPixels() throws IOException {
    var request =
        request(7)
            .setCount(2)
            .setPrompt("plötzlich\u0000\u001b[2J")
            .setNegativePrompt("выпот")
            .addMasks(mask("lungs"))
            .setOutputFormat(OutputFormat.OUTPUT_FORMAT_PNG_GRAY8);

    var png = pixels(request.build());
    var texts = PngTexts.read(png.get(1).toByteArray());

    assertThat(png).isEqualTo(pixels(request.build()));
    assertThat(texts)
        .containsEntry("Title", "Synthetic chest radiograph")
        .containsEntry("Description", "plötzlich\uFFFD\uFFFD[2J")
        .containsEntry("Software", "Synthorax " + Release.version())
        .containsEntry("Disclaimer", "Synthetic: shows no patient; not for diagnosis");
    assertThat(texts.get("Source")).matches("model squares [0-9a-f]{12}");
    var comment = new ObjectMapper().readTree(texts.get("Comment"));
    assertThat(comment.path("negativePrompt").asText()).isEqualTo("выпот");
    assertThat(comment.path("seed").asLong()).isEqualTo(8);
    assertThat(comment.path("settings").toString())
        .isEqualTo(
            "{\"steps\":5,\"guidanceScale\":3.0,\"noiseScheduler\":\"ddim\",\"width\":16,\"height\":16}");
    assertThat(comment.path("structures").path(0).path("structure").asText()).isEqualTo("lungs");
    assertThat(comment.path("structures").path(0).path("sha256").asText()).hasSize(64);
    var raw = pixels(request.setOutputFormat(OutputFormat.OUTPUT_FORMAT_RAW_GRAY8).build());
    var image = ImageIO.read(new ByteArrayInputStream(png.get(1).toByteArray()));
    assertThat(((DataBufferByte) image.getRaster().getDataBuffer()).getData())
        .isEqualTo(raw.get(1).toByteArray());
  }

  @Test
  void generate_samePromptAgain_isEncodedOnce() {
    int before = server.backend.encodedRuns().size();

    pixels(request(1).setCount(3).build());
    pixels(request(2).build());

    assertThat(server.backend.encodedRuns()).hasSize(before + 1);
  }

  @Test
  void generate_noMask_doesNotRunTheControlNet() {
    int before = server.backend.controlRuns().size();

    pixels(request(1).build());
    assertThat(server.backend.controlRuns()).hasSize(before);

    pixels(request(1).addMasks(mask("heart")).build());
    assertThat(server.backend.controlRuns()).hasSize(before + 5);
  }

  @Test
  void generateStream_inOrder_queuedThenImagesThenEnd() throws InterruptedException {
    var log = server.stream(request(3).setCount(2).setRequestId("mine").build());

    var first = log.nextEvent();
    assertThat(first.hasQueued()).isTrue();
    assertThat(first.getRequestId()).isEqualTo("mine");
    assertThat(first.getQueued().getSettings().getSeed()).isEqualTo(3);
    assertThat(Durations.toNanos(first.getQueued().getEta())).isPositive();
    var images = new ArrayList<Integer>();
    for (var event : log.rest()) {
      if (event.hasImage()) {
        images.add(event.getImage().getIndex());
      } else {
        assertThat(event.getProgress().getStepsTotal()).isEqualTo(10);
      }
    }
    assertThat(images).containsExactlyInAnyOrder(0, 1);
  }

  @Test
  void generateStream_cancelled_freesItsRowsWithinOneStep() throws InterruptedException {
    var steps = server.backend.holdSteps();
    int before = server.backend.unetRuns().size();
    var leaving = server.stream(request(1).setNumInferenceSteps(500).build());
    leaving.nextEvent();
    var staying = server.stream(request(2).setNumInferenceSteps(6).build());
    staying.nextEvent();
    steps.release(2);
    awaitRuns(before + 2);

    leaving.cancel();
    awaitUnfinished(1);
    steps.release(500);

    assertThat(staying.rest()).anyMatch(GenerateStreamResponse::hasImage);
    var rows =
        List.copyOf(server.backend.unetRuns())
            .subList(before + 2, server.backend.unetRuns().size());
    assertThat(rows).hasSizeLessThanOrEqualTo(7).last().isEqualTo(2);
    assertThat(rows.stream().filter(count -> count == 4).count())
        .as("steps that still held the cancelled rows: at most the one under way")
        .isLessThanOrEqualTo(1);
  }

  @Test
  void generate_deadlinePasses_endsAndFreesItsRows() {
    var steps = server.backend.holdSteps();

    var failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                server
                    .generation()
                    .withDeadlineAfter(300, TimeUnit.MILLISECONDS)
                    .generate(
                        GenerateRequest.newBuilder()
                            .setSpec(request(1).setNumInferenceSteps(900))
                            .build()));

    assertThat(failure.getStatus().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
    steps.release(10);
    awaitUnfinished(0);
  }

  @Test
  void generate_queueFull_isResourceExhaustedWithRetryInfo()
      throws InterruptedException, InvalidProtocolBufferException {
    server.backend.holdSteps();
    var first = server.stream(request(1).setCount(40).build());
    first.nextEvent();

    var failure =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> server.generate(request(2).build()));

    assertThat(failure.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(failure.getStatus().getDescription())
        .startsWith("the queue is full: 40 images wait");
    assertThat(BadInputTest.detail(failure, ErrorInfo.class).getReason()).isEqualTo("QUEUE_FULL");
    var delay = BadInputTest.detail(failure, RetryInfo.class).getRetryDelay();
    assertThat(Durations.toNanos(delay)).isPositive();
  }

  @Test
  void generate_backendFails_isInternalWithoutPathsAndServesOn()
      throws InvalidProtocolBufferException {
    server.backend.fail(true);

    var failure =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> server.generate(request(1).build()));
    server.backend.fail(false);

    assertThat(failure.getStatus().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(failure.getStatus().getDescription()).doesNotContain("/");
    assertThat(BadInputTest.detail(failure, ErrorInfo.class).getReason())
        .isEqualTo("BACKEND_FAILURE");
    assertThat(pixels(request(1).build())).hasSize(1);
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 3);
  }

  @ParameterizedTest(name = "-Dtests.seed={0}")
  @MethodSource("seeds")
  void generate_inAnyCompany_hasThePixelsOfBeingAlone(long testSeed) throws InterruptedException {
    var random = new SplittableRandom(testSeed);
    var requests = new ArrayList<GenerationSpec>();
    for (int i = 0; i < 12; i++) {
      var request =
          request(random.nextLong(50))
              .setNumInferenceSteps(random.nextInt(1, 30))
              .setCount(random.nextInt(1, 3))
              .setGuidanceScale(random.nextInt(3));
      if (random.nextBoolean()) {
        request.addMasks(mask("lungs"));
      }
      requests.add(request.build());
    }

    var logs = requests.stream().map(server::stream).toList();
    var inCompany = new ArrayList<List<ByteString>>();
    for (int i = 0; i < logs.size(); i++) {
      var images = new ByteString[requests.get(i).getCount()];
      for (var event : logs.get(i).rest()) {
        if (event.hasImage()) {
          images[event.getImage().getIndex()] = event.getImage().getData();
        }
      }
      inCompany.add(List.of(images));
    }

    for (int i = 0; i < requests.size(); i++) {
      assertThat(pixels(requests.get(i))).as("request %d", i).isEqualTo(inCompany.get(i));
    }
  }

  private void awaitRuns(int runs) {
    while (server.backend.unetRuns().size() < runs) {
      Thread.onSpinWait();
    }
  }

  private void awaitUnfinished(int images) {
    while (server.models.unfinishedImages() != images) {
      Thread.onSpinWait();
    }
  }
}
