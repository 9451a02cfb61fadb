package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.OutputFormat;
import dev.synthorax.proto.v1.StructureMask;
import dev.synthorax.server.pipeline.GreyPng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A folder as the current diffusers saves it, against the images that diffusers makes of it. */
@Timeout(120)
final class DiffusersFolderIT {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/diffusers-pipeline");
  private static final int HEIGHT = 32;
  private static final int WIDTH = 48;

  @TempDir private Path cache;

  @Test
  void generate_folderOfDiffusers_givesItsImagesWithinOneGreyLevel() throws IOException {
    var request =
        GenerationSpec.newBuilder()
            .setPrompt("large right pleural effusion!")
            .setNegativePrompt("support devices")
            .setNumInferenceSteps(8)
            .setGuidanceScale(5)
            .setCount(2)
            .setOutputFormat(OutputFormat.OUTPUT_FORMAT_RAW_GRAY8)
            .setInitialLatents(
                ByteString.copyFrom(Files.readAllBytes(GOLDEN.resolve("latents.f32"))))
            .addMasks(mask("red", 6, 20, 4, 18))
            .addMasks(mask("green", 10, 26, 20, 40))
            .addMasks(mask("blue", 2, 9, 30, 44))
            .build();

    byte[] images = ServedFolder.generate(GOLDEN.resolve("model"), cache, request);

    byte[] expected = Files.readAllBytes(GOLDEN.resolve("expected.u8"));
    assertThat(images).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      int difference = Byte.toUnsignedInt(images[i]) - Byte.toUnsignedInt(expected[i]);
      assertThat(difference).as("pixel %d", i).isBetween(-1, 1);
    }
  }

  private static StructureMask mask(String structure, int top, int bottom, int left, int right) {
    float[] samples = new float[HEIGHT * WIDTH];
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        samples[y * WIDTH + x] = 1;
      }
    }
    byte[] png = GreyPng.of(samples, WIDTH, HEIGHT);
    return StructureMask.newBuilder()
        .setStructure(structure)
        .setPng(ByteString.copyFrom(png))
        .build();
  }
}
