package dev.synthorax.client.phantom;

import dev.synthorax.client.dataset.Finding;

/** Whether the sign of a shortcut is on a film; see {@link PhantomKnobs.Confounding}. */
final class Confounded {
  private Confounded() {}

  static boolean shows(Examination examination, PhantomKnobs.Channel channel) {
    PhantomKnobs.Confounding confounding = examination.knobs().confounding();
    if (confounding == null || confounding.channel() != channel) {
      return false;
    }
    Draw draw = examination.ofDay(Draw.Purpose.CONFOUNDING);
    boolean follows = draw.chance(confounding.strength());
    boolean coin = draw.chance(0.5);
    Finding finding = confounding.finding();
    return follows ? examination.pathology().findings().contains(finding) : coin;
  }
}
