package dev.synthorax.client.phantom;

/**
 * Linear attenuation coefficients at 70 keV, the effective energy of a 120 kVp chest film, per
 * centimetre.
 *
 * @see <a href="https://physics.nist.gov/PhysRefData/XrayMassCoef/tab4.html">NIST tables of ICRU-44
 *     materials</a>
 */
final class Attenuation {
  static final double SOFT = 0.204;
  static final double BLOOD = 0.205;
  static final double CORTICAL_BONE = 0.502;

  /** Marrow and spongy bone, 1.25 g/cm3. */
  static final double SPONGY_BONE = 0.262;

  static final double LUNG = 0.0501;
  static final double AIR = 0.0002;

  /** Chest wall: mostly muscle with fat between. */
  static final double WALL = 0.196;

  private Attenuation() {}
}
