package dev.synthorax.training.drawing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.diffusion.NoiseSchedule;
import dev.synthorax.diffusion.NoiseSchedulerConfig;
import dev.synthorax.nn.torch.TorchTensors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/** The critic and the objective of the denoiser, on small tensors. */
final class DrawingLossIT {
  private static final DrawingSettings.AutoencoderPhase PHASE =
      new DrawingSettings.AutoencoderPhase(100, 2, 0, 1e-3, 1, 0, 0, 0.5, 1);

  private static NoiseSchedulerConfig schedule(String prediction) {
    return NoiseSchedulerConfig.parse(
        """
        {"_class_name": "DDIMScheduler", "beta_start": 0.00085, "beta_end": 0.012,
         "beta_schedule": "scaled_linear", "rescale_betas_zero_snr": true,
         "prediction_type": "%s", "timestep_spacing": "trailing"}
        """
            .formatted(prediction));
  }

  @Test
  void judge_firstSteps_theCriticLearnsAloneAndIsThenListenedTo() {
    try (PointerScope _ = new PointerScope();
        var critic = new Critic(PHASE, 3)) {
      torch.manual_seed(5);
      Tensor images = torch.randn(2, 1, 16, 16);
      Tensor decoded = torch.zeros(2, 1, 16, 16).set_requires_grad(true);
      Tensor pixels = torch.ones(1).sum();

      Tensor alone = critic.judge(0, images, decoded, pixels);
      double before = critic.loss(0).item_double();
      for (int step = 0; step < 40; step++) {
        critic.judge(step, images, decoded, pixels);
        critic.loss(step).backward();
        critic.optimizer().update(critic.rate(step));
      }
      critic.judge(40, images, decoded, pixels);
      double after = critic.loss(40).item_double();
      critic.judge(100, images, decoded, pixels).backward();

      assertThat(alone.item_double()).isZero();
      assertThat(before).isCloseTo(2, within(0.3));
      assertThat(after).isLessThan(0.8 * before);
      assertThat(decoded.grad().abs().sum().item_double()).isPositive();
      assertThat(critic.optimizer().update(1e-3)).as("gradient of the critic").isZero();
    }
  }

  @Test
  void loss_withoutAJudgement_isRefused() {
    try (var critic = new Critic(PHASE, 3)) {
      assertThatThrownBy(() -> critic.loss(0)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void ddim_rightOutputFromNoiseAlone_leadsToTheImage() {
    try (PointerScope _ = new PointerScope()) {
      torch.manual_seed(6);
      var objective = new NoiseObjective(schedule("v_prediction"), NoiseObjective.Weighting.LAYOUT);
      NoiseSchedule schedule = NoiseSchedule.of(schedule("v_prediction"));
      Tensor image = torch.randn(1, 2, 3, 3);
      Tensor x = torch.randn(1, 2, 3, 3);
      Tensor noise = x;
      for (int i = 0; i < 4; i++) {
        int from = objective.timestep(4 - i, 4);
        int to = objective.timestep(3 - i, 4);
        double alpha = schedule.alphaCumprod(from);
        Tensor velocity =
            noise
                .mul(new Scalar(Math.sqrt(alpha)))
                .sub(image.mul(new Scalar(Math.sqrt(1 - alpha))));
        x = objective.ddim(x, velocity, from, to);
      }

      assertThat(objective.timestep(4, 4)).isEqualTo(999);
      assertThat(TorchTensors.toFloats(x))
          .containsExactly(TorchTensors.toFloats(image), within(1e-4f));
    }
  }

  @Test
  void constructor_noiseOfNoiseAlone_cannotBePredicted() {
    assertThatThrownBy(
            () -> new NoiseObjective(schedule("epsilon"), NoiseObjective.Weighting.LAYOUT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("prediction_type: epsilon (expected: v_prediction");
  }
}
