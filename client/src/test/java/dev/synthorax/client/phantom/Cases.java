package dev.synthorax.client.phantom;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.View;
import java.util.Set;

/** Phantoms with one finding in one view. */
final class Cases {
  static final PhantomKnobs PA = PhantomKnobs.DEFAULT.withView(View.PA);
  static final PhantomKnobs AP = PhantomKnobs.DEFAULT.withView(View.AP);

  private Cases() {}

  static PhantomSpec spec(long seed, int size, Finding finding, PhantomKnobs knobs) {
    return new PhantomSpec(seed, size, Set.of(finding), knobs);
  }

  /** A film in PA, erect. */
  static Sample sample(long seed, int size, Finding finding) {
    return Phantoms.sample(spec(seed, size, finding, PA));
  }

  /** The patient of a film in PA, erect. */
  static Thorax thorax(long seed, Finding finding) {
    return new Thorax(Examination.of(spec(seed, 64, finding, PA)));
  }
}
