package dev.synthorax.server.pipeline;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.engine.DeviceBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Numbers that several images show, such as a prompt's embedding: on the device once, however many
 * show them at a time. An array is known by its identity.
 *
 * <p><b>Ownership:</b> owns its slab; an upload is its users' until the last one released it.
 *
 * <p><b>Threading:</b> {@link #take} on the lane's thread; {@link #release} on any. A piece is
 * written again in the lane's order alone, after all that was enqueued before.
 */
final class SharedUploads implements AutoCloseable {
  private final Slab slab;
  private final DeviceLane lane;

  @GuardedBy("this")
  private final IdentityHashMap<float[], Upload> uploads = new IdentityHashMap<>();

  /** Nothing yet; adopts the slab. */
  SharedUploads(Slab slab, DeviceLane lane) {
    this.slab = slab;
    this.lane = lane;
  }

  /** One array on the device. */
  static final class Upload {
    private final float[] values;
    private final DeviceBuffer piece;
    private int users; // guarded by the uploads

    private Upload(float[] values, DeviceBuffer piece) {
      this.values = values;
      this.piece = piece;
    }
  }

  /** The piece of an upload; null for none. */
  static @Nullable DeviceBuffer piece(@Nullable Upload upload) {
    return upload == null ? null : upload.piece;
  }

  /**
   * An array for one more user.
   *
   * @param values as many as a piece holds, never written again; null: none
   */
  synchronized @Nullable Upload take(float @Nullable [] values) {
    if (values == null) {
      return null;
    }
    Upload known = uploads.get(values);
    if (known == null) {
      known = upload(values);
      uploads.put(values, known);
    }
    known.users++;
    return known;
  }

  private Upload upload(float[] values) {
    DeviceBuffer piece = slab.take();
    boolean enqueued = false;
    try {
      lane.write(
          piece,
          memory ->
              MemorySegment.copy(values, 0, memory, ValueLayout.JAVA_FLOAT, 0, values.length));
      enqueued = true;
      return new Upload(values, piece);
    } finally {
      if (!enqueued) {
        slab.giveBack(piece);
      }
    }
  }

  /** One user less; the last one gives the piece back. */
  synchronized void release(@Nullable Upload upload) {
    if (upload == null) {
      return;
    }
    upload.users--;
    if (upload.users == 0) {
      uploads.remove(upload.values);
      slab.giveBack(upload.piece);
    }
  }

  /** Pieces that are out. */
  int taken() {
    return slab.taken();
  }

  @Override
  public void close() {
    slab.close();
  }
}
