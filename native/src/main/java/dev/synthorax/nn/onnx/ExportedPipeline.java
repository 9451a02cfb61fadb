package dev.synthorax.nn.onnx;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.Precision;
import dev.synthorax.engine.TensorSpec;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A diffusion pipeline as graphs for one image size. The first dim of every input and output is the
 * number of rows, chosen when a context is opened.
 *
 * @param contentHash SHA-256 over the configurations and weights, in hex; the model's version. It
 *     does not depend on the image size
 * @param precision of text encoder, U-Net and ControlNet: what their inputs and outputs are of, but
 *     for token ids and {@code timestep}
 * @param decoderPrecision the same of the decoder
 * @param height of the image in pixels
 * @param width of the image in pixels
 * @param textEncoder {@code input_ids} INT64 {@code [rows, textLength]} to {@code
 *     last_hidden_state} {@code [rows, textLength, textHidden]}
 * @param unet {@code sample} {@code [rows, latentChannels, latentHeight, latentWidth]}, {@code
 *     timestep} {@code [rows]}, {@code encoder_hidden_states} and, where there is a ControlNet, its
 *     {@link #residuals}, to {@code out_sample}, shaped as {@code sample}
 * @param controlNet {@code sample}, {@code timestep}, {@code encoder_hidden_states} as for the
 *     U-Net and {@code controlnet_cond} {@code [rows, conditioningChannels, height, width]} in
 *     0..1, to its {@link #residuals}; null if the pipeline has none
 * @param vaeDecoder {@code latent_sample} {@code [rows, latentChannels, latentHeight,
 *     latentWidth]}, as the denoiser leaves them (the graph divides by {@code scaling_factor}), to
 *     {@code sample} {@code [rows, imageChannels, height, width]}, about -1..1, not clamped
 * @param vaeEncoder {@code sample} {@code [rows, channels, height, width]} in -1..1 to {@code
 *     latent_parameters} {@code [rows, 2 latentChannels, latentHeight, latentWidth]}: mean and
 *     logarithm of the variance, of the decoder's precision; null where the weights have none
 * @param latentChannels channels of the latents
 * @param vaeScaleFactor pixels along one side of a latent
 * @param scalingFactor latents are this times the encoder's mean
 * @param textLength tokens of a prompt, padding included
 * @param vocabulary tokens that the text encoder knows; every id is below
 * @param textHidden features of a token
 * @param imageChannels channels of the image
 * @param conditioningChannels channels of the ControlNet's condition; 0 without one
 * @param residuals the ControlNet's outputs and the U-Net's inputs: {@code down_block_residual_0}
 *     and so on, then {@code mid_block_residual}; empty without a ControlNet
 */
public record ExportedPipeline(
    String contentHash,
    Precision precision,
    Precision decoderPrecision,
    int height,
    int width,
    Path textEncoder,
    Path unet,
    @Nullable Path controlNet,
    Path vaeDecoder,
    @Nullable Path vaeEncoder,
    int latentChannels,
    int vaeScaleFactor,
    double scalingFactor,
    int textLength,
    int vocabulary,
    int textHidden,
    int imageChannels,
    int conditioningChannels,
    List<TensorSpec> residuals) {

  /** Checks and copies. */
  public ExportedPipeline {
    requireNonNull(contentHash, "contentHash");
    requireNonNull(precision, "precision");
    requireNonNull(decoderPrecision, "decoderPrecision");
    requireNonNull(textEncoder, "textEncoder");
    requireNonNull(unet, "unet");
    requireNonNull(vaeDecoder, "vaeDecoder");
    residuals = List.copyOf(residuals);
  }

  /** Height of the latents. */
  public int latentHeight() {
    return height / vaeScaleFactor;
  }

  /** Width of the latents. */
  public int latentWidth() {
    return width / vaeScaleFactor;
  }
}
