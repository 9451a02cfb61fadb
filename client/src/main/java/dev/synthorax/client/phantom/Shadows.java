package dev.synthorax.client.phantom;

/**
 * Everything of a patient that is drawn as tubes, projected to one pixel grid: path lengths or
 * optical depths.
 */
final class Shadows {
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

  /** Optical depth of a chest tube. */
  final float[] tube;

  /** Masks, 1 inside: the tube within the body, the broken places of ribs. */
  final byte[] tubeMask;

  final byte[] fractureMask;

  final Spine spine;

  Shadows(Thorax thorax, Frame frame) {
    Habitus habitus = thorax.habitus;
    Draw skeleton = thorax.examination.ofPatient(Draw.Purpose.SKELETON);
    spine = new Spine(habitus, skeleton);
    TubeCanvas boneCanvas = new TubeCanvas(frame);
    new Skeleton(thorax, skeleton).draw(boneCanvas);
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
    LinearOpacity.draw(thorax, lineCanvas, thorax.examination.ofDay(Draw.Purpose.LINES));
    if (thorax.air != null) {
      thorax.air.drawLine(lineCanvas, habitus, thorax.cavity);
    }
    lines = lineCanvas.values;
    TubeCanvas tubeCanvas = new TubeCanvas(frame);
    TubeCanvas tubeRegion = new TubeCanvas(frame);
    TubeCanvas fractureRegion = new TubeCanvas(frame);
    if (thorax.tube != null) {
      thorax.tube.draw(tubeCanvas);
      thorax.tube.drawRegion(tubeRegion);
    }
    thorax.ribs.drawRegions(fractureRegion, thorax.breaks);
    tube = tubeCanvas.values;
    tubeMask = inside(tubeRegion);
    fractureMask = inside(fractureRegion);
  }

  private static byte[] inside(TubeCanvas canvas) {
    byte[] mask = new byte[canvas.values.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (byte) (canvas.values[i] > 0 ? 1 : 0);
    }
    return mask;
  }
}
