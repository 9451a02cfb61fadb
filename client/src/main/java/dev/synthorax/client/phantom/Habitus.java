package dev.synthorax.client.phantom;

import dev.synthorax.client.phantom.Lesion.Atelectasis;
import dev.synthorax.client.phantom.Lesion.Effusion;
import dev.synthorax.client.phantom.Lesion.Pneumothorax;
import org.jspecify.annotations.Nullable;

/**
 * The build of one patient and his bearing on the day: the numbers every organ is placed by.
 *
 * <p>Centimetres. {@code x} grows to the patient's left (image right), {@code y} downwards, {@code
 * z} towards the front; the origin is in the middle of the chest, where the beam's centre passes.
 * Means and spreads: chest width and thickness 31.8 x 21.4 cm in men and 28.0 x 19.4 cm in women,
 * lung height 20 to 27 cm, right dome 1.5 to 2 cm higher. With age the spine shortens and bends,
 * the chest deepens, bone thins (faster in women after 50) and the aorta unfolds.
 */
final class Habitus {
  static final double DOME_HEIGHT = 5.2;

  final boolean male;
  final int ageYears;

  /** Inner half-width of the chest at its widest, and inner half-depth. */
  final double halfWidth;

  final double halfDepth;

  /** Soft tissue: 0 thin to 1 obese. */
  final double fat;

  /** Soft tissue outside the ribs: at the sides, and front plus back. */
  final double wallSide;

  final double wallDepth;

  /** Density of bone relative to a man of 30. */
  final double bone;

  /** How far the aorta has unfolded, 0 in the young to about 1. */
  final double unfolding;

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

  private final @Nullable Pneumothorax air;
  private final double sway;

  /** Depth of the breath taken, 1 full. */
  final double inspiration;

  final Geometry geometry;

  Habitus(Examination examination) {
    geometry = examination.geometry();
    SitePrior.Population population = examination.site().prior().population();
    Draw draw = examination.ofPatient(Draw.Purpose.HABITUS);
    male = draw.chance(population.maleShare());
    ageYears =
        (int)
            Calc.clamp(draw.normal(population.meanAge(), population.ageDeviation()) + 0.5, 18, 95);
    double old = Math.max(0, ageYears - 50) * 0.1; // decades past 50
    double frame = draw.normal(1, 0.045);
    halfWidth = (male ? 13.9 : 12.4) * frame * draw.normal(1, 0.025);
    halfDepth = (male ? 8.5 : 7.6) * frame * draw.normal(1, 0.05) * (1 + 0.018 * old);
    double middleAged = Calc.smoothStep(18, 55, ageYears) - 0.5;
    fat = Calc.clamp(draw.normal(population.fat() + 0.1 * middleAged, 0.22), 0, 1);
    wallSide = 1.7 + 1.9 * fat + (male ? 0.3 : -0.2);
    wallDepth = 4.4 + 3.2 * fat + (male ? 0.4 : 0);
    bone = boneDensity(draw.normal(1, 0.1));
    unfolding = Calc.clamp(0.013 * (ageYears - 30) + draw.normal(0, 0.12), 0, 1.1);
    double kyphosis = Calc.clamp(0.5 * (male ? 1 : 1.3) * old + draw.normal(0, 0.4), 0, 3);
    pitch = (male ? 2.2 : 2.02) * frame * draw.normal(1, 0.02) * (1 - 0.014 * kyphosis);
    breast = male ? 0 : Calc.clamp(draw.normal(0.42 + 0.25 * fat, 0.22), 0.12, 1);
    scoliosis = draw.normal(0, 0.35);
    double dropOfRibs = draw.normal(4.3, 0.55) * frame + 0.12 * kyphosis;
    double difference = Calc.clamp(draw.normal(1.6, 0.4), 0.5, 2.6);

    Draw day = examination.ofDay(Draw.Purpose.POSTURE);
    double breath = Calc.clamp(day.normal(1, 0.05), 0.86, 1.1);
    double lying =
        switch (geometry.posture()) {
          case ERECT -> 1;
          case SEMI_ERECT -> 0.92;
          case SUPINE -> 0.87;
        };
    inspiration = breath * lying;
    yaw = day.normal(0, geometry.portable() ? 0.04 : 0.022);
    double tilt = geometry.portable() ? day.normal(0.55, 0.4) : 0; // the beam tips to the feet
    ribDrop = dropOfRibs * (1.12 - 0.12 * breath) - tilt;
    double height = day.normal(0, 0.3);
    sway = day.unit();

    double lungHeight = 9.35 * pitch * inspiration;
    apexY = -0.5 * (lungHeight + 4.2) + height;
    carinaY = apexY + 3.75 * pitch * Calc.mix(1, lying, 0.5);
    double rightDome = apexY + lungHeight;
    double leftDome = rightDome + difference;
    double moved = 0;
    Pathology pathology = examination.pathology();
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
    air = pathology.find(Pneumothorax.class);
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

  /** Falls by a third of a percent a year from 35 on, in women by another half past 50. */
  private double boneDensity(double own) {
    double loss = 0.0035 * Math.max(0, ageYears - 35);
    loss += male ? 0 : 0.04 + 0.005 * Math.max(0, ageYears - 50);
    return Calc.clamp(own * (1.06 - loss), 0.5, 1.35);
  }

  private static double push(@Nullable Effusion effusion, double sway) {
    if (effusion == null
        || effusion.severity() != Severity.LARGE
        || effusion.side() == Side.BILATERAL) {
      return 0;
    }
    return (effusion.side() == Side.RIGHT ? 1 : -1) * (0.9 + 1.2 * sway);
  }

  /**
   * Height of a dome over its costophrenic angle, about 5 cm. Much air presses it flat; lying, air
   * gathers at the base and opens the angle downwards (deep sulcus).
   */
  double domeHeight(Side side) {
    if (air == null || air.side() != side) {
      return DOME_HEIGHT;
    }
    if (geometry.posture() == Geometry.Posture.SUPINE) {
      return DOME_HEIGHT
          + switch (air.severity()) {
            case SMALL -> 0.8 + 0.5 * sway;
            case MODERATE -> 1.4 + 0.6 * sway;
            case LARGE -> 1.9 + 0.7 * sway;
          };
    }
    return air.severity() == Severity.LARGE ? DOME_HEIGHT - 0.9 - 0.9 * sway : DOME_HEIGHT;
  }

  /** How much further apart the ribs of a side stand, a rib, in centimetres: by much air. */
  double ribSpread(int sign) {
    if (air == null || air.severity() != Severity.LARGE) {
      return 0;
    }
    return air.side() == (sign < 0 ? Side.RIGHT : Side.LEFT) ? 0.06 + 0.08 * sway : 0;
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
}
