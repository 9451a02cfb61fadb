package dev.synthorax.client.transform;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A plane map about a centre: mirror, then scale, shear, rotate, then shift.
 *
 * @param flip mirrors left and right
 * @param rotateDegrees clockwise on the picture
 * @param scale of both sides alike, above 0
 * @param shiftX to the right, in widths of the image
 * @param shiftY down, in heights of the image
 * @param shearDegrees lean of vertical lines: a point one pixel further down moves {@code
 *     tan(shear)} to the right
 */
public record Affine(
    boolean flip,
    double rotateDegrees,
    double scale,
    double shiftX,
    double shiftY,
    double shearDegrees) {
  /** Changes nothing. */
  public static final Affine IDENTITY = new Affine(false, 0, 1, 0, 0, 0);

  /** Checks that the map can be undone. */
  public Affine {
    if (!(scale > 0) || !Double.isFinite(scale + rotateDegrees + shiftX + shiftY)) {
      throw new IllegalArgumentException("scale: " + scale + " (expected: finite and above 0)");
    }
    if (!(Math.abs(shearDegrees) < 90)) {
      throw new IllegalArgumentException(
          "shear-degrees: " + shearDegrees + " (expected: between -90 and 90)");
    }
  }

  /**
   * Draws a map; five numbers, always in this order: rotation, scale, shift x, shift y, shear.
   *
   * @param flip whether it mirrors
   */
  static Affine draw(AffineRanges ranges, boolean flip, SeedStream seeds) {
    double rotate = seeds.in(ranges.rotateDegrees());
    double scale = seeds.in(ranges.scale());
    double shiftX = seeds.in(ranges.shiftX());
    double shiftY = seeds.in(ranges.shiftY());
    double shear = seeds.in(ranges.shearDegrees());
    return new Affine(flip, rotate, scale, shiftX, shiftY, shear);
  }

  /** Returns the map as numbers that {@link #ofParameters} reads. */
  Map<String, Object> parameters() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("flip", flip);
    parameters.put("rotateDegrees", rotateDegrees);
    parameters.put("scale", scale);
    parameters.put("shiftX", shiftX);
    parameters.put("shiftY", shiftY);
    parameters.put("shearDegrees", shearDegrees);
    return parameters;
  }

  static Affine ofParameters(Map<?, ?> parameters) {
    return new Affine(
        Boolean.TRUE.equals(parameters.get("flip")),
        Parameters.number(parameters, "rotateDegrees"),
        Parameters.number(parameters, "scale"),
        Parameters.number(parameters, "shiftX"),
        Parameters.number(parameters, "shiftY"),
        Parameters.number(parameters, "shearDegrees"));
  }

  /** Returns the map in pixels of an image, about a point of it. */
  Matrix about(double centreX, double centreY, int width, int height) {
    double radians = StrictMath.toRadians(rotateDegrees);
    double cos = StrictMath.cos(radians) * scale;
    double sin = StrictMath.sin(radians) * scale;
    double tan = StrictMath.tan(StrictMath.toRadians(shearDegrees));
    double sign = flip ? -1 : 1;
    return new Matrix(
        cos * sign,
        cos * tan - sin,
        sin * sign,
        sin * tan + cos,
        centreX,
        centreY,
        shiftX * width,
        shiftY * height);
  }

  /** {@code p -> centre + shift + [xx xy; yx yy] (p - centre)}; y points down. */
  record Matrix(
      double xx,
      double xy,
      double yx,
      double yy,
      double centreX,
      double centreY,
      double shiftX,
      double shiftY) {
    /** Returns where {@code (x, y)} goes. */
    double[] forward(double x, double y) {
      double dx = x - centreX;
      double dy = y - centreY;
      return new double[] {
        centreX + shiftX + xx * dx + xy * dy, centreY + shiftY + yx * dx + yy * dy
      };
    }

    /** Returns the map that undoes this one, as {@code [xx, xy, x0, yx, yy, y0]}. */
    double[] inverse() {
      double determinant = xx * yy - xy * yx;
      double ixx = yy / determinant;
      double ixy = -xy / determinant;
      double iyx = -yx / determinant;
      double iyy = xx / determinant;
      double fromX = centreX + shiftX;
      double fromY = centreY + shiftY;
      return new double[] {
        ixx, ixy, centreX - ixx * fromX - ixy * fromY,
        iyx, iyy, centreY - iyx * fromX - iyy * fromY
      };
    }
  }
}
