package dev.synthorax.server.pipeline;

import dev.synthorax.diffusion.ImageRoute;
import dev.synthorax.diffusion.NoiseLevel;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.KnownPart;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Consumer;

/**
 * What of one image is known and stays, where it is denoised: the known image's latents, the noise
 * that the image starts from, and which latents are drawn anew.
 *
 * <p><b>Ownership:</b> a piece of a slab, given back by {@link #close}. <b>Threading:</b> the step
 * loop's; {@link #close} on any, once.
 */
final class KnownRegion {
  /** A piece of the slab is so many times one image's latents. */
  static final int PARTS = 3;

  private final Slab slab;
  private final DeviceBuffer piece;
  private final long latentBytes;
  private final ImageRoute route;

  private KnownRegion(Slab slab, DeviceBuffer piece, ImageRoute route) {
    this.slab = slab;
    this.piece = piece;
    this.latentBytes = piece.byteSize() / PARTS;
    this.route = route;
  }

  /** Takes a piece, and enqueues that it is filled. */
  static KnownRegion of(
      Slab slab,
      DeviceLane lane,
      ImageRoute route,
      float[] known,
      Consumer<MemorySegment> noise,
      float[] redrawn) {
    var region = new KnownRegion(slab, slab.take(), route);
    boolean enqueued = false;
    try {
      lane.write(region.part(0), memory -> copy(known, memory));
      lane.write(region.part(1), noise);
      lane.write(region.part(2), memory -> copy(redrawn, memory));
      enqueued = true;
      return region;
    } finally {
      if (!enqueued) {
        region.close();
      }
    }
  }

  private static void copy(float[] values, MemorySegment to) {
    MemorySegment.copy(values, 0, to, ValueLayout.JAVA_FLOAT, 0, values.length);
  }

  private DeviceBuffer part(int number) {
    return piece.slice(number * latentBytes, latentBytes);
  }

  /** What is put back after a step. */
  KnownPart after(int number, DeviceBuffer latents) {
    NoiseLevel level = route.after(number);
    return new KnownPart(
        latents, part(0), part(1), part(2), (float) level.image(), (float) level.noise());
  }

  /** Gives its piece back. */
  void close() {
    slab.giveBack(piece);
  }
}
