package dev.synthorax.client.phantom;

import dev.synthorax.client.phantom.Lesion.Atelectasis;
import dev.synthorax.client.phantom.Lesion.Effusion;
import dev.synthorax.client.phantom.Lesion.Pneumothorax;
import org.jspecify.annotations.Nullable;

/**
 * The build of one patient: the numbers every organ is placed by.
 *
 * <p>Centimetres. {@code x} grows to the patient's left (image right), {@code y} downwards, {@code
 * z} towards the front (the detector, in a PA film); the origin is in the middle of the chest.
 * Means and spreads: chest width and thickness 31.8 x 21.4 cm in men and 28.0 x 19.4 cm in women,
 * lung height 20 to 27 cm, right dome 1.5 to 2 cm higher.
 */
final class Habitus {
  final boolean male;

  /** Inner half-width of the chest at its widest, and inner half-depth. */
  final double halfWidth;

  final double halfDepth;

  /** Soft tissue outside the ribs: at the sides, and front plus back. */
  final double wallSide;

  final double wallDepth;

  /** Height of one thoracic vertebra with its disc. */
  final double pitch;

  /** Top of the lungs, carina, tops of the domes, deepest point of the costophrenic angles. */
  final double apexY;

  final double carinaY;
  final double domeRightY;
  final double domeLeftY;
  final double baseY;

  /** Sideways displacement of the mediastinum, positive to the patient's left. */
  final double shift;

  /**
   * Turn about the long axis in radians: structures in front move sideways against those behind.
   */
  final double yaw;

  /** Lateral drop of the ribs behind, in centimetres. */
  final double ribDrop;

  /** Breast size 0..1, 0 in men. */
  final double breast;

  /** Gentle side bend of the spine. */
  final double scoliosis;

  Habitus(long seed, Pathology pathology) {
    Draw draw = Draw.of(seed, Draw.Purpose.HABITUS);
    male = draw.chance(0.53);
    double frame = draw.normal(1, 0.045);
    halfWidth = (male ? 13.9 : 12.4) * frame * draw.normal(1, 0.025);
    halfDepth = (male ? 8.6 : 7.7) * frame * draw.normal(1, 0.05);
    double fat = Calc.clamp(draw.normal(0.35, 0.22), 0, 1);
    wallSide = 1.7 + 1.9 * fat + (male ? 0.3 : 0);
    wallDepth = 4.4 + 3.2 * fat + (male ? 0.4 : 0);
    double inspiration = Calc.clamp(draw.normal(1, 0.05), 0.86, 1.1);
    pitch = (male ? 2.2 : 2.02) * frame * draw.normal(1, 0.02);
    double lungHeight = 9.35 * pitch * inspiration;
    apexY = -0.5 * (lungHeight + 4.2) + draw.normal(0, 0.3);
    carinaY = apexY + 3.75 * pitch;
    double difference = Calc.clamp(draw.normal(1.6, 0.4), 0.5, 2.6);
    yaw = draw.normal(0, 0.022);
    ribDrop = draw.normal(4.3, 0.55) * frame * (1.12 - 0.12 * inspiration);
    breast = male ? 0 : Calc.clamp(draw.normal(0.5, 0.25), 0.12, 1);
    scoliosis = draw.normal(0, 0.35);
    double sway = draw.unit();

    double rightDome = apexY + lungHeight;
    double leftDome = rightDome + difference;
    double moved = 0;
    Atelectasis atelectasis = pathology.find(Atelectasis.class);
    if (atelectasis != null) {
      double raise =
          switch (atelectasis.severity()) {
            case SMALL -> 0.3 + 0.4 * sway;
            case MODERATE -> 1.0 + 0.7 * sway;
            case LARGE -> 2.2 + 1.2 * sway;
          };
      rightDome -= atelectasis.side().includes(Side.RIGHT) ? raise : 0;
      leftDome -= atelectasis.side().includes(Side.LEFT) ? raise : 0;
      if (atelectasis.severity() == Severity.LARGE) {
        moved += (atelectasis.side() == Side.RIGHT ? -1 : 1) * (1.1 + 0.8 * sway);
      }
    }
    moved += push(pathology.find(Effusion.class), sway);
    Pneumothorax air = pathology.find(Pneumothorax.class);
    if (air != null && air.severity() == Severity.LARGE) {
      moved += (air.side() == Side.RIGHT ? 1 : -1) * (0.5 + 1.4 * sway);
      rightDome += air.side() == Side.RIGHT ? 0.6 + 0.6 * sway : 0;
      leftDome += air.side() == Side.LEFT ? 0.6 + 0.6 * sway : 0;
    }
    domeRightY = rightDome;
    domeLeftY = leftDome;
    baseY = apexY + lungHeight + 4.6;
    shift = moved;
  }

  private static double push(@Nullable Effusion effusion, double sway) {
    if (effusion == null
        || effusion.severity() != Severity.LARGE
        || effusion.side() == Side.BILATERAL) {
      return 0;
    }
    return (effusion.side() == Side.RIGHT ? 1 : -1) * (0.9 + 1.2 * sway);
  }

  double domeY(Side side) {
    return side == Side.LEFT ? domeLeftY : domeRightY;
  }

  /** Sideways place of the spine at height {@code y}. */
  double spineX(double y) {
    double t = (y - apexY) / 26;
    return scoliosis * 4 * t * (1 - t) * 0.6 - yaw * 3;
  }

  /**
   * Sideways place of the mediastinum at height {@code y}: the shift grows from the neck down to
   * the heart.
   */
  double midlineX(double y) {
    return spineX(y) * 0.5 + shift * Calc.smoothStep(apexY - 2, carinaY + 3, y) + yaw * 2;
  }

  /**
   * Magnification of a point at depth {@code z}, 1 in the middle: source at 180 cm, detector at the
   * chest.
   */
  static double magnification(double z) {
    return 168 / (168 + z);
  }
}
