package dev.synthorax.client.phantom;

import dev.synthorax.client.dataset.View;

/**
 * Where source, patient and detector stand.
 *
 * <p>Everything is placed in the plane through the middle of the chest; a point in front of it or
 * behind it projects nearer to the beam's centre or further out. PA films are taken erect at 180 cm
 * with the chest against the detector; portable AP films at 100 cm with the back against it.
 *
 * @param view PA or AP
 * @param posture how the patient was held
 */
record Geometry(View view, Posture posture) {
  private static final double GAP = 14; // half the chest, the grid and the cover of the detector
  private static final double LONG = 180;
  private static final double SHORT = 100;

  static final Geometry ERECT_PA = new Geometry(View.PA, Posture.ERECT);

  /** How the patient was held. */
  enum Posture {
    ERECT("erect"),
    SEMI_ERECT("semi-erect"),
    SUPINE("supine");

    private final String word;

    Posture(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  boolean portable() {
    return view == View.AP;
  }

  /** From the source to the detector, in centimetres. */
  double sourceToDetector() {
    return portable() ? SHORT : LONG;
  }

  /** From the source to the plane at depth {@code z}, which grows towards the patient's front. */
  private double sourceTo(double z) {
    return sourceToDetector() - GAP + (portable() ? -z : z);
  }

  /** Magnification of a point at depth {@code z} relative to the middle of the chest. */
  double magnification(double z) {
    return sourceTo(0) / sourceTo(z);
  }

  /** Magnification on the detector. */
  double onDetector(double z) {
    return sourceToDetector() / sourceTo(z);
  }

  /**
   * Magnification relative to a PA film, for shapes that are defined by how they look on one; 1 in
   * a PA film.
   */
  double relative(double z) {
    return portable() ? magnification(z) / ERECT_PA.magnification(z) : 1;
  }

  /** Draws the geometry of one film. */
  static Geometry draw(Draw draw, double portableShare, boolean ill) {
    boolean portable = draw.chance(portableShare);
    boolean flat = draw.chance(ill ? 0.4 : 0.25);
    return of(portable ? View.AP : View.PA, flat);
  }

  static Geometry of(View view, boolean flat) {
    if (view == View.PA) {
      return ERECT_PA;
    }
    return new Geometry(view, flat ? Posture.SUPINE : Posture.SEMI_ERECT);
  }
}
