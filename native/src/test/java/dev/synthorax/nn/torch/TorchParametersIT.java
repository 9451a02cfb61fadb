package dev.synthorax.nn.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.AutoencoderKL;
import dev.synthorax.nn.ControlNetConfig;
import dev.synthorax.nn.ControlNetModel;
import dev.synthorax.nn.GoldenCase;
import dev.synthorax.nn.Init;
import dev.synthorax.nn.ParameterSpec;
import dev.synthorax.nn.UNet2DConditionConfig;
import dev.synthorax.nn.UNet2DConditionModel;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.nn.weights.SafetensorsFile;
import dev.synthorax.nn.weights.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchParametersIT {

  @BeforeAll
  static void oneThread() {
    TorchThreads.use(1);
  }

  private static final ParameterSpec UNIFORM = spec("a.weight", new Init.Uniform(0.5), 100, 100);
  private static final ParameterSpec NORMAL = spec("b.weight", new Init.Normal(0.02), 10_000);
  private static final ParameterSpec CONSTANT = spec("c.bias", Init.ONES, 3);

  @TempDir private Path folder;

  @Test
  void create_sameSeed_givesTheSameValuesInAnyCompany() {
    float[] alone = values(List.of(NORMAL), 7, "b.weight");
    float[] together = values(List.of(UNIFORM, NORMAL, CONSTANT), 7, "b.weight");
    float[] otherSeed = values(List.of(NORMAL), 8, "b.weight");

    assertThat(together).isEqualTo(alone);
    assertThat(otherSeed).isNotEqualTo(alone);
  }

  @Test
  void create_eachInit_hasItsDistribution() {
    float[] uniform = values(List.of(UNIFORM), 1, "a.weight");
    float[] normal = values(List.of(NORMAL), 1, "b.weight");

    assertThat(stream(uniform).max().orElseThrow()).isBetween(0.49, 0.5);
    assertThat(stream(uniform).min().orElseThrow()).isBetween(-0.5, -0.49);
    assertThat(stream(uniform).average().orElseThrow()).isBetween(-0.015, 0.015);
    assertThat(Math.sqrt(stream(normal).map(x -> x * x).average().orElseThrow()))
        .isBetween(0.0195, 0.0205);
    assertThat(stream(normal).average().orElseThrow()).isBetween(-0.001, 0.001);
    assertThat(values(List.of(CONSTANT), 1, "c.bias")).containsExactly(1, 1, 1);
  }

  @Test
  void save_thenLoad_givesTheSameBits() throws IOException {
    Path file = folder.resolve("w.safetensors");
    List<ParameterSpec> specs = List.of(UNIFORM, NORMAL, CONSTANT);
    float[] saved;
    try (TorchParameters parameters = TorchParameters.create(specs, 3)) {
      saved = floats(parameters, "a.weight");
      parameters.save(file, ElementType.F32, Map.of("step", "12"));
    }

    try (TorchParameters loaded = TorchParameters.load(specs, file);
        SafetensorsFile stored = SafetensorsFile.open(file)) {
      assertThat(floats(loaded, "a.weight")).isEqualTo(saved);
      assertThat(loaded.named().keySet()).containsExactly("a.weight", "b.weight", "c.bias");
      assertThat(stored.metadata()).containsEntry("step", "12");
    }
  }

  @Test
  void save_halfPrecision_roundsEachValueOnce() throws IOException {
    Path file = folder.resolve("w.safetensors");
    try (TorchParameters parameters = TorchParameters.create(List.of(NORMAL), 3)) {
      float[] exact = floats(parameters, "b.weight");
      parameters.save(file, ElementType.F16, Map.of());

      try (TorchParameters loaded = TorchParameters.load(List.of(NORMAL), file);
          SafetensorsFile stored = SafetensorsFile.open(file)) {
        float[] rounded = floats(loaded, "b.weight");
        assertThat(stored.tensor("b.weight").type()).isEqualTo(ElementType.F16);
        for (int i = 0; i < exact.length; i++) {
          assertThat(rounded[i]).isEqualTo(Float.float16ToFloat(Float.floatToFloat16(exact[i])));
        }
      }
    }
  }

  @Test
  void save_valueTooLargeForHalfPrecision_namesTheTensorAndKeepsTheOldFile() throws IOException {
    Path file = folder.resolve("w.safetensors");
    try (TorchParameters parameters = TorchParameters.create(List.of(CONSTANT), 3)) {
      parameters.save(file, ElementType.F16, Map.of());
      try (PointerScope _ = new PointerScope();
          NoGradGuard _ = new NoGradGuard()) {
        parameters.tensor("c.bias").fill_(new Scalar(1e5));
      }

      assertThatThrownBy(() -> parameters.save(file, ElementType.F16, Map.of()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("c.bias: largest value 100000.0 (expected: finite, at most 65504.0)");
    }
    try (TorchParameters loaded = TorchParameters.load(List.of(CONSTANT), file)) {
      assertThat(floats(loaded, "c.bias")).containsExactly(1, 1, 1);
    }
  }

  @Test
  void load_missingTensor_namesFileAndTensor() throws IOException {
    Path file = folder.resolve("w.safetensors");
    new SafetensorsWriter().write(file);

    assertThatThrownBy(() -> loadAndClose(List.of(CONSTANT), file))
        .isInstanceOf(InferenceException.class)
        .hasMessage(file + ": no tensor c.bias (expected by the network)");
  }

  @Test
  void load_severalMismatches_namesThemAll() throws IOException {
    Path file = folder.resolve("w.safetensors");
    float[] values = new float[4];
    new SafetensorsWriter()
        .add("c.bias", ElementType.F32, new long[] {4}, MemorySegment.ofArray(values))
        .add("d.bias", ElementType.F32, new long[] {4}, MemorySegment.ofArray(values))
        .write(file);

    assertThatThrownBy(() -> loadAndClose(List.of(UNIFORM, NORMAL, CONSTANT), file))
        .isInstanceOf(InferenceException.class)
        .hasMessage(
            file
                + ": no tensor a.weight (expected by the network);"
                + " no tensor b.weight (expected by the network);"
                + " tensor c.bias has shape [4] (expected: [3]);"
                + " the network does not know d.bias");
  }

  @Test
  void load_olderAttentionNames_givesTheSameImage() throws IOException {
    Path file = folder.resolve("old.safetensors");
    try (GoldenCase golden = GoldenCase.open("vae");
        PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      writeWithOlderNames(golden.weights(), file);
      AutoencoderConfig config = AutoencoderConfig.read(golden.config());
      try (TorchParameters parameters =
          TorchParameters.load(AutoencoderKL.parameters(config), file)) {
        var latents = TorchTensors.floats(golden.floats("latents"), golden.shape("latents"));

        var decoded = AutoencoderKL.decode(TorchOps.evaluation(parameters), config, latents);

        golden.assertMatches("decoded", TorchTensors.toFloats(decoded));
      }
    }
  }

  @Test
  void copyFrom_unet_fillsTheTrunkOfItsControlNet() {
    try (GoldenCase unet = GoldenCase.open("unet-cxr");
        GoldenCase control = GoldenCase.open("controlnet-cxr");
        TorchParameters source =
            TorchParameters.load(
                UNet2DConditionModel.parameters(UNet2DConditionConfig.read(unet.config())),
                unet.weights());
        TorchParameters target =
            TorchParameters.create(
                ControlNetModel.parameters(ControlNetConfig.read(control.config())), 1)) {
      int copied = target.trainable(true).copyFrom(source);

      long own =
          target.named().keySet().stream().filter(name -> name.startsWith("controlnet_")).count();
      assertThat(copied).isEqualTo((int) (target.named().size() - own));
      assertThat(floats(target, "mid_block.resnets.1.conv2.weight"))
          .isEqualTo(floats(source, "mid_block.resnets.1.conv2.weight"));
      assertThat(floats(target, "controlnet_mid_block.weight")).containsOnly(0);
    }
  }

  @Test
  @SuppressWarnings("MustBeClosedChecker") // closing is the test
  void close_twice_isFineAndUseLaterFails() {
    TorchParameters parameters = TorchParameters.create(List.of(CONSTANT), 1);

    parameters.close();
    parameters.close();

    assertThatThrownBy(parameters::named).isInstanceOf(IllegalStateException.class);
  }

  private static void writeWithOlderNames(Path source, Path target) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(source)) {
      SafetensorsWriter writer = new SafetensorsWriter();
      for (String name : file.names()) {
        var tensor = file.tensor(name);
        String older =
            name.replace(".to_q.", ".query.")
                .replace(".to_k.", ".key.")
                .replace(".to_v.", ".value.")
                .replace(".to_out.0.", ".proj_attn.");
        writer.add(older, tensor.type(), tensor.shape(), tensor.data());
      }
      writer.write(target);
    }
  }

  private static void loadAndClose(List<ParameterSpec> specs, Path file) {
    try (TorchParameters parameters = TorchParameters.load(specs, file)) {
      assertThat(parameters.named()).isNotEmpty();
    }
  }

  private static float[] values(List<ParameterSpec> specs, long seed, String name) {
    try (TorchParameters parameters = TorchParameters.create(specs, seed)) {
      return floats(parameters, name);
    }
  }

  private static float[] floats(TorchParameters parameters, String name) {
    try (PointerScope _ = new PointerScope()) {
      return TorchTensors.toFloats(parameters.tensor(name));
    }
  }

  private static DoubleStream stream(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]);
  }

  private static ParameterSpec spec(String name, Init init, long... shape) {
    return new ParameterSpec(name, init, java.util.Arrays.stream(shape).boxed().toList(), true);
  }
}
