package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Turns labels into what a classifier is trained on and measured against.
 *
 * @param uncertain what becomes of an uncertain label
 * @param byLabel exceptions by canonical name: different policies suit different findings
 * @param notMentioned what becomes of a label that an image does not have
 * @param seed draws the smoothed targets
 */
public record LabelTargets(
    UncertaintyPolicy uncertain,
    Map<String, UncertaintyPolicy> byLabel,
    NotMentioned notMentioned,
    long seed) {
  /** What becomes of a finding that was not mentioned. */
  public enum NotMentioned {
    /** It is negative, as most loaders have it. */
    NEGATIVE,
    /** It is left out. */
    IGNORE,
    /** It is negative where {@link ImageInfo#NO_FINDING} is positive, else left out. */
    NEGATIVE_IF_NO_FINDING
  }

  /** A target: what one label of one image comes to. */
  public sealed interface Target {
    /**
     * A probability.
     *
     * @param value 0 (negative) to 1 (positive)
     */
    record Probability(double value) implements Target {
      /**
       * Checks what is given.
       *
       * @throws IllegalArgumentException if it is not 0 to 1
       */
      public Probability {
        if (!(value >= 0 && value <= 1)) {
          throw new IllegalArgumentException("target: " + value + " (expected: 0..1)");
        }
      }
    }

    /** The third class, or a label that waits for a model. */
    record Uncertain() implements Target {}
  }

  /** Refuses nulls with {@link NullPointerException}; copies the map. */
  public LabelTargets {
    requireNonNull(uncertain, "uncertain");
    requireNonNull(notMentioned, "notMentioned");
    byLabel = Collections.unmodifiableMap(new LinkedHashMap<>(byLabel));
  }

  /** Returns targets with one policy for all labels; what is not mentioned is negative. */
  public static LabelTargets of(UncertaintyPolicy uncertain) {
    return new LabelTargets(uncertain, Map.of(), NotMentioned.NEGATIVE, 0);
  }

  /**
   * Returns the targets of one image.
   *
   * @param labels canonical names
   * @return by name, in the order of {@code labels}; a name that is absent is left out of loss and
   *     metric
   */
  public Map<String, Target> of(ImageInfo info, List<String> labels) {
    requireNonNull(info, "info");
    Map<String, Target> targets = new LinkedHashMap<>();
    for (String label : labels) {
      Target target = target(info, label);
      if (target != null) {
        targets.put(label, target);
      }
    }
    return Collections.unmodifiableMap(targets);
  }

  private @Nullable Target target(ImageInfo info, String name) {
    Label label = info.label(name);
    if (label == null) {
      return switch (notMentioned) {
        case NEGATIVE -> new Target.Probability(0);
        case IGNORE -> null;
        case NEGATIVE_IF_NO_FINDING ->
            info.has(ImageInfo.NO_FINDING) ? new Target.Probability(0) : null;
      };
    }
    return switch (label) {
      case POSITIVE -> new Target.Probability(1);
      case NEGATIVE -> new Target.Probability(0);
      case UNCERTAIN ->
          switch (byLabel.getOrDefault(name, uncertain)) {
            case UncertaintyPolicy.Ignore p -> null;
            case UncertaintyPolicy.Zeros p -> new Target.Probability(0);
            case UncertaintyPolicy.Ones p -> new Target.Probability(1);
            case UncertaintyPolicy.MultiClass p -> new Target.Uncertain();
            case UncertaintyPolicy.SelfTrained p -> new Target.Uncertain();
            case UncertaintyPolicy.Smoothed p ->
                new Target.Probability(p.low() + (p.high() - p.low()) * draw(info.id(), name));
          };
    };
  }

  private double draw(String id, String label) {
    long hash = 0xcbf29ce484222325L; // FNV-1a
    for (byte b : (id + "\0" + label).getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001b3L;
    }
    return new SplittableRandom(seed ^ hash).nextDouble();
  }

  /**
   * Returns the image with labels that are positive or negative: for formats that know nothing
   * else.
   *
   * @throws IllegalArgumentException if a policy gives a label that is neither
   */
  public ImageInfo relabel(ImageInfo info) {
    requireNonNull(info, "info");
    Map<String, Label> labels = new LinkedHashMap<>();
    of(info, List.copyOf(info.labels().keySet()))
        .forEach(
            (name, target) -> {
              if (target.equals(new Target.Probability(1))) {
                labels.put(name, Label.POSITIVE);
              } else if (target.equals(new Target.Probability(0))) {
                labels.put(name, Label.NEGATIVE);
              } else {
                throw new IllegalArgumentException(
                    "image '"
                        + info.id()
                        + "': target of "
                        + name
                        + " is "
                        + target
                        + " (expected: a policy that gives positive, negative or nothing)");
              }
            });
    return info.toBuilder().labels(labels).build();
  }
}
