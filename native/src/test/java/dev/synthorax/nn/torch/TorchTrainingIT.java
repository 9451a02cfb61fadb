package dev.synthorax.nn.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.AutoencoderKL;
import dev.synthorax.nn.CLIPTextConfig;
import dev.synthorax.nn.CLIPTextModel;
import dev.synthorax.nn.ClassifierConfig;
import dev.synthorax.nn.ControlNetConfig;
import dev.synthorax.nn.ControlNetModel;
import dev.synthorax.nn.GoldenCase;
import dev.synthorax.nn.SegmentationConfig;
import dev.synthorax.nn.UNet2DConditionConfig;
import dev.synthorax.nn.UNet2DConditionModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TorchTrainingIT {

  @BeforeAll
  static void oneThread() {
    TorchThreads.use(1);
  }

  private static final SegmentationConfig SEGMENTER = new SegmentationConfig(1, 2, 4, 3);
  private static final ClassifierConfig CLASSIFIER = new ClassifierConfig(1, 3, 4, 2, 2);

  @Test
  void backward_controlledUnet_reachesEveryParameterOfBothNetworks() {
    try (GoldenCase golden = GoldenCase.open("unet-cxr");
        GoldenCase goldenControl = GoldenCase.open("controlnet-cxr");
        PointerScope _ = new PointerScope()) {
      UNet2DConditionConfig config = UNet2DConditionConfig.read(golden.config());
      ControlNetConfig controlConfig = ControlNetConfig.read(goldenControl.config());
      try (TorchParameters unet =
              TorchParameters.load(UNet2DConditionModel.parameters(config), golden.weights());
          TorchParameters control =
              TorchParameters.load(
                  ControlNetModel.parameters(controlConfig), goldenControl.weights())) {
        TorchOps unetOps = TorchOps.training(unet.trainable(true));
        TorchOps controlOps = TorchOps.training(control.trainable(true));
        Tensor sample = input(golden, "sample");
        Tensor timestep = input(golden, "timestep");
        Tensor text = input(golden, "text");
        Tensor condition = input(goldenControl, "condition");

        var residuals =
            ControlNetModel.forward(controlOps, controlConfig, sample, timestep, text, condition);
        UNet2DConditionModel.forward(unetOps, config, sample, timestep, text, residuals)
            .square()
            .mean()
            .backward();

        assertGradients(unet);
        assertGradients(control);
      }
    }
  }

  @Test
  void backward_autoencoder_reachesEveryParameter() {
    try (GoldenCase golden = GoldenCase.open("vae");
        PointerScope _ = new PointerScope()) {
      AutoencoderConfig config = AutoencoderConfig.read(golden.config());
      try (TorchParameters parameters =
          TorchParameters.load(AutoencoderKL.parameters(config), golden.weights())) {
        TorchOps ops = TorchOps.training(parameters.trainable(true));

        Tensor moments = AutoencoderKL.encode(ops, config, input(golden, "image"));
        Tensor decoded = AutoencoderKL.decode(ops, config, ops.chunk(moments, 1, 2).getFirst());
        torch.add(decoded.square().mean(), moments.square().mean()).backward();

        assertGradients(parameters);
      }
    }
  }

  @Test
  void backward_textEncoder_reachesEveryParameter() {
    try (GoldenCase golden = GoldenCase.open("clip-gelu");
        PointerScope _ = new PointerScope()) {
      CLIPTextConfig config = CLIPTextConfig.read(golden.config());
      try (TorchParameters parameters =
          TorchParameters.load(CLIPTextModel.parameters(config), golden.weights())) {
        Tensor ids = TorchTensors.longs(golden.longs("ids"), golden.shape("ids"));

        Tensor hidden =
            CLIPTextModel.forward(TorchOps.training(parameters.trainable(true)), config, ids);
        hidden.pow(new org.bytedeco.pytorch.Scalar(3.0)).mean().backward();

        assertGradients(parameters);
      }
    }
  }

  @Test
  void backward_frozenNetwork_leavesNoGradient() {
    try (TorchParameters parameters = TorchParameters.create(SEGMENTER.parameters(), 1);
        PointerScope _ = new PointerScope()) {
      parameters.trainable(true).trainable(false);

      Tensor logits =
          SEGMENTER.forward(TorchOps.training(parameters), torch.randn(2, 1, 16, 16)).logits();

      assertThat(logits.requires_grad()).isFalse();
    }
  }

  @Test
  void steps_segmenter_learnsAndLeavesNoNativeMemory() {
    torch.manual_seed(1);
    try (TorchParameters parameters = TorchParameters.create(SEGMENTER.parameters(), 1);
        PointerScope _ = new PointerScope()) {
      AdamW optimizer = optimizer(parameters);
      TorchOps ops = TorchOps.training(parameters.trainable(true));
      Tensor image = torch.randn(4, 1, 16, 16);
      Tensor target = torch.cat(new TensorVector(image, image.neg()), 1).sign();
      List<Float> losses = new ArrayList<>();
      List<Long> live = new ArrayList<>();

      for (int step = 0; step < 60; step++) {
        try (PointerScope _ = new PointerScope()) {
          Tensor loss = torch.mse_loss(SEGMENTER.forward(ops, image).logits(), target);
          loss.backward();
          optimizer.step();
          optimizer.zero_grad();
          losses.add(loss.item_float());
        }
        live.add(Pointer.totalCount());
      }

      assertThat(losses.getLast()).isLessThan(losses.getFirst() / 3);
      long kept = live.get(1); // fewer, where what an earlier test left is collected meanwhile
      assertThat(live.subList(1, live.size()))
          .allSatisfy(count -> assertThat(count).isLessThanOrEqualTo(kept));
    }
  }

  @Test
  void batchNorm_trainingPass_movesTheStateAndEvaluationUsesIt() {
    try (TorchParameters parameters = TorchParameters.create(CLASSIFIER.parameters(), 1);
        PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      Tensor images = torch.randn(6, 1, 32, 32);
      Tensor one = images.narrow(0, 2, 1);
      Tensor before = parameters.tensor("stem.norm.running_mean").clone();

      CLASSIFIER.forward(TorchOps.evaluation(parameters), images);
      boolean movedByEvaluation = !before.equal(parameters.tensor("stem.norm.running_mean"));
      CLASSIFIER.forward(TorchOps.training(parameters), images);
      boolean movedByTraining = !before.equal(parameters.tensor("stem.norm.running_mean"));
      Tensor all = CLASSIFIER.forward(TorchOps.evaluation(parameters), images).logits();
      Tensor alone = CLASSIFIER.forward(TorchOps.evaluation(parameters), one).logits();

      assertThat(movedByEvaluation).isFalse();
      assertThat(movedByTraining).isTrue();
      assertThat(torch.allclose(all.narrow(0, 2, 1), alone, 1e-4, 1e-5, false)).isTrue();
      assertThat(parameters.learned()).hasSizeLessThan(parameters.named().size());
    }
  }

  @Test
  void observing_namedIntermediates_areShownWithTheirScope() {
    try (TorchParameters parameters = TorchParameters.create(CLASSIFIER.parameters(), 1);
        PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      Map<String, long[]> seen = new java.util.HashMap<>();
      TorchOps ops =
          TorchOps.evaluation(parameters)
              .observing((name, x) -> seen.put(name, TorchTensors.shape(x)));

      CLASSIFIER.forward(ops, torch.randn(2, 1, 32, 32));

      assertThat(seen).containsOnlyKeys("features");
      assertThat(seen.get("features")).containsExactly(2, 16);
    }
  }

  @Test
  void part_withoutPointerScope_saysWhatIsMissing() {
    try (TorchParameters parameters = TorchParameters.create(CLASSIFIER.parameters(), 1)) {
      TorchOps ops = TorchOps.evaluation(parameters);

      assertThatThrownBy(() -> ops.part(() -> parameters.learned().getFirst()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("no PointerScope is open");
    }
  }

  private static AdamW optimizer(TorchParameters parameters) {
    AdamWOptions options = new AdamWOptions(1e-2);
    return new AdamW(new TensorVector(parameters.learned().toArray(Tensor[]::new)), options);
  }

  private static void assertGradients(TorchParameters parameters) {
    Function<String, Tensor> gradient = name -> parameters.tensor(name).grad();
    assertThat(parameters.named().keySet())
        .allSatisfy(
            name -> {
              assertThat(gradient.apply(name).defined()).as(name).isTrue();
              float largest = gradient.apply(name).abs().max().item_float();
              assertThat(largest).as(name).isFinite().isPositive();
            });
  }

  private static Tensor input(GoldenCase golden, String name) {
    return TorchTensors.floats(golden.floats(name), golden.shape(name));
  }
}
