package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.engine.cuda.FakeDriver;
import dev.synthorax.engine.cuda.FakeDriverExtension;
import dev.synthorax.engine.cuda.StandInBackend;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.OutputFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The bundled model on a device whose driver is a fake, beside the processor, at its own size. */
@Tag("fake-gpu")
@ExtendWith(FakeDriverExtension.class)
@Timeout(180)
final class FakeGpuBundledIT {
  private static final String SETTINGS =
      "precision: fp32\nrow-counts: [2, 8]\ndecoder-row-counts: [2]\n";

  @TempDir private static Path folder;

  @ParameterizedTest
  @EnumSource(
      value = OutputFormat.class,
      names = {"OUTPUT_FORMAT_RAW_GRAY8", "OUTPUT_FORMAT_RAW_FLOAT32"})
  void generate_bundledModel_hasTheProcessorsPixels(OutputFormat format, FakeDriver fake)
      throws IOException {
    var spec =
        GenerationSpec.newBuilder()
            .setPrompt("large right pleural effusion")
            .setNumInferenceSteps(4)
            .setSeed(7)
            .setCount(4)
            .setOutputFormat(format)
            .build();
    Path model = ServedFolder.bundled(folder.resolve(format.name()).resolve("cxr-mini"), SETTINGS);
    Path cache = folder.resolve("cache");
    byte[] expected = ServedFolder.generate(model, cache, spec);

    byte[] pixels;
    try (var backend = StandInBackend.open()) {
      pixels = ServedFolder.generate(backend, model, cache, spec);
    }

    assertThat(fake.calls().get("cuLaunchKernel")).isPositive();
    assertThat(pixels).hasSameSizeAs(expected);
    assertThat(farthest(format, pixels, expected)).isLessThanOrEqualTo(1);
  }

  /** In grey levels of 256. */
  private static float farthest(OutputFormat format, byte[] some, byte[] others) {
    float farthest = 0;
    if (format == OutputFormat.OUTPUT_FORMAT_RAW_GRAY8) {
      for (int i = 0; i < some.length; i++) {
        farthest =
            Math.max(
                farthest, Math.abs(Byte.toUnsignedInt(some[i]) - Byte.toUnsignedInt(others[i])));
      }
      return farthest;
    }
    FloatBuffer a = ByteBuffer.wrap(some).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    FloatBuffer b = ByteBuffer.wrap(others).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (int i = 0; i < a.limit(); i++) {
      farthest = Math.max(farthest, 255 * Math.abs(a.get(i) - b.get(i)));
    }
    return farthest;
  }
}
