package dev.synthorax.training.drawing;

import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.ParameterSpec;
import dev.synthorax.nn.torch.TorchParameters;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;

/**
 * How a new autoencoder starts: latents nearly without noise, which otherwise drowns what they say
 * for the first thousands of steps, and residual blocks that do nothing yet.
 *
 * @param logVariance of the latents
 */
record AutoencoderStart(double logVariance) {
  static final AutoencoderStart DEFAULT = new AutoencoderStart(-5);

  private static final String LAST_OF_BLOCK = ".conv2.";

  /** Sets the values of new parameters. */
  void set(AutoencoderConfig config, TorchParameters parameters) {
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      for (ParameterSpec spec : parameters.specs()) {
        if (spec.name().contains(LAST_OF_BLOCK)) {
          parameters.tensor(spec.name()).zero_();
        }
      }
      String head = config.quantConv() ? "quant_conv.bias" : "encoder.conv_out.bias";
      long channels = config.latentChannels();
      parameters
          .tensor(head)
          .narrow(0, channels, channels)
          .copy_(torch.ones(channels).mul(new Scalar(logVariance)));
    }
  }
}
