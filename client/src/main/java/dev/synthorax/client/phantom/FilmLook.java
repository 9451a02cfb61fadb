package dev.synthorax.client.phantom;

/**
 * How the films of a site look: a vendor's processing and the habits of the room. Ranges are drawn
 * from anew for each film.
 *
 * @param contrast slope of the curve, about 1
 * @param brightness grey of the middle relative to 0.53
 * @param equalise how much of the slow differences is taken out, 0..1
 * @param sharpen weight of the detail enhancement
 * @param photons in the open beam, per pixel of 0.2 mm
 * @param grid share of the scatter that reaches the detector: 0.1 to 0.2 behind a grid, 1 without
 * @param markerShare share of films with a burnt-in side marker
 * @param shutterShare share of films with collimation borders in the picture
 */
record FilmLook(
    Range contrast,
    Range brightness,
    Range equalise,
    Range sharpen,
    Range photons,
    Range grid,
    double markerShare,
    double shutterShare) {

  /** From where to where a quantity is drawn, evenly. */
  record Range(double low, double high) {
    double draw(Draw draw) {
      return draw.range(low, high);
    }
  }

  /** Even, soft, little done to it. */
  static final FilmLook A =
      new FilmLook(
          new Range(0.92, 1.08),
          new Range(-0.04, 0.04),
          new Range(0.15, 0.3),
          new Range(0.5, 0.9),
          new Range(2.5e3, 1.2e4),
          new Range(0.08, 0.16),
          0.25,
          0.04);

  /** Storage phosphor plates: grey, noisy, flat; markers everywhere. */
  static final FilmLook B =
      new FilmLook(
          new Range(0.8, 0.98),
          new Range(-0.02, 0.09),
          new Range(0.3, 0.5),
          new Range(0.6, 1.2),
          new Range(1.2e3, 6e3),
          new Range(0.12, 0.4),
          0.8,
          0.3);

  /** Flat panel with strong detail enhancement. */
  static final FilmLook C =
      new FilmLook(
          new Range(1.0, 1.18),
          new Range(-0.05, 0.03),
          new Range(0.3, 0.45),
          new Range(1.0, 1.7),
          new Range(5e3, 1.6e4),
          new Range(0.08, 0.16),
          0.85,
          0.15);

  /** Dark and hard. */
  static final FilmLook D =
      new FilmLook(
          new Range(1.05, 1.25),
          new Range(-0.1, -0.01),
          new Range(0.1, 0.25),
          new Range(0.4, 0.9),
          new Range(2e3, 9e3),
          new Range(0.12, 0.3),
          0.7,
          0.25);

  /** Mixed rooms of one large hospital. */
  static final FilmLook E =
      new FilmLook(
          new Range(0.85, 1.15),
          new Range(-0.06, 0.08),
          new Range(0.15, 0.45),
          new Range(0.4, 1.3),
          new Range(1.5e3, 1e4),
          new Range(0.1, 0.35),
          0.75,
          0.3);
}
