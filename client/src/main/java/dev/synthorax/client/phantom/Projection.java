package dev.synthorax.client.phantom;

import java.util.ArrayList;
import java.util.List;

/**
 * Sums attenuation along the beam through every pixel, and outlines the structures.
 *
 * <p>The source is a point: every structure is magnified about the beam's centre by its own depth,
 * see {@link Geometry}.
 */
final class Projection {
  private static final double MEETING = 3.4; // within this of the midline the two sides blend
  private static final double VESSEL_SHEATH =
      1.42; // connective tissue around a vessel adds to its shadow

  /** Optical depth of each pixel, row by row. */
  final float[] depth;

  /** Masks, 1 inside: lung fields, cardiac silhouette, pleural air, chest tube, broken ribs. */
  final byte[] rightLung;

  final byte[] leftLung;
  final byte[] heart;
  final byte[] pneumothorax;
  final byte[] tube;
  final byte[] fracture;

  /** For each opacity that has a box: what it adds to the optical depth, up to a factor. */
  final List<float[]> boxed = new ArrayList<>();

  private final Thorax thorax;
  private final Frame frame;
  private final Shadows shadows;

  Projection(Thorax thorax, int size) {
    this.thorax = thorax;
    frame = new Frame(thorax.examination, thorax.habitus, size);
    shadows = new Shadows(thorax, frame);
    depth = new float[size * size];
    rightLung = new byte[size * size];
    leftLung = new byte[size * size];
    heart = new byte[size * size];
    pneumothorax = new byte[size * size];
    tube = shadows.tubeMask;
    fracture = shadows.fractureMask;
    for (int i = 0; i < thorax.boxed.size(); i++) {
      boxed.add(new float[size * size]);
    }
    for (int row = 0; row < size; row++) {
      for (int column = 0; column < size; column++) {
        double x = frame.x(column + 0.5, row + 0.5);
        double y = frame.y(column + 0.5, row + 0.5);
        depth[row * size + column] = (float) trace(row * size + column, x, y);
      }
    }
  }

  double pixelsPerCm() {
    return frame.scale;
  }

  /** Chords of the chest along one beam, in centimetres. */
  private record Beam(
      Side side,
      double ax,
      double x,
      double y,
      double body,
      double pleural,
      double clear,
      double lung) {}

  private double trace(int pixel, double x, double y) {
    ThoracicCavity cavity = thorax.cavity;
    double fromSpine =
        x - 0.5 * thorax.habitus.spineX(y); // the chest wall stays when the mediastinum moves
    Side side = fromSpine < 0 ? Side.RIGHT : Side.LEFT;
    double ax = Math.abs(fromSpine);
    double pleural = cavity.chord(ax, y);
    double heartField = thorax.heart.field(x, y);
    double clear = 1;
    double lung = 0;
    if (pleural > 0) {
      clear = 1 - thorax.mediastinum.share(x, y);
      clear *= 1 - Math.min(1, thorax.heart.chord(heartField, y) / pleural);
      double abdomen = cavity.abdomenChord(side, ax, y);
      if (ax < MEETING) { // the two domes meet in the middle
        abdomen = Calc.mix(abdomen, cavity.abdomenChord(side.other(), -ax, y), beyond(ax));
      }
      lung = Math.max(0, pleural - abdomen) * clear;
    }
    boolean shown =
        pleural > 0
            && ax > cavity.innerEdge(y - thorax.habitus.apexY)
            && !cavity.belowDome(side, ax, y)
            && heartField <= 0
            && !thorax.mediastinum.covers(x, y);
    heart[pixel] = (byte) (heartField > 0 ? 1 : 0);
    (side == Side.RIGHT ? rightLung : leftLung)[pixel] = (byte) (shown ? 1 : 0);
    double body = Math.max(thorax.body.chord(x, y), pleural > 0 ? pleural + 2.5 : 0);
    return sum(pixel, new Beam(side, ax, x, y, body, pleural, clear, lung));
  }

  private double sum(int pixel, Beam beam) {
    double ax = beam.ax();
    double x = beam.x();
    double y = beam.y();
    double aerated = beam.lung();
    double density = Attenuation.LUNG;
    double free = 0; // pleural air
    PleuralAir air = thorax.air;
    if (air != null && air.side() == beam.side() && beam.lung() > 0) {
      double k = air.shrink(x, y);
      double inside = stillLung(air, beam, k);
      byte shown = (byte) (rightLung[pixel] | leftLung[pixel]);
      pneumothorax[pixel] = (byte) (shown != 0 && inside == 0 ? 1 : 0);
      // the other lung reaches over the midline, before and behind the mediastinum
      double own = Calc.smoothStep(0.2, MEETING, ax);
      inside = Calc.mix(1, inside, own);
      k = Calc.mix(1, k, own);
      free = beam.lung() * (1 - inside);
      aerated = beam.lung() * inside;
      density /= Math.max(0.45, k * Math.sqrt(k));
    }
    double opaque = 0;
    if (aerated + free > 0) {
      double fluid = thorax.fluidShare(beam.side(), ax, y);
      opaque = thorax.opaqueShare(beam.side(), ax, x, y);
      if (ax < MEETING) {
        Side other = beam.side().other();
        fluid = Calc.mix(fluid, thorax.fluidShare(other, 0, y), beyond(ax));
        opaque = Calc.mix(opaque, thorax.opaqueShare(other, -ax, x, y), beyond(ax));
      }
      if (fluid > 0) {
        aerated *= 1 - fluid;
        free *= 1 - fluid;
        pneumothorax[pixel] &= (byte) (fluid < 0.5 ? 1 : 0);
      }
      for (int i = 0; i < boxed.size(); i++) {
        double share = thorax.boxed.get(i).share(beam.side(), ax, x, y);
        boxed.get(i)[pixel] = (float) (aerated * share);
      }
    }
    return lungAndWall(pixel, beam, density, aerated, free, opaque);
  }

  private double lungAndWall(
      int pixel, Beam beam, double density, double aerated, double free, double opaque) {
    double x = beam.x();
    double y = beam.y();
    double lungShare = beam.pleural() > 0 ? aerated / beam.pleural() : 0;
    double soft = Math.max(0, beam.body() - aerated - free);
    double texture = aerated > 0 ? 1 + 0.16 * thorax.noise.fractal(x, y, 1.7, 4) : 1;
    double belowCarina = y - thorax.habitus.carinaY;
    double gradient = 1 + 0.012 * belowCarina; // upright, the bases hold more blood
    double total = Attenuation.WALL * soft + density * texture * gradient * aerated * (1 - opaque);
    total += Attenuation.SOFT * aerated * opaque;
    double through = Calc.clamp(1.35 * lungShare, 0, 1);
    total +=
        VESSEL_SHEATH
            * (Attenuation.BLOOD - density)
            * shadows.vessels[pixel]
            * through
            * (1 - 0.93 * opaque);
    total +=
        shadows.lines[pixel]
            * Calc.clamp(1.6 * (aerated + free) / Math.max(beam.pleural(), 1), 0, 1);
    total -= 0.18 * shadows.bronchi[pixel] * through * opaque;
    double airway = Math.min(shadows.airways[pixel], soft);
    double airwayContrast = Calc.mix(0.62, 0.8, Calc.smoothStep(-2, 1, belowCarina));
    total -= airwayContrast * Attenuation.SOFT * airway * Calc.clamp(1.15 - lungShare, 0, 1);
    total -= Attenuation.SOFT * Math.min(thorax.abdomen.gas(x, y), soft);
    total += shadows.tube[pixel];
    if (beam.body() > 0) {
      total += shadows.bones[pixel] + shadows.spine.depth(x, y) * Math.min(1, beam.body() / 6);
    }
    return Math.max(0, total);
  }

  /**
   * Weight of the other side's values near the midline: a half on it, none from {@link #MEETING}
   * on.
   */
  private static double beyond(double ax) {
    return 0.5 * (1 - Calc.smoothStep(0, MEETING, ax));
  }

  /**
   * Share of the lung's room along the beam that the collapsed lung still fills, 0 beyond its edge.
   */
  private double stillLung(PleuralAir air, Beam beam, double k) {
    if (k > 0.9999) {
      return 1;
    }
    double fullX = air.beforeX(beam.x(), k);
    double fullY = air.beforeY(beam.y(), k);
    double ax = beam.side() == Side.RIGHT ? -fullX : fullX;
    ThoracicCavity cavity = thorax.cavity;
    double chord = cavity.chord(Math.abs(ax), fullY);
    if (chord <= 0) {
      return 0;
    }
    double kept = (chord - cavity.abdomenChord(beam.side(), ax, fullY)) * Math.sqrt(k);
    double room = beam.lung() / Math.max(beam.clear(), 1e-6);
    return Calc.clamp(kept / Math.max(room, 1e-6), 0, 1);
  }
}
