package dev.synthorax.client.cli.dataset;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.View;
import dev.synthorax.client.phantom.PhantomKnobs;
import dev.synthorax.client.phantom.PhantomKnobs.Channel;
import dev.synthorax.client.phantom.PhantomKnobs.Confounding;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that turn {@link PhantomKnobs}. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields before the command runs
final class PhantomKnobOptions {
  @Option(
      names = "--view",
      paramLabel = "PA|AP",
      description = "View of every film. Default: the site's mix.")
  private @Nullable String view;

  @Option(
      names = "--label-flips",
      paramLabel = "P",
      defaultValue = "0",
      description = "Probability that a label says the opposite. Default: ${DEFAULT-VALUE}.")
  private double labelFlips;

  @Option(
      names = "--label-doubts",
      paramLabel = "P",
      defaultValue = "0",
      description = "Probability that a label is uncertain. Default: ${DEFAULT-VALUE}.")
  private double labelDoubts;

  @Option(
      names = "--tube-given-pneumothorax",
      paramLabel = "P",
      description = "Probability of a chest tube given a pneumothorax. Default: the site's.")
  private @Nullable Double tubeGivenPneumothorax;

  @Option(
      names = "--confound",
      paramLabel = "FINDING:CHANNEL:STRENGTH",
      description =
          "Something in the picture that goes with a finding: marker (the word PORTABLE) or film (a"
              + " dark, hard look), from 0 (by chance) to 1 (always); for example"
              + " pneumothorax:marker:0.8.")
  private @Nullable String confound;

  /**
   * Returns the knobs as they were turned.
   *
   * @throws IllegalArgumentException if one cannot be turned so; the message names it
   */
  PhantomKnobs knobs() {
    return new PhantomKnobs(
        view(),
        share("--label-flips", labelFlips),
        share("--label-doubts", labelDoubts),
        tubeGivenPneumothorax == null
            ? null
            : share("--tube-given-pneumothorax", tubeGivenPneumothorax),
        confounding());
  }

  private static double share(String option, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(option + ": " + value + " (expected: 0..1)");
    }
    return value;
  }

  private @Nullable View view() {
    if (view == null) {
      return null;
    }
    View named = View.ofName(view);
    if (!named.isFrontal()) {
      throw new IllegalArgumentException("--view: '" + view + "' (expected: PA or AP)");
    }
    return named;
  }

  private @Nullable Confounding confounding() {
    if (confound == null) {
      return null;
    }
    String[] parts = confound.split(":", -1);
    try {
      if (parts.length == 3) {
        return new Confounding(
            Finding.ofWireName(parts[0]),
            Channel.valueOf(parts[1].toUpperCase(Locale.ROOT)),
            Double.parseDouble(parts[2]));
      }
    } catch (IllegalArgumentException e) { // also what is no number and no channel
      throw new IllegalArgumentException(wrong(confound) + "; " + e.getMessage(), e);
    }
    throw new IllegalArgumentException(wrong(confound));
  }

  private static String wrong(String confound) {
    return "--confound: '"
        + confound
        + "' (expected: FINDING:marker:STRENGTH or FINDING:film:STRENGTH, strength 0..1)";
  }
}
