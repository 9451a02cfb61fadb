package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.synthorax.diffusion.CounterNoise;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.NoiseScheduler;
import dev.synthorax.proto.v1.OutputFormat;
import dev.synthorax.proto.v1.StructureMask;
import dev.synthorax.server.config.Release;
import dev.synthorax.server.pipeline.GreyPng;
import dev.synthorax.server.pipeline.PngTexts;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What decides the pixels, and what does not. */
@Timeout(120)
final class GenerationPixelsTest {
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
  void generate_manyImages_imageIHasSeedPlusI() {
    var together = server.generate(ServerFixture.request(7).setCount(4).build());

    for (int i = 0; i < 4; i++) {
      assertThat(together.getImages(i).getIndex()).isEqualTo(i);
      assertThat(together.getImages(i).getSeed()).isEqualTo(7 + i);
      assertThat(server.pixels(ServerFixture.request(7 + i).build()))
          .containsExactly(together.getImages(i).getData());
    }
  }

  @Test
  void generate_everySetting_changesThePicture() {
    var base = server.pixels(ServerFixture.request(7).build());

    assertThat(server.pixels(ServerFixture.request(7).build())).isEqualTo(base);
    assertThat(server.pixels(ServerFixture.request(8).build())).isNotEqualTo(base);
    assertThat(server.pixels(ServerFixture.request(7).setPrompt("large heart").build()))
        .isNotEqualTo(base);
    assertThat(server.pixels(ServerFixture.request(7).setNegativePrompt("tubes").build()))
        .isNotEqualTo(base);
    assertThat(server.pixels(ServerFixture.request(7).setGuidanceScale(5).build()))
        .isNotEqualTo(base);
    assertThat(server.pixels(ServerFixture.request(7).setGuidanceScale(1).build()))
        .isNotEqualTo(base);
    assertThat(server.pixels(ServerFixture.request(7).setNumInferenceSteps(9).build()))
        .isNotEqualTo(base);
    assertThat(
            server.pixels(
                ServerFixture.request(7)
                    .setNoiseScheduler(NoiseScheduler.NOISE_SCHEDULER_DPM_SOLVER_PP_2M)
                    .build()))
        .isNotEqualTo(base);
    assertThat(
            server.pixels(ServerFixture.request(7).addMasks(ServerFixture.mask("lungs")).build()))
        .isNotEqualTo(base);
    assertThat(
            server.pixels(ServerFixture.request(7).addMasks(ServerFixture.mask("lungs")).build()))
        .isNotEqualTo(
            server.pixels(
                ServerFixture.request(7)
                    .addMasks(ServerFixture.mask("lungs"))
                    .addMasks(ServerFixture.mask("heart"))
                    .build()));
  }

  @Test
  void generate_initialLatentsOfTheSeed_isTheSeedsPicture() {
    float[] latents = new float[16];
    CounterNoise.normal(7, 0, 0, latents);
    var bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(latents);

    assertThat(
            server.pixels(
                ServerFixture.request(99).setInitialLatents(ByteString.copyFrom(bytes)).build()))
        .isEqualTo(server.pixels(ServerFixture.request(7).build()));
  }

  @Test
  void generate_masksOfOneOutlineInOtherValues_giveOnePicture() {
    float[] faint = new float[64];
    Arrays.fill(faint, 20, 50, 1 / 255f);
    var ones =
        StructureMask.newBuilder()
            .setStructure("lungs")
            .setPng(ByteString.copyFrom(GreyPng.of(faint, 8, 8)));

    assertThat(server.pixels(ServerFixture.request(1).addMasks(ones).build()))
        .isEqualTo(
            server.pixels(ServerFixture.request(1).addMasks(ServerFixture.mask("lungs")).build()));
  }

  @Test
  void generate_png_saysWhatMadeItAndKeepsItsPixels() throws IOException {
    var request =
        ServerFixture.request(7)
            .setCount(2)
            .setPrompt("plötzlich\u0000\u001b[2J")
            .setNegativePrompt("выпот")
            .addMasks(ServerFixture.mask("lungs"))
            .setOutputFormat(OutputFormat.OUTPUT_FORMAT_PNG_GRAY8);

    var png = server.pixels(request.build());
    var texts = PngTexts.read(png.get(1).toByteArray());

    assertThat(png).isEqualTo(server.pixels(request.build()));
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
    var raw = server.pixels(request.setOutputFormat(OutputFormat.OUTPUT_FORMAT_RAW_GRAY8).build());
    var image = ImageIO.read(new ByteArrayInputStream(png.get(1).toByteArray()));
    assertThat(((DataBufferByte) image.getRaster().getDataBuffer()).getData())
        .isEqualTo(raw.get(1).toByteArray());
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
          ServerFixture.request(random.nextLong(50))
              .setNumInferenceSteps(random.nextInt(1, 30))
              .setCount(random.nextInt(1, 3))
              .setGuidanceScale(random.nextInt(3));
      if (random.nextBoolean()) {
        request.addMasks(ServerFixture.mask("lungs"));
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
      assertThat(server.pixels(requests.get(i))).as("request %d", i).isEqualTo(inCompany.get(i));
    }
  }
}
