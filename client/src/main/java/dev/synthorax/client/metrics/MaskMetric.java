package dev.synthorax.client.metrics;

import java.util.function.ToDoubleFunction;

/** Metrics of one predicted mask, in the order of tables. */
public enum MaskMetric implements Metric {
  /** Dice coefficient. */
  DICE("dice", "DICE", MaskScores::dice),
  /** Intersection over union. */
  IOU("iou", "IOU", MaskScores::iou),
  /** 95th percentile Hausdorff distance. */
  HD95("hd95", "HD95", MaskScores::hd95),
  /** Normalised surface Dice. */
  NSD("nsd", "NSD", MaskScores::nsd);

  private final String wireName;
  private final String heading;

  @SuppressWarnings("ImmutableEnumChecker") // a function without state
  private final ToDoubleFunction<MaskScores> value;

  MaskMetric(String wireName, String heading, ToDoubleFunction<MaskScores> value) {
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
  public double of(MaskScores scores) {
    return value.applyAsDouble(scores);
  }

  @Override
  public String toString() {
    return wireName;
  }
}
