package dev.synthorax.client.phantom;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.View;
import org.jspecify.annotations.Nullable;

/**
 * What an experiment may turn beside the site: the view, label noise and shortcuts. The patient and
 * his findings stay those of the seed; what is true stays in the attribute {@code true_findings},
 * in masks, boxes and text.
 *
 * @param view PA or AP for every film; null: the site's mix
 * @param labelFlips probability that a label is turned to its opposite, 0..1
 * @param labelDoubts probability that a label becomes uncertain, 0..1; of what is left, {@code
 *     labelFlips} is turned
 * @param tubeGivenPneumothorax probability of a chest tube given a pneumothorax, 0..1; null: the
 *     site's
 * @param confounding something in the picture that goes with a finding; null: nothing
 */
public record PhantomKnobs(
    @Nullable View view,
    double labelFlips,
    double labelDoubts,
    @Nullable Double tubeGivenPneumothorax,
    @Nullable Confounding confounding) {

  /** The site as it is, labels true, nothing confounded. */
  public static final PhantomKnobs DEFAULT = new PhantomKnobs(null, 0, 0, null, null);

  /** Where a shortcut hides. */
  public enum Channel {
    /** The word PORTABLE burnt into the film. */
    MARKER,
    /** A dark, hard look of the film. */
    FILM
  }

  /**
   * A shortcut: the channel's sign is on a film with the finding, and missing without it.
   *
   * @param finding what it goes with; {@link Finding#NORMAL}: with films without any
   * @param channel where it hides
   * @param strength 1: always; 0: a coin decides; between: the sign follows the finding with
   *     probability {@code strength}, else a coin decides
   */
  public record Confounding(Finding finding, Channel channel, double strength) {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if the strength is not 0 to 1
     */
    public Confounding {
      requireNonNull(finding, "finding");
      requireNonNull(channel, "channel");
      requireShare("confounding strength", strength);
    }
  }

  /**
   * Checks what is given.
   *
   * @throws IllegalArgumentException if the view is not frontal, or a share is not 0 to 1
   */
  public PhantomKnobs {
    if (view != null && !view.isFrontal()) {
      throw new IllegalArgumentException("view: " + view + " (expected: PA or AP)");
    }
    requireShare("label flips", labelFlips);
    requireShare("label doubts", labelDoubts);
    if (tubeGivenPneumothorax != null) {
      requireShare("P(tube | pneumothorax)", tubeGivenPneumothorax);
    }
  }

  /** Returns these knobs with the view set. */
  public PhantomKnobs withView(@Nullable View value) {
    return new PhantomKnobs(value, labelFlips, labelDoubts, tubeGivenPneumothorax, confounding);
  }

  /** Returns these knobs with label noise. */
  public PhantomKnobs withLabelNoise(double flips, double doubts) {
    return new PhantomKnobs(view, flips, doubts, tubeGivenPneumothorax, confounding);
  }

  /** Returns these knobs with the probability of a chest tube given a pneumothorax set. */
  public PhantomKnobs withTubeGivenPneumothorax(@Nullable Double value) {
    return new PhantomKnobs(view, labelFlips, labelDoubts, value, confounding);
  }

  /** Returns these knobs with a shortcut. */
  public PhantomKnobs withConfounding(@Nullable Confounding value) {
    return new PhantomKnobs(view, labelFlips, labelDoubts, tubeGivenPneumothorax, value);
  }

  private static void requireShare(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 0..1)");
    }
  }
}
