package dev.synthorax.nn.torch;

import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.AutoencoderKL;
import dev.synthorax.nn.CLIPTextConfig;
import dev.synthorax.nn.CLIPTextModel;
import dev.synthorax.nn.ControlNetConfig;
import dev.synthorax.nn.ControlNetModel;
import dev.synthorax.nn.ControlNetResiduals;
import dev.synthorax.nn.GoldenCase;
import dev.synthorax.nn.ParameterSpec;
import dev.synthorax.nn.ReaderConfig;
import dev.synthorax.nn.Reading;
import dev.synthorax.nn.UNet2DConditionConfig;
import dev.synthorax.nn.UNet2DConditionModel;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** libtorch against diffusers and transformers: {@code max|a - b| <= 1e-4 max|b|}. */
class TorchGoldenIT {

  @BeforeAll
  static void oneThread() {
    TorchThreads.use(1);
  }

  @Test
  void unet_withAndWithoutResiduals_matchesDiffusers() {
    try (GoldenCase golden = GoldenCase.open("unet-cxr");
        PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      UNet2DConditionConfig config = UNet2DConditionConfig.read(golden.config());
      List<Tensor> down =
          IntStream.range(0, config.trunk().residualCount())
              .mapToObj(i -> input(golden, "down." + i))
              .toList();
      var residuals = new ControlNetResiduals<>(down, input(golden, "mid"));

      Tensor plain = unet(golden, config, null);
      Tensor controlled = unet(golden, config, residuals);

      golden.assertMatches("plain", TorchTensors.toFloats(plain));
      golden.assertMatches("controlled", TorchTensors.toFloats(controlled));
    }
  }

  @Test
  void unet_linearProjections_matchesDiffusers() {
    try (GoldenCase golden = GoldenCase.open("unet-linear");
        PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      Tensor plain = unet(golden, UNet2DConditionConfig.read(golden.config()), null);

      golden.assertMatches("plain", TorchTensors.toFloats(plain));
    }
  }

  @Test
  void controlNet_eachResidual_matchesDiffusers() {
    try (GoldenCase golden = GoldenCase.open("controlnet-cxr");
        PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      ControlNetConfig config = ControlNetConfig.read(golden.config());
      try (TorchParameters parameters =
          TorchParameters.load(ControlNetModel.parameters(config), golden.weights())) {
        ControlNetResiduals<Tensor> residuals =
            ControlNetModel.forward(
                TorchOps.evaluation(parameters),
                config,
                input(golden, "sample"),
                input(golden, "timestep"),
                input(golden, "text"),
                input(golden, "condition"));

        for (int i = 0; i < config.trunk().residualCount(); i++) {
          golden.assertMatches("down." + i, TorchTensors.toFloats(residuals.down().get(i)));
        }
        golden.assertMatches("mid", TorchTensors.toFloats(residuals.middle()));
      }
    }
  }

  @Test
  void autoencoder_encodeAndDecode_matchesDiffusers() {
    try (GoldenCase golden = GoldenCase.open("vae");
        PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      AutoencoderConfig config = AutoencoderConfig.read(golden.config());
      try (TorchParameters parameters =
          TorchParameters.load(AutoencoderKL.parameters(config), golden.weights())) {
        TorchOps ops = TorchOps.evaluation(parameters);

        List<Tensor> moments =
            ops.chunk(AutoencoderKL.encode(ops, config, input(golden, "image")), 1, 2);
        Tensor decoded = AutoencoderKL.decode(ops, config, input(golden, "latents"));

        golden.assertMatches("mean", TorchTensors.toFloats(moments.get(0)));
        golden.assertMatches("logvar", TorchTensors.toFloats(moments.get(1)));
        golden.assertMatches("decoded", TorchTensors.toFloats(decoded));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"clip-quick-gelu", "clip-gelu"})
  void textEncoder_fullAndShortSequences_matchesTransformers(String name) {
    try (GoldenCase golden = GoldenCase.open(name);
        PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      CLIPTextConfig config = CLIPTextConfig.read(golden.config());
      try (TorchParameters parameters =
          TorchParameters.load(CLIPTextModel.parameters(config), golden.weights())) {
        TorchOps ops = TorchOps.evaluation(parameters);

        Tensor full = CLIPTextModel.forward(ops, config, ids(golden, "ids"));
        Tensor part = CLIPTextModel.forward(ops, config, ids(golden, "short_ids"));

        golden.assertMatches("last_hidden_state", TorchTensors.toFloats(full));
        golden.assertMatches("short_last_hidden_state", TorchTensors.toFloats(part));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"densenet-grey", "densenet-colour"})
  void denseNet_evaluationThenTrainingPass_matchTorchvision(String name) {
    try (GoldenCase golden = GoldenCase.open(name);
        PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      ReaderConfig config = ReaderConfig.read(golden.config(), 1);
      try (TorchParameters parameters =
          TorchParameters.load(config.parameters(), golden.weights())) {
        Tensor image = input(golden, "image");

        Reading<Tensor> read = config.forward(TorchOps.evaluation(parameters), image);
        Tensor trained = config.forward(TorchOps.training(parameters), image).logits();

        golden.assertMatches("logits", TorchTensors.toFloats(read.logits()));
        for (int i = 0; i < read.features().size(); i++) {
          golden.assertMatches("feature." + i, TorchTensors.toFloats(read.features().get(i)));
        }
        golden.assertMatches("training_logits", TorchTensors.toFloats(trained));
        for (ParameterSpec spec : parameters.specs()) {
          if (!spec.learned()) {
            float[] moved = TorchTensors.toFloats(parameters.tensor(spec.name()));
            golden.assertMatches("after." + spec.name(), moved);
          }
        }
      }
    }
  }

  private static Tensor unet(
      GoldenCase golden,
      UNet2DConditionConfig config,
      @Nullable ControlNetResiduals<Tensor> residuals) {
    try (TorchParameters parameters =
        TorchParameters.load(UNet2DConditionModel.parameters(config), golden.weights())) {
      return UNet2DConditionModel.forward(
          TorchOps.evaluation(parameters),
          config,
          input(golden, "sample"),
          input(golden, "timestep"),
          input(golden, "text"),
          residuals);
    }
  }

  private static Tensor input(GoldenCase golden, String name) {
    return TorchTensors.floats(golden.floats(name), golden.shape(name));
  }

  private static Tensor ids(GoldenCase golden, String name) {
    return TorchTensors.longs(golden.longs(name), golden.shape(name));
  }
}
