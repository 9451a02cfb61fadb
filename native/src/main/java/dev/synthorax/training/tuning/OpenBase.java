package dev.synthorax.training.tuning;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.nn.AutoencoderKL;
import dev.synthorax.nn.CLIPTextModel;
import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.nn.text.ClipTokenizer;
import dev.synthorax.nn.torch.TorchOps;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.nn.weights.ModelWeights;
import dev.synthorax.training.drawing.LatentBounds;
import dev.synthorax.training.stage.Samples;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * The networks of a pipeline that is being tuned, frozen until told otherwise, and its samples as
 * these networks see them.
 *
 * <p><b>Ownership:</b> owns its networks and what {@link #adopt} was given; borrows the samples.
 * Tensors belong to the caller's scope.
 *
 * <p><b>Threading:</b> one thread.
 */
final class OpenBase implements AutoCloseable {
  private final BasePipeline base;
  private final Samples samples;
  private final List<Integer> channels;
  private final Map<Component, TorchParameters> networks = new EnumMap<>(Component.class);
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final long[][] tokens;
  private final long[] noTokens;

  private OpenBase(BasePipeline base, Samples samples) {
    this.base = base;
    this.samples = samples;
    this.channels = base.channels(samples);
    this.tokens = new long[samples.size()][];
    int length = base.folder().textLength();
    try (ClipTokenizer tokenizer =
        ClipTokenizer.open(base.folder().tokenizer(), length, base.text().vocabSize())) {
      Map<String, long[]> known = new HashMap<>();
      for (int i = 0; i < tokens.length; i++) {
        tokens[i] =
            known.computeIfAbsent(
                samples.labels().get(i).prompt(), prompt -> tokenizer.encode(prompt).ids());
      }
      this.noTokens = tokenizer.encode("").ids();
    }
  }

  /**
   * Opens a pipeline.
   *
   * @throws dev.synthorax.engine.InferenceException {@code MODEL_FAILED}, naming the file
   */
  @MustBeClosed
  static OpenBase open(BasePipeline base, Samples samples) {
    var open = new OpenBase(base, samples);
    boolean whole = false;
    try {
      for (Component component : base.folder().components()) {
        open.networks.put(component, open.load(component));
      }
      whole = true;
      return open;
    } finally {
      if (!whole) {
        open.close();
      }
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // adopted
  private TorchParameters load(Component component) {
    try (ModelWeights weights = base.folder().openWeights(component)) {
      return adopt(TorchParameters.load(base.folder().parameters(component), weights));
    }
  }

  /** Closes it with the rest, the last one first. */
  <T extends AutoCloseable> T adopt(T resource) {
    owned.push(resource);
    return resource;
  }

  BasePipeline base() {
    return base;
  }

  Samples samples() {
    return samples;
  }

  /** A network's parameters. */
  TorchParameters network(Component component) {
    TorchParameters parameters = networks.get(component);
    if (parameters == null) {
      throw new IllegalStateException(component + ": the base has none (checked by the plan)");
    }
    return parameters;
  }

  /** U-Net and ControlNet, as they learn. */
  Denoiser denoiser() {
    return new Denoiser(base, network(Component.UNET), networks.get(Component.CONTROLNET));
  }

  /** The same with frozen copies of some networks in the place of those that learn. */
  Denoiser copyOf(Set<Component> learned) {
    return new Denoiser(
        base,
        learned.contains(Component.UNET) ? load(Component.UNET) : network(Component.UNET),
        learned.contains(Component.CONTROLNET)
            ? load(Component.CONTROLNET)
            : networks.get(Component.CONTROLNET));
  }

  /** Latents of samples' images, drawn from their distributions and scaled; without gradients. */
  Tensor latents(int[] batch) {
    try (NoGradGuard _ = new NoGradGuard()) {
      Tensor images =
          TorchTensors.floats(
              samples.images(batch), batch.length, 1, samples.height(), samples.width());
      TorchOps ops = TorchOps.evaluation(network(Component.VAE));
      Tensor distribution =
          AutoencoderKL.encode(
              ops, base.vae(), images.expand(-1, base.vae().inChannels(), -1, -1).contiguous());
      long latentChannels = base.vae().latentChannels();
      Tensor mean = ops.slice(distribution, 1, 0, latentChannels);
      Tensor logVariance =
          LatentBounds.DEFAULT.clamp(
              ops.slice(distribution, 1, latentChannels, 2 * latentChannels));
      Tensor deviation = logVariance.mul(new Scalar(0.5)).exp();
      return mean.add(deviation.mul(torch.randn(TorchTensors.shape(mean))))
          .mul(new Scalar(base.vae().scalingFactor()));
    }
  }

  /**
   * The grey images that latents stand for, {@code [rows, 1, height, width]}, about -1..1;
   * gradients flow to the latents.
   */
  Tensor decode(Tensor latents) {
    Tensor images =
        AutoencoderKL.decode(
            TorchOps.evaluation(network(Component.VAE)),
            base.vae(),
            latents.div(new Scalar(base.vae().scalingFactor())));
    return images.mean(new long[] {1}, true, new ScalarTypeOptional());
  }

  /** What samples' rows are told, each condition left out at random. */
  Conditions conditions(int[] batch, Conditions.Drop drop) {
    boolean zero = base.zeroUnconditional();
    boolean[] hasText = new boolean[batch.length];
    boolean[] kept = keep(drop.text(), batch.length);
    for (int i = 0; i < batch.length; i++) {
      hasText[i] = kept[i] && !samples.labels().get(batch[i]).prompt().isEmpty();
    }
    try (NoGradGuard _ = new NoGradGuard()) {
      Tensor nothing = words(new long[][] {noTokens});
      if (zero) {
        nothing = nothing.mul(new Scalar(0.0));
      }
      long[][] ids = new long[batch.length][];
      float[] shown = new float[batch.length];
      for (int i = 0; i < batch.length; i++) {
        ids[i] = tokens[batch[i]];
        shown[i] = hasText[i] ? 1 : 0;
      }
      Tensor with = TorchTensors.floats(shown, shown.length, 1, 1);
      Tensor words = words(ids).mul(with).add(nothing.mul(with.neg().add(new Scalar(1.0))));
      boolean[] hasMasks = new boolean[batch.length];
      Tensor masks = channels.isEmpty() ? null : masks(batch, drop, hasMasks);
      return new Conditions(words, nothing, masks, hasText, hasMasks, !zero);
    }
  }

  private Tensor words(long[][] ids) {
    int length = ids[0].length;
    long[] all = new long[ids.length * length];
    for (int i = 0; i < ids.length; i++) {
      System.arraycopy(ids[i], 0, all, i * length, length);
    }
    return CLIPTextModel.forward(
        TorchOps.evaluation(network(Component.TEXT_ENCODER)),
        base.text(),
        TorchTensors.longs(all, ids.length, length));
  }

  /** The masks in the order of the ControlNet's channels; null where no row keeps any. */
  private @Nullable Tensor masks(int[] batch, Conditions.Drop drop, boolean[] hasMasks) {
    boolean[] rows = keep(drop.masks(), batch.length);
    boolean[] kept = keep(drop.structure(), batch.length * channels.size());
    float[] known = samples.known(batch);
    float[] drawn = samples.masks(batch);
    int structures = samples.structures().size();
    int pixels = samples.height() * samples.width();
    float[] values = new float[batch.length * channels.size() * pixels];
    boolean any = false;
    for (int i = 0; i < batch.length; i++) {
      for (int k = 0; k < channels.size(); k++) {
        int from = channels.get(k);
        int to = i * channels.size() + k;
        if (rows[i] && from >= 0 && known[i * structures + from] == 1) {
          hasMasks[i] = true;
          any = true;
          if (kept[to]) {
            System.arraycopy(drawn, (i * structures + from) * pixels, values, to * pixels, pixels);
          }
        }
      }
    }
    return any
        ? TorchTensors.floats(
            values, batch.length, channels.size(), samples.height(), samples.width())
        : null;
  }

  private static boolean[] keep(double drop, int count) {
    float[] drawn = TorchTensors.toFloats(torch.rand(count));
    boolean[] kept = new boolean[count];
    for (int i = 0; i < count; i++) {
      kept[i] = drawn[i] >= drop;
    }
    return kept;
  }

  /** Frees the networks. Idempotent; the training thread. */
  @Override
  public void close() {
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("networks and readers close without failing", e);
      }
    }
    networks.clear();
  }
}
