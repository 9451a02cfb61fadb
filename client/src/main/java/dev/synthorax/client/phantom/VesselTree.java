package dev.synthorax.client.phantom;

import org.jspecify.annotations.Nullable;

/**
 * Pulmonary vessels and bronchi of one lung: trees that fork from the hilum and taper to the
 * periphery.
 *
 * <p>Upright, vessels of the lower zones are 1.5 to 2 times as wide as those of the upper; edema
 * and lying down even that out. None reaches the outer centimetre.
 */
final class VesselTree {
  private static final double THINNEST = 0.038;

  private final Habitus habitus;
  private final ThoracicCavity cavity;
  private final Side side;
  private final int sign;
  private final Draw draw;
  private final @Nullable PleuralAir air;
  private final double calibre;
  private final boolean cephalised;
  private final TubeCanvas vessels;
  private final TubeCanvas bronchi;

  VesselTree(Thorax thorax, Side side, TubeCanvas vessels, TubeCanvas bronchi) {
    this.side = side;
    habitus = thorax.habitus;
    cavity = thorax.cavity;
    air = thorax.air;
    this.vessels = vessels;
    this.bronchi = bronchi;
    sign = side == Side.RIGHT ? -1 : 1;
    draw =
        thorax.examination.ofPatient(
            side == Side.RIGHT ? Draw.Purpose.RIGHT_VESSELS : Draw.Purpose.LEFT_VESSELS);
    cephalised = thorax.examination.pathology().find(Lesion.Edema.class) != null;
    calibre = 1.14 * draw.normal(1, 0.07) * (cephalised ? 1.18 : 1) * habitus.halfWidth / 13.9;
  }

  /** Draws hilum, arteries, veins and bronchi. */
  void draw() {
    double hilumY = habitus.carinaY + (side == Side.RIGHT ? 2.3 : 1.1);
    double out = 3.25 * habitus.halfWidth / 13.9;
    double x = habitus.midlineX(hilumY) + sign * out;
    hilum(x, hilumY);
    double upper = cephalised ? 0.3 : habitus.geometry.portable() ? 0.25 : 0.195;
    double lower = cephalised ? 0.245 : 0.295;
    int roots = 15;
    for (int i = 0; i < roots; i++) {
      double t = (i + 0.5) / roots;
      // fan from straight up over lateral to straight down, denser below
      double angle = -1.35 + 2.95 * t + draw.normal(0, 0.07);
      double dx = Ribs.sine(1.5707963 - Math.abs(angle));
      double dy = angle < 0 ? -Ribs.sine(-angle) : Ribs.sine(angle);
      double drop = Calc.smoothStep(0.3, 0.95, t) * 3.2;
      double radius =
          Calc.mix(upper, lower, Calc.smoothStep(0.25, 0.75, t)) * calibre * draw.range(0.75, 1.12);
      boolean vein = i % 3 == 1;
      double startX = x + sign * (0.5 + 0.5 * dx);
      double startY = hilumY + drop + (vein ? 1.2 : 0) + 0.5 * dy;
      double dz = draw.range(-0.75, 0.75);
      double scale = 1 / Math.sqrt(1 + dz * dz);
      Point start = new Point(startX, startY, dz);
      Point direction = new Point(sign * dx * scale, dy * scale, dz * scale);
      grow(new Sprout(start, direction, radius, 0, !vein));
    }
  }

  private void hilum(double x, double y) {
    double inner = habitus.midlineX(y);
    double[][] trunk =
        side == Side.RIGHT
            ? new double[][] {
              {inner - 0.5, y - 0.7, 0.75}, {x + 0.6, y - 0.5, 0.82}, {x - 0.75, y + 0.9, 0.78},
              {x - 1.35, y + 2.6, 0.66}, {x - 1.55, y + 4.6, 0.45}, {x - 1.5, y + 6.2, 0.34}
            }
            : new double[][] {
              {inner + 1.2, y + 0.3, 0.8}, {x - 0.2, y - 0.5, 0.9}, {x + 0.75, y + 0.4, 0.86},
              {x + 1.25, y + 2.2, 0.68}, {x + 1.5, y + 4.4, 0.47}, {x + 1.5, y + 6.2, 0.34}
            };
    double[][] vein = {
      {inner + sign * 1.2, y + 3.6, 0.62}, {x, y + 2.6, 0.5}, {x + sign * 1.6, y + 2.0, 0.34}
    };
    double[][] upperVein = {
      {x - sign * 0.3, y + 1.2, 0.5},
      {x + sign * 0.6, y - 0.9, 0.42},
      {x + sign * 1.3, y - 2.6, 0.3}
    };
    addHilar(trunk, 1);
    addHilar(vein, 0.6);
    addHilar(upperVein, 0.6);
  }

  private void addHilar(double[][] controls, double density) {
    for (double[] c : controls) {
      c[2] *= calibre * 1.08;
    }
    Tube tube = Tube.through(controls, 5);
    for (int i = 0; i < tube.count; i++) {
      move(tube, i);
    }
    vessels.addSolid(tube, density, 1);
  }

  /**
   * Where a branch starts.
   *
   * @param radius at its start, in centimetres
   * @param level forks between it and the hilum
   * @param airway whether a bronchus runs beside it (arteries) or not (veins)
   */
  private record Sprout(Point at, Point direction, double radius, int level, boolean airway) {}

  /** A point or a direction in space. */
  private record Point(double x, double y, double z) {
    Point unit() {
      double norm = 1 / Math.sqrt(x * x + y * y + z * z);
      return new Point(x * norm, y * norm, z * norm);
    }
  }

  private void grow(Sprout sprout) {
    double radius = sprout.radius();
    double length = (5.6 * radius + 0.75) * draw.range(0.75, 1.25);
    length *= 1 + 0.4 * Math.max(0, sprout.direction().y()); // the bases are further away
    int steps = radius > 0.09 ? 4 : 3;
    Tube tube = new Tube(steps + 1);
    Point at = sprout.at();
    Point along = sprout.direction();
    double end = radius * 0.84;
    boolean inside = true;
    for (int i = 0; i <= steps; i++) {
      double t = (double) i / steps;
      tube.add(at.x(), at.y(), at.z(), Calc.mix(radius, end, t), edgeFade(at));
      at =
          new Point(
              at.x() + along.x() * length / steps,
              at.y() + along.y() * length / steps,
              at.z() + along.z() * length / steps);
      along =
          new Point(
                  along.x() + draw.range(-0.13, 0.13),
                  along.y() + (draw.range(-0.13, 0.13) + 0.012),
                  along.z() + draw.range(-0.13, 0.13))
              .unit();
      if (!inside(at)) {
        inside = false;
        break;
      }
    }
    if (tube.count > 1) {
      if (sprout.level() > 0) {
        tube.weights[0] *= 0.4; // it begins inside its mother and must not count twice there
      }
      for (int i = 0; i < tube.count; i++) {
        move(tube, i);
      }
      vessels.addSolid(tube, 1, 1);
      if (sprout.airway() && sprout.level() < 5 && radius > 0.1) {
        airway(tube);
      }
    }
    if (inside && end >= THINNEST && sprout.level() <= 9) {
      fork(sprout, at, along, end);
    }
  }

  /** Two daughters in a random plane. */
  private void fork(Sprout mother, Point at, Point along, double radius) {
    double spread = draw.range(0.35, 0.62);
    double share = draw.range(0.68, 0.82);
    double ax = draw.range(-1, 1);
    double ay = draw.range(-1, 1);
    double az = draw.range(-1, 1);
    double forward = ax * along.x() + ay * along.y() + az * along.z();
    ax -= forward * along.x();
    ay -= forward * along.y();
    az -= forward * along.z();
    double norm = spread / Math.sqrt(ax * ax + ay * ay + az * az + 1e-9);
    daughter(
        mother,
        at,
        new Point(
            along.x() + 0.6 * norm * ax, along.y() + 0.6 * norm * ay, along.z() + 0.6 * norm * az),
        radius * (share + 0.14));
    daughter(
        mother,
        at,
        new Point(along.x() - norm * ax, along.y() - norm * ay, along.z() - norm * az),
        radius * (1.42 - share));
  }

  private void daughter(Sprout mother, Point at, Point direction, double radius) {
    if (radius >= THINNEST) {
      double calmed = Math.min(radius, 0.93 * radius + 0.01);
      grow(new Sprout(at, direction.unit(), calmed, mother.level() + 1, mother.airway()));
    }
  }

  private void airway(Tube artery) {
    Tube tube = new Tube(artery.count);
    for (int i = 0; i < artery.count; i++) {
      double radius = Math.max(0.11, artery.radii[i] * 0.95);
      tube.add(artery.xs[i] - sign * 0.1, artery.ys[i] + 0.38, artery.zs[i], radius, 1);
    }
    bronchi.addSolid(tube, 1, 1);
  }

  private boolean inside(Point at) {
    double ax = sign * at.x();
    double y = at.y();
    if (ax < 1.5 || y < habitus.apexY + 0.9) {
      return false;
    }
    double free = cavity.halfWidth(y) - ax;
    if (free < 1.0 || y > habitus.domeY(side) + 4.5) {
      return false;
    }
    return 2 * Math.abs(at.z()) < cavity.chord(ax, y) - 1.0;
  }

  private double edgeFade(Point at) {
    double ax = sign * at.x();
    double free = cavity.halfWidth(at.y()) - ax;
    double deep = 0.5 * cavity.chord(ax, at.y()) - Math.abs(at.z());
    return Calc.smoothStep(0.7, 2.6, free) * Calc.smoothStep(0, 1, deep);
  }

  private void move(Tube tube, int i) {
    if (air != null && air.side() == side) {
      double k = air.shrink(tube.xs[i], tube.ys[i]);
      tube.xs[i] = air.hilumX() + (tube.xs[i] - air.hilumX()) * k;
      tube.ys[i] = air.hilumY() + (tube.ys[i] - air.hilumY()) * k;
    }
    double m = habitus.geometry.magnification(tube.zs[i]);
    tube.xs[i] *= m;
    tube.ys[i] *= m;
  }
}
