package dev.synthorax.client.phantom;

/**
 * A chest tube as it was placed.
 *
 * @param forAir whether it points to the apex, for air, or to the base, for fluid
 * @param french outer circumference as sold, 20 to 36; the diameter is a third of it in millimetres
 */
record Drain(Side side, boolean forAir, int french) {
  /** Outer radius in centimetres. */
  double radius() {
    return french / 60.0;
  }
}
