package dev.synthorax.client.phantom;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.dataset.Finding;
import java.util.Set;

/**
 * What phantom to make.
 *
 * @param seed the patient, any non-negative number; see {@link SeedRange} for who may use which
 * @param size width and height in pixels, 64..1024
 * @param findings the findings to choose from, evenly; empty for the default prior: a quarter
 *     normal, the other six alike, and about one in ten of all with a second finding
 */
public record PhantomSpec(long seed, int size, Set<Finding> findings) {
  /** The smallest image side in pixels. */
  public static final int MIN_SIZE = 64;

  /** The largest image side in pixels. */
  public static final int MAX_SIZE = 1024;

  /** Checks the ranges and copies the set. */
  public PhantomSpec {
    requireNonNull(findings, "findings");
    if (seed < 0) {
      throw new IllegalArgumentException("seed: " + seed + " (expected: >= 0)");
    }
    if (size < MIN_SIZE || size > MAX_SIZE) {
      throw new IllegalArgumentException(
          "size: " + size + " (expected: " + MIN_SIZE + ".." + MAX_SIZE + " pixels)");
    }
    findings = Set.copyOf(findings);
  }

  /** Returns a spec with the default prior. */
  public static PhantomSpec of(long seed, int size) {
    return new PhantomSpec(seed, size, Set.of());
  }
}
