package dev.synthorax.client.metrics;

import java.util.function.ToDoubleFunction;

/** Metrics of synthetic against real images on named features, in the order of tables. */
public enum FidelityMetric implements Metric {
  /** Fréchet distance. */
  FRECHET("frechetDistance", "Fréchet distance", FidelityScores::frechet),
  /** Mean kernel distance. */
  KERNEL("kernelDistance", "kernel distance", scores -> scores.kernel().mean()),
  /** Share of synthetic images that are near real ones. */
  PRECISION("precision", "precision", scores -> scores.prdc().precision()),
  /** Share of real images that are near synthetic ones. */
  RECALL("recall", "recall", scores -> scores.prdc().recall()),
  /** How densely real neighbourhoods hold synthetic images. */
  DENSITY("density", "density", scores -> scores.prdc().density()),
  /** Share of real neighbourhoods that hold a synthetic image. */
  COVERAGE("coverage", "coverage", scores -> scores.prdc().coverage());

  private final String wireName;
  private final String heading;

  @SuppressWarnings("ImmutableEnumChecker") // a function without state
  private final ToDoubleFunction<FidelityScores> value;

  FidelityMetric(String wireName, String heading, ToDoubleFunction<FidelityScores> value) {
    this.wireName = wireName;
    this.heading = heading;
    this.value = value;
  }

  @Override
  public String wireName() {
    return wireName;
  }

  @Override
  public String heading() {
    return heading;
  }

  /** Returns its value; not finite where there is none. */
  public double of(FidelityScores scores) {
    return value.applyAsDouble(scores);
  }

  @Override
  public String toString() {
    return wireName;
  }
}
