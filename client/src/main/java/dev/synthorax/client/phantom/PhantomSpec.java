package dev.synthorax.client.phantom;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.dataset.Finding;
import java.util.Set;

/**
 * What phantom to make.
 *
 * @param seed the film: it fixes site, split, patient and day; see {@link Site}
 * @param size width and height in pixels, 64..1024
 * @param findings the film shows exactly one of these, evenly chosen; empty: by the site's prior,
 *     which may give several
 * @param knobs what an experiment turns
 */
public record PhantomSpec(long seed, int size, Set<Finding> findings, PhantomKnobs knobs) {
  /** The smallest image side in pixels. */
  public static final int MIN_SIZE = 64;

  /** The largest image side in pixels. */
  public static final int MAX_SIZE = 1024;

  /**
   * Copies the set.
   *
   * @throws IllegalArgumentException if the seed is of no site, or the size out of range
   */
  public PhantomSpec {
    requireNonNull(findings, "findings");
    requireNonNull(knobs, "knobs");
    Site.of(seed); // checks the seed
    if (size < MIN_SIZE || size > MAX_SIZE) {
      throw new IllegalArgumentException(
          "size: " + size + " (expected: " + MIN_SIZE + ".." + MAX_SIZE + " pixels)");
    }
    findings = Set.copyOf(findings);
  }

  /** Describes a phantom with the knobs at rest. */
  public PhantomSpec(long seed, int size, Set<Finding> findings) {
    this(seed, size, findings, PhantomKnobs.DEFAULT);
  }

  /** Returns a spec of the site's own mix. */
  public static PhantomSpec of(long seed, int size) {
    return new PhantomSpec(seed, size, Set.of());
  }

  /** Returns the same phantom of another seed. */
  public PhantomSpec withSeed(long value) {
    return new PhantomSpec(value, size, findings, knobs);
  }
}
