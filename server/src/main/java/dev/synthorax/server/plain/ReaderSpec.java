package dev.synthorax.server.plain;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * How a model reads radiographs: what its image is made of, and what its output stands for.
 *
 * @param task what it says of an image
 * @param labels structures or findings, in the order of the output's channels
 * @param input name of the image, FP32 {@code [rows, channels, height, width]}
 * @param output name of what is read off: FP32 {@code [rows, labels, height, width]} of a model
 *     that marks structures, {@code [rows, labels]} of one that finds findings
 * @param channels of the image: 1, or 3 that are all grey
 * @param width of the image in pixels
 * @param height of the image in pixels
 * @param black value of a black pixel
 * @param white value of a white pixel
 * @param logits whether the output's sigmoid is a probability, or else the output itself
 */
public record ReaderSpec(
    Task task,
    List<String> labels,
    String input,
    String output,
    int channels,
    int width,
    int height,
    float black,
    float white,
    boolean logits) {
  /** What a model says of an image. */
  public enum Task {
    /** Where structures lie: a probability a pixel. */
    SEGMENTATION,
    /** Which findings are there: a probability an image. */
    CLASSIFICATION
  }

  /** Checks and copies. */
  public ReaderSpec {
    requireNonNull(task, "task");
    labels = List.copyOf(labels);
    requireNonNull(input, "input");
    requireNonNull(output, "output");
  }

  /** The probability that an element of the output stands for. */
  public double probability(float value) {
    return logits ? 1 / (1 + Math.exp(-value)) : Math.clamp(value, 0.0, 1.0);
  }
}
