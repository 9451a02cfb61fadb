package dev.synthorax.client.phantom;

/**
 * Everything of a patient that is drawn as tubes, projected to one pixel grid: path lengths or
 * optical depths.
 */
final class Shadows {
  private static final long LINES = 7; // a stream of its own for the linear opacities

  /** Optical depth of bone beyond that of soft tissue. */
  final float[] bones;

  /** Centimetres of vessel. */
  final float[] vessels;

  /** Centimetres of air in trachea and main bronchi. */
  final float[] airways;

  /** Centimetres of air in the bronchi of the lungs, which show only in opaque lung. */
  final float[] bronchi;

  /** Optical depth of plates, septa and the visceral pleura beyond that of lung. */
  final float[] lines;

  final Spine spine;

  Shadows(Thorax thorax, Frame frame) {
    Habitus habitus = thorax.habitus;
    Draw skeleton = Draw.of(thorax.seed, Draw.Purpose.SKELETON);
    spine = new Spine(habitus, skeleton);
    TubeCanvas boneCanvas = new TubeCanvas(frame);
    new Skeleton(habitus, thorax.cavity, skeleton).draw(boneCanvas);
    bones = boneCanvas.values;
    TubeCanvas airwayCanvas = new TubeCanvas(frame);
    Airways.draw(habitus, airwayCanvas, skeleton);
    airways = airwayCanvas.values;
    TubeCanvas vesselCanvas = new TubeCanvas(frame);
    TubeCanvas bronchusCanvas = new TubeCanvas(frame);
    for (Side side : Side.EACH) {
      new VesselTree(thorax, side, vesselCanvas, bronchusCanvas).draw();
    }
    vessels = vesselCanvas.values;
    bronchi = bronchusCanvas.values;
    TubeCanvas lineCanvas = new TubeCanvas(frame);
    LinearOpacity.draw(thorax, lineCanvas, Draw.of(thorax.seed + LINES, Draw.Purpose.LESION));
    if (thorax.air != null) {
      thorax.air.drawLine(lineCanvas, habitus, thorax.cavity);
    }
    lines = lineCanvas.values;
  }
}
