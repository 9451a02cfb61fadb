package dev.synthorax.training.stage;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/**
 * A folder of sample shards and its part in the mixture.
 *
 * @param folder holds {@code shard-NNNNN.safetensors} and {@code .jsonl}
 * @param weight how often its samples are drawn, relative to the other sources; however many there
 *     are
 */
public record SampleSource(Path folder, double weight) {
  public SampleSource {
    requireNonNull(folder, "folder");
    if (!(weight > 0) || Double.isInfinite(weight)) {
      throw new IllegalArgumentException(
          "%s: weight %s (expected: a positive number)".formatted(folder, weight));
    }
  }

  /** A source drawn as often as any other. */
  public static SampleSource of(Path folder) {
    return new SampleSource(folder, 1);
  }
}
