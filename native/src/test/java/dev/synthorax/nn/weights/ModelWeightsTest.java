package dev.synthorax.nn.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.InferenceException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelWeightsTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "decoder.mid_block.attentions.0.query.weight, decoder.mid_block.attentions.0.to_q.weight",
    "decoder.mid_block.attentions.0.key.weight, decoder.mid_block.attentions.0.to_k.weight",
    "decoder.mid_block.attentions.0.value.weight, decoder.mid_block.attentions.0.to_v.weight",
    "decoder.mid_block.attentions.0.proj_attn.weight, decoder.mid_block.attentions.0.to_out.0.weight",
    "final_layer_norm.weight, text_model.final_layer_norm.weight",
    "conv_in.weight, conv_in.weight",
  })
  void parameter_olderNames_areUnderstood(String stored, String asked) throws IOException {
    Path file = write(stored, new long[] {2, 2}, ElementType.F32, new float[4]);

    try (ModelWeights weights = ModelWeights.open(file)) {
      StoredTensor tensor = weights.parameter(asked, 2, 2);

      assertThat(tensor.name()).isEqualTo(stored);
      assertThat(weights.has(asked)).isTrue();
      assertThat(weights.unused()).isEmpty();
    }
  }

  @Test
  void parameter_linearLayerSavedAsConvolution_fits() throws IOException {
    Path file = write("x.query.weight", new long[] {2, 2, 1, 1}, ElementType.F32, new float[4]);

    try (ModelWeights weights = ModelWeights.open(file)) {
      assertThat(weights.parameter("x.to_q.weight", 2, 2).elements()).isEqualTo(4);
    }
  }

  @Test
  void parameter_missing_namesFileAndTensor() throws IOException {
    Path file = write("x", new long[] {4}, ElementType.F32, new float[4]);

    try (ModelWeights weights = ModelWeights.open(file)) {
      assertThatThrownBy(() -> weights.parameter("y.to_q.weight", 4))
          .isInstanceOf(InferenceException.class)
          .hasMessage(file + ": no tensor y.to_q.weight (expected by the network)");
      assertThat(weights.unused()).containsExactly("x");
    }
  }

  @Test
  void parameter_anotherShapeOrType_saysWhatWasExpected() throws IOException {
    Path file = write("x", new long[] {4}, ElementType.I32, new float[4]);

    try (ModelWeights weights = ModelWeights.open(file)) {
      assertThatThrownBy(() -> weights.parameter("x", 2, 2))
          .hasMessage(file + ": tensor x has shape [4] (expected: [2, 2])");
      assertThatThrownBy(() -> weights.parameter("x", 4))
          .hasMessage(file + ": tensor x is I32 (expected: F16, BF16, F32 or F64)");
    }
  }

  private Path write(String name, long[] shape, ElementType type, float[] values)
      throws IOException {
    Path file = folder.resolve("w.safetensors");
    new SafetensorsWriter().add(name, type, shape, MemorySegment.ofArray(values)).write(file);
    return file;
  }
}
