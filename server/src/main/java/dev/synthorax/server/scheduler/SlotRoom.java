package dev.synthorax.server.scheduler;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.DeviceBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The slots of an executor that are open, and room for more.
 *
 * <p><b>Threading:</b> the step loop's thread; a slot that was handed over is closed on any.
 */
final class SlotRoom {
  private final int limit;
  private final Runnable freed;
  private final AtomicInteger open = new AtomicInteger();

  /**
   * Room for all of them.
   *
   * @param limit most slots that can be open
   * @param freed told when there is room again after there was none, on any thread
   */
  SlotRoom(int limit, Runnable freed) {
    if (limit < 1) {
      throw new IllegalArgumentException("slots: " + limit + " (expected: >= 1)");
    }
    this.limit = limit;
    this.freed = freed;
  }

  /** How many more can be opened; there may be more by the time that it is read. */
  int free() {
    return limit - open.get();
  }

  /** How many are open. */
  int open() {
    return open.get();
  }

  /**
   * Opens an image's slot.
   *
   * @param slot just opened; adopted
   */
  @MustBeClosed
  Seat seat(LatentSlot slot) {
    open.incrementAndGet();
    return new Seat(slot);
  }

  private void giveBack() {
    if (open.getAndDecrement() == limit) {
      freed.run();
    }
  }

  /** A slot and the steps under way in it: it is not closed before they are done. */
  final class Seat implements LatentSlot {
    private final LatentSlot slot;
    private final AtomicBoolean closed = new AtomicBoolean();
    private int stepsUnderWay; // the step loop's, as the next one
    private boolean unwanted;

    private Seat(LatentSlot slot) {
      this.slot = slot;
    }

    /** As the executor opened it. */
    LatentSlot slot() {
      return slot;
    }

    void enqueued() {
      stepsUnderWay++;
    }

    void landed() {
      stepsUnderWay--;
      closeIfDone();
    }

    /** Closes it, at once or when the last step under way is done. */
    void giveUp() {
      unwanted = true;
      closeIfDone();
    }

    private void closeIfDone() {
      if (unwanted && stepsUnderWay == 0) {
        close();
      }
    }

    @Override
    public DeviceBuffer latents() {
      return slot.latents();
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        try {
          slot.close(); // before there is room: the executor may have no piece beyond its slots
        } finally {
          giveBack();
        }
      }
    }
  }
}
