package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.ListModelsRequest;
import dev.synthorax.proto.v1.OutputFormat;
import dev.synthorax.proto.v1.StartImage;
import dev.synthorax.server.pipeline.FakePipelines;
import dev.synthorax.server.pipeline.GreyPng;
import dev.synthorax.server.pipeline.PngTexts;
import dev.synthorax.server.png.PngEncoder;
import dev.synthorax.server.png.PngText;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that start from an image. */
@Timeout(120)
final class StartImageTest {
  private static final int SIDE = FakePipelines.SIDE;

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

  private static ByteString grey(float value) {
    float[] samples = new float[SIDE * SIDE];
    Arrays.fill(samples, value);
    return ByteString.copyFrom(GreyPng.of(samples, SIDE, SIDE));
  }

  private static GenerationSpec.Builder from(ByteString png, double strength) {
    return ServerFixture.request(7)
        .setStartImage(StartImage.newBuilder().setPng(png).setStrength(strength));
  }

  @Test
  void generate_startImageAndStrength_decideThePictureWithTheSeed() {
    var picture = server.pixels(from(grey(0.2f), 0.6).build());

    assertThat(server.pixels(from(grey(0.2f), 0.6).build())).isEqualTo(picture);
    assertThat(server.pixels(from(grey(0.9f), 0.6).build())).isNotEqualTo(picture);
    assertThat(server.pixels(from(grey(0.2f), 0.8).build())).isNotEqualTo(picture);
    assertThat(server.pixels(from(grey(0.2f), 0.6).setSeed(8).build())).isNotEqualTo(picture);
    assertThat(server.pixels(ServerFixture.request(7).build())).isNotEqualTo(picture);
  }

  @Test
  void generate_several_eachIsThatOfItsSeedAlone() {
    var together = server.pixels(from(grey(0.2f), 0.6).setCount(3).build());

    for (int i = 0; i < 3; i++) {
      assertThat(server.pixels(from(grey(0.2f), 0.6).setSeed(7 + i).build()))
          .isEqualTo(List.of(together.get(i)));
    }
  }

  @Test
  void generate_ofFiveSteps_takesTheShareThatStrengthSays() {
    int probed = server.backend.unetRuns().size();
    int open = server.backend.open();

    server.generate(from(grey(0.5f), 0.4).build());

    assertThat(server.backend.unetRuns()).hasSize(probed + 2);
    assertThat(server.backend.open()).as("the encoder, opened by the first").isEqualTo(open + 2);

    server.generate(from(grey(0.1f), 1).build());

    assertThat(server.backend.unetRuns()).hasSize(probed + 7);
    assertThat(server.backend.open()).isEqualTo(open + 2);
  }

  @Test
  void generate_sixteenBits_showsFinerGreys() {
    byte[] samples = new byte[2 * SIDE * SIDE];
    Arrays.fill(samples, (byte) 0x33); // 0x3333 of 0xffff is 0x33 of 0xff
    var deep = PngEncoder.encode(samples, SIDE, SIDE, 16, PngText.NONE);

    assertThat(server.pixels(from(ByteString.copyFrom(deep), 0.6).build()))
        .isEqualTo(server.pixels(from(grey(0.2f), 0.6).build()));
    for (int i = 1; i < samples.length; i += 2) {
      samples[i] = (byte) (samples[i] + 0x40);
    }
    var finer = PngEncoder.encode(samples, SIDE, SIDE, 16, PngText.NONE);
    assertThat(server.pixels(from(ByteString.copyFrom(finer), 0.6).build()))
        .isNotEqualTo(server.pixels(from(grey(0.2f), 0.6).build()));
  }

  @Test
  void generate_png_saysWhatItStartedFrom() throws IOException {
    var spec = from(grey(0.2f), 0.6).setOutputFormat(OutputFormat.OUTPUT_FORMAT_PNG_GRAY8);

    var texts = PngTexts.read(server.pixels(spec.build()).getFirst().toByteArray());

    assertThat(texts.get("Comment"))
        .contains("\"startImage\":{\"sha256\":\"")
        .contains("\"strength\":0.6}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0    | strength: 0.0 (expected: above 0, at most 1)",
        "1.01 | strength: 1.01 (expected: above 0, at most 1)",
        "NaN  | strength: NaN (expected: above 0, at most 1)",
        "0.19 | strength: 0.19 of 5 steps leaves none (expected: at least 0.2, or more steps)"
      })
  void generate_strengthOutOfRange_isRefused(double strength, String message) {
    assertThatThrownBy(() -> server.generate(from(grey(0.2f), strength).build()))
        .hasMessage("INVALID_ARGUMENT: start_image." + message);
  }

  @Test
  void generate_wrongFile_isRefusedWithWhatItIs() {
    var small = ByteString.copyFrom(GreyPng.of(new float[64], 8, 8));
    byte[] broken = grey(0.2f).toByteArray();
    broken[broken.length - 20]++;
    byte[] coloured = grey(0.2f).toByteArray();
    coloured[25] = 2;

    assertThatThrownBy(() -> server.generate(from(small, 0.6).build()))
        .hasMessageContaining("start_image.png: 8x8 pixels (expected: 16x16, as the model's");
    assertThatThrownBy(() -> server.generate(from(ByteString.copyFrom(broken), 0.6).build()))
        .hasMessageContaining("start_image.png: not a readable PNG");
    assertThatThrownBy(() -> server.generate(from(ByteString.copyFrom(coloured), 0.6).build()))
        .hasMessageContaining("start_image.png: a PNG of colour type 2, 8 bits (expected: grey");
  }

  private static ByteString region(int fromRow) {
    float[] samples = new float[SIDE * SIDE];
    Arrays.fill(samples, fromRow * SIDE, samples.length, 1);
    return ByteString.copyFrom(GreyPng.of(samples, SIDE, SIDE));
  }

  private static GenerationSpec.Builder redrawing(ByteString mask, double strength) {
    var spec = from(grey(0.2f), strength);
    spec.getStartImageBuilder().setRedraw(mask);
    return spec;
  }

  @Test
  void generate_region_isDrawnAnewAndTheRestStays() {
    var known = floats(server.pixels(redrawing(region(8), 0.6).setSeed(1).build()).getFirst());
    var again = floats(server.pixels(redrawing(region(8), 0.6).setSeed(2).build()).getFirst());
    var whole = floats(server.pixels(from(grey(0.2f), 0.6).setSeed(1).build()).getFirst());

    int half = SIDE * SIDE / 2;
    assertThat(Arrays.copyOf(again, half)).isEqualTo(Arrays.copyOf(known, half));
    assertThat(Arrays.copyOfRange(again, half, 2 * half))
        .isNotEqualTo(Arrays.copyOfRange(known, half, 2 * half));
    assertThat(Arrays.copyOf(whole, half)).isNotEqualTo(Arrays.copyOf(known, half));
  }

  @Test
  void generate_regionOfStrengthOne_showsNothingOfTheStartThere() {
    var dark = server.pixels(redrawing(region(0), 1).build());

    assertThat(server.pixels(redrawing(region(0), 1).setSeed(9).build())).isNotEqualTo(dark);
    assertThat(server.pixels(ServerFixture.request(7).build())).isEqualTo(dark);
  }

  @Test
  void generate_regionOfNothing_isRefused() {
    assertThatThrownBy(() -> server.generate(redrawing(region(SIDE), 0.6).build()))
        .hasMessageContaining("start_image.redraw: nothing is inside the region to be redrawn");
  }

  private static float[] floats(ByteString raw) {
    float[] values = new float[raw.size() / Float.BYTES];
    raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  @Test
  void generate_modelWithoutEncoder_isRefusedAndSaysSo() throws IOException {
    server.close();
    Path model = FakePipelines.write(folder.resolve("squares"), FakePipelines.YAML);
    Files.writeString(model.resolve("decodes-alone"), "");
    server = ServerFixture.loading(folder).load();

    assertThatThrownBy(() -> server.generate(from(grey(0.2f), 0.6).build()))
        .hasMessageContaining("start_image: given (expected: none; the autoencoder of this model");
    var models = server.modelService().listModels(ListModelsRequest.getDefaultInstance());
    assertThat(models.getModels(0).getDiffusion().getStartImages()).isFalse();
  }
}
