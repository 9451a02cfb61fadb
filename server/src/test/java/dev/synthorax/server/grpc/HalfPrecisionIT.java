package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.OutputFormat;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The bundled model in FP16, text to pixels, against itself in FP32. */
@Timeout(180)
final class HalfPrecisionIT {
  @TempDir private Path folder;

  @Test
  void generate_fp16_givesTheImageOfFp32WithinGreyLevels() throws IOException {
    var spec =
        GenerationSpec.newBuilder()
            .setPrompt("large right pleural effusion")
            .setNumInferenceSteps(10)
            .setSeed(7)
            .setCount(1)
            .setOutputFormat(OutputFormat.OUTPUT_FORMAT_RAW_GRAY8)
            .build();

    byte[] fp32 = generate("fp32", spec);
    byte[] fp16 = generate("fp16", spec);

    assertThat(fp16).hasSameSizeAs(fp32);
    int largest = 0;
    long sum = 0;
    for (int i = 0; i < fp32.length; i++) {
      int difference = Math.abs(Byte.toUnsignedInt(fp16[i]) - Byte.toUnsignedInt(fp32[i]));
      largest = Math.max(largest, difference);
      sum += difference;
    }
    assertThat(sum).as("another precision shows somewhere").isPositive();
    assertThat(largest).isLessThanOrEqualTo(2); // 1 when this was written, 0.013 in the mean
    assertThat((double) sum / fp32.length).isLessThan(0.1);
  }

  private byte[] generate(String precision, GenerationSpec spec) throws IOException {
    Path model =
        ServedFolder.bundled(
            folder.resolve(precision + "/cxr-mini"),
            "precision: %s\nrow-counts: [2]\ndecoder-row-counts: [1]\n".formatted(precision));
    return ServedFolder.generate(model, folder.resolve("cache"), spec);
  }
}
