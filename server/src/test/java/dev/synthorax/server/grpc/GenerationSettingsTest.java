package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.GetModelRequest;
import dev.synthorax.proto.v1.ListModelsRequest;
import dev.synthorax.proto.v1.NoiseScheduler;
import dev.synthorax.proto.v1.OutputFormat;
import dev.synthorax.proto.v1.StructureMask;
import dev.synthorax.server.pipeline.FakePipelines;
import dev.synthorax.server.pipeline.GreyPng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a request leaves open, and what is said of it. */
@Timeout(120)
final class GenerationSettingsTest {
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
          .startsWith(
              "scheduler/scheduler_config.json: PNDMScheduler with skip_prk_steps false is not"
                  + " built in; ");

      var request = ServerFixture.request(7).build();
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
      foreign.generate(ServerFixture.request(7).addMasks(ServerFixture.mask("lungs")).build());

      assertThat(foreign.backend.encodedRuns()).as("prompt and empty prompt").hasSize(encoded + 2);
      assertThat(foreign.backend.controlRuns()).hasSize(controlled + 5).endsWith(2, 2, 2, 2, 2);

      var guided = foreign.generate(ServerFixture.request(7).build()).getImages(0).getData();
      assertThat(guided).isNotEqualTo(server.pixels(ServerFixture.request(7).build()).getFirst());
      var unguided = ServerFixture.request(7).clearPrompt().build();
      assertThat(foreign.generate(unguided).getWarningsList())
          .containsExactly(
              "guidance_scale has no effect: prompt and negative_prompt are the same.");
    }
  }

  @Test
  void generate_longPrompt_warnsOfWhatWasDropped() {
    var response = server.generate(ServerFixture.request(1).setPrompt("a ".repeat(10)).build());

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
      var request =
          ServerFixture.request(1).setPrompt("cat").setNegativePrompt("no effusion").build();

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
            .setPng(ByteString.copyFrom(GreyPng.of(new float[64], 8, 8)));

    var response =
        server.generate(
            ServerFixture.request(1).addMasks(ServerFixture.mask("lungs")).addMasks(empty).build());

    assertThat(response.getImagesCount()).isEqualTo(1);
    assertThat(response.getWarningsList())
        .containsExactly(
            "masks: nothing is inside the mask of heart; the image is made for a chest without"
                + " it.");
  }

  @Test
  void generate_samePromptAgain_isEncodedOnce() {
    int before = server.backend.encodedRuns().size();

    server.pixels(ServerFixture.request(1).setCount(3).build());
    server.pixels(ServerFixture.request(2).build());

    assertThat(server.backend.encodedRuns()).hasSize(before + 1);
  }

  @Test
  void generate_noMask_doesNotRunTheControlNet() {
    int before = server.backend.controlRuns().size();

    server.pixels(ServerFixture.request(1).build());
    assertThat(server.backend.controlRuns()).hasSize(before);

    server.pixels(ServerFixture.request(1).addMasks(ServerFixture.mask("heart")).build());
    assertThat(server.backend.controlRuns()).hasSize(before + 5);
  }
}
