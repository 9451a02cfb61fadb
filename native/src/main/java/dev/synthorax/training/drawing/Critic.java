package dev.synthorax.training.drawing;

import dev.synthorax.nn.PatchCritic;
import dev.synthorax.nn.torch.TorchOps;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.training.stage.FlatOptimizer;
import dev.synthorax.training.stage.TrainingLoop;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A network that learns to tell images from reconstructions, while the autoencoder learns to be
 * taken for real. It starts alone; then its word gains weight step by step.
 *
 * <p><b>Ownership:</b> owns its parameters and their optimiser.
 *
 * <p><b>Threading:</b> one thread.
 *
 * @see <a href="https://arxiv.org/abs/2012.09841">Esser et al. 2021</a>, section 3.1
 */
final class Critic implements TrainingLoop.Rival, AutoCloseable {
  /**
   * Of the network.
   *
   * @param channels of its hidden maps
   */
  record Shape(List<Integer> channels) {
    static final Shape DEFAULT = new Shape(List.of(24, 48, 96));
  }

  /**
   * Of its learning.
   *
   * @param rate learning rate
   * @param alone first steps, in which it is not listened to
   * @param ramp steps after these until it has its full weight
   * @param floor least mean size of a hidden map that differences are measured by
   */
  record Learning(double rate, int alone, int ramp, double floor) {
    static final Learning DEFAULT = new Learning(5e-4, 50, 50, 1e-3);
    static final FlatOptimizer.Settings OPTIMIZER =
        new FlatOptimizer.Settings(0.5, 0.99, 1e-8, 0, 1, 0.9995);

    /** Share of its weight in a step. */
    double weight(long step) {
      return Math.clamp((double) (step - alone) / ramp, 0, 1);
    }
  }

  private record Seen(Tensor images, Tensor decoded) {}

  private final DrawingSettings.AutoencoderPhase settings;
  private final PatchCritic.Config config = new PatchCritic.Config(1, Shape.DEFAULT.channels());
  private final TorchParameters parameters; // owned
  private final FlatOptimizer optimizer; // owned
  private final TorchOps ops;
  private @Nullable Seen seen; // of the step that is under way

  @SuppressWarnings("MustBeClosedChecker") // closed in close()
  Critic(DrawingSettings.AutoencoderPhase settings, long seed) {
    this.settings = settings;
    this.parameters = TorchParameters.create(PatchCritic.parameters(config), seed);
    this.optimizer = new FlatOptimizer(parameters.trainable(true).learned(), Learning.OPTIMIZER);
    this.ops = TorchOps.training(parameters);
  }

  /**
   * What it holds against reconstructions, with gradients of them alone: they look drawn, and they
   * differ from the images in its hidden maps.
   *
   * @param pixels the mean absolute error, the measure of the latter
   */
  Tensor judge(long step, Tensor images, Tensor decoded, Tensor pixels) {
    seen = new Seen(images, decoded.detach());
    double weight = Learning.DEFAULT.weight(step);
    if (weight == 0) {
      return torch.zeros(1).sum();
    }
    parameters.trainable(false);
    PatchCritic.Reading<Tensor> drawn = PatchCritic.forward(ops, config, decoded);
    PatchCritic.Reading<Tensor> real = PatchCritic.forward(ops, config, images);
    Tensor difference = torch.zeros(1).sum();
    int maps = real.hidden().size();
    for (int i = 0; i < maps; i++) {
      Tensor expected = real.hidden().get(i);
      Tensor size = expected.abs().mean().add(new Scalar(Learning.DEFAULT.floor()));
      difference = difference.add(drawn.hidden().get(i).sub(expected).abs().mean().div(size));
    }
    return drawn
        .verdict()
        .mean()
        .mul(new Scalar(-settings.criticWeight() * weight))
        .add(
            difference
                .mul(pixels.detach())
                .mul(new Scalar(settings.featureWeight() * weight / maps)));
  }

  @Override
  public FlatOptimizer optimizer() {
    return optimizer;
  }

  @Override
  public double rate(long step) {
    return Learning.DEFAULT.rate();
  }

  /** Hinge loss of its own verdicts on what it judged last. */
  @Override
  public Tensor loss(long step) {
    Seen judged = seen;
    if (judged == null) {
      throw new IllegalStateException("Critic: nothing judged yet");
    }
    seen = null;
    parameters.trainable(true);
    Scalar one = new Scalar(1.0);
    Tensor drawn = PatchCritic.forward(ops, config, judged.decoded()).verdict();
    Tensor real = PatchCritic.forward(ops, config, judged.images()).verdict();
    return drawn.add(one).relu().mean().add(real.neg().add(one).relu().mean());
  }

  /** Frees the network. */
  @Override
  public void close() {
    optimizer.close();
    parameters.close();
  }
}
