package dev.synthorax.server.pipeline;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.diffusion.StepCoefficients;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceFence;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.KnownPart;
import dev.synthorax.engine.RowOperations;
import dev.synthorax.server.scheduler.LatentSlot;
import dev.synthorax.server.scheduler.RowCounts;
import dev.synthorax.server.scheduler.StepExecutor;
import dev.synthorax.server.scheduler.StepRow;
import dev.synthorax.server.scheduler.StepRun;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Denoises where the networks run, on any device: a slot is a piece of a slab in its memory, and a
 * step is enqueued on its lane. Whatever rewrites a piece is enqueued there too, so it comes after
 * all steps that used the piece before.
 *
 * <p><b>Ownership:</b> owns its slabs and fences; borrows lane, operations and networks.
 *
 * <p><b>Threading:</b> as {@link StepExecutor}; {@link #close} when no step is to come.
 */
final class SlotExecutor implements StepExecutor<ImageStart>, AutoCloseable {
  /** Of the memory that a device has left, slots take at most one part in so many. */
  static final int SHARE = 4;

  private static final long MIB = 1 << 20;

  private final DeviceLane lane;
  private final RowOperations operations;
  private final UnetDenoiser denoiser;
  private final RowCounts rowCounts;
  private final int slots;
  private final Slab states; // latents, then history
  private final SharedUploads texts;
  private final SharedUploads masks;
  private final Slab regions; // what is known of images
  private final float[] noise; // of the image that is being opened
  private final Deque<DeviceFence> idle = new ArrayDeque<>();
  private final List<DeviceFence> fences = new ArrayList<>();
  private long enqueued; // steps, in order
  private long spoilt; // steps up to this one may have read what a failed one left
  private @Nullable RuntimeException failure; // of the step that spoilt them

  /**
   * An executor without slots. The processor's memory is taken as slots are opened; a device's is
   * taken here, out of what it has left.
   *
   * @param mostImages that will ever have a slot at a time
   * @throws InferenceException {@code OUT_OF_MEMORY} if the device has no room for one batch
   */
  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // closed in close(), or here
  SlotExecutor(
      Backend backend,
      DeviceLane lane,
      RowOperations operations,
      UnetDenoiser denoiser,
      int mostImages) {
    this.lane = lane;
    this.operations = operations;
    this.denoiser = denoiser;
    this.rowCounts = denoiser.rowCounts();
    this.noise = new float[Math.toIntExact(denoiser.latentBytes() / Float.BYTES)];
    long stateBytes = (1 + StepCoefficients.MAX_HISTORY) * denoiser.latentBytes();
    var opened = new ArrayDeque<Slab>();
    try {
      if (lane.runsAtOnce()) {
        slots = Integer.MAX_VALUE;
        opened.add(Slab.growing(backend, lane.device(), stateBytes));
        opened.add(Slab.growing(backend, lane.device(), denoiser.textBytes()));
        opened.add(Slab.growing(backend, lane.device(), denoiser.maskBytes()));
        opened.add(Slab.growing(backend, lane.device(), regionBytes()));
      } else {
        slots = slots(stateBytes, mostImages);
        int withMask = denoiser.maskBytes() == 0 ? 0 : slots;
        opened.add(Slab.whole(backend, lane.device(), stateBytes, slots));
        opened.add(Slab.whole(backend, lane.device(), denoiser.textBytes(), 2 * slots));
        opened.add(Slab.whole(backend, lane.device(), denoiser.maskBytes(), withMask));
        opened.add(Slab.whole(backend, lane.device(), regionBytes(), slots));
      }
    } catch (RuntimeException | Error e) {
      opened.forEach(Slab::close);
      throw e;
    }
    states = opened.remove();
    texts = new SharedUploads(opened.remove(), lane);
    masks = new SharedUploads(opened.remove(), lane);
    regions = opened.remove();
  }

  private long regionBytes() {
    return KnownRegion.PARTS * denoiser.latentBytes();
  }

  /**
   * As many slots, each with two texts, a mask and a region of its own, as its share has room for.
   */
  private int slots(long stateBytes, int mostImages) {
    long slotBytes =
        Slab.aligned(stateBytes)
            + 2 * Slab.aligned(denoiser.textBytes())
            + Slab.aligned(denoiser.maskBytes())
            + Slab.aligned(regionBytes());
    long free = lane.freeBytes();
    long room = Math.min(mostImages, free / SHARE / slotBytes);
    int batch = Math.min(mostImages, rowCounts.max());
    if (room < batch) {
      throw new InferenceException(
          ErrorReason.OUT_OF_MEMORY,
          "%s: %d MiB are free (expected: at least %d MiB, for %d images under way beside the networks; free some, or lower row-counts)"
              .formatted(
                  lane.device().name(), free / MIB, SHARE * slotBytes * batch / MIB + 1, batch));
    }
    return Math.toIntExact(room);
  }

  private final class Slot implements LatentSlot {
    private final AtomicBoolean closed = new AtomicBoolean();
    private final long seed;
    private final boolean maskOnBothRows;
    private final DeviceBuffer state;
    private final DeviceBuffer history;
    private SharedUploads.@Nullable Upload text;
    private SharedUploads.@Nullable Upload negativeText;
    private SharedUploads.@Nullable Upload mask;
    private @Nullable KnownRegion region;

    private Slot(ImageStart start, DeviceBuffer state) {
      this.seed = start.seed();
      this.maskOnBothRows = start.conditioning().maskOnBothRows();
      this.state = state;
      long latentBytes = denoiser.latentBytes();
      this.history = state.slice(latentBytes, start.historyEntries() * latentBytes);
    }

    private void fill(ImageStart start) {
      lane.write(latents(), memory -> start.writeLatents(noise, memory));
      if (history.byteSize() > 0) {
        lane.stream().zero(history);
      }
      text = texts.take(start.conditioning().text());
      negativeText = texts.take(start.conditioning().negativeText());
      mask = masks.take(start.conditioning().mask());
      fillRegion(start);
    }

    private void fillRegion(ImageStart start) {
      ImageStart.Origin origin = start.origin();
      float[] image = start.conditioning().start();
      float[] redrawn = origin == null ? null : origin.redrawn();
      if (origin != null && image != null && redrawn != null) {
        Consumer<MemorySegment> drawn = memory -> start.writeNoise(noise, memory);
        region = KnownRegion.of(regions, lane, origin.route(), image, drawn, redrawn);
      }
    }

    @Override
    public DeviceBuffer latents() {
      if (closed.get()) {
        throw new IllegalStateException("latent slot is closed");
      }
      return state.slice(0, denoiser.latentBytes());
    }

    private RowOperations.Row conditional(StepRow row) {
      return row(row, text, mask);
    }

    private RowOperations.Row unconditional(StepRow row) {
      return row(row, negativeText, maskOnBothRows ? mask : null);
    }

    private RowOperations.Row row(
        StepRow row,
        SharedUploads.@Nullable Upload shownText,
        SharedUploads.@Nullable Upload shownMask) {
      return new RowOperations.Row(
          latents(),
          (float) row.step().inputScale(),
          row.step().timestep(),
          SharedUploads.piece(shownText),
          SharedUploads.piece(shownMask));
    }

    private RowOperations.Update update(StepRow row, int first) {
      return new RowOperations.Update(
          latents(),
          history,
          row.guided() ? first + 1 : first,
          first,
          row.guidanceScale(),
          row.step().packed(),
          seed,
          row.number());
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        texts.release(text);
        texts.release(negativeText);
        masks.release(mask);
        states.giveBack(state);
        if (region != null) {
          region.close();
        }
      }
    }
  }

  @Override
  public RowCounts rowCounts() {
    return rowCounts;
  }

  @Override
  public int slots() {
    return slots;
  }

  @Override
  @MustBeClosed
  public LatentSlot open(ImageStart start) {
    var slot = new Slot(start, states.take());
    boolean filled = false;
    try {
      slot.fill(start);
      filled = true;
      return slot;
    } finally {
      if (!filled) {
        slot.close();
      }
    }
  }

  @Override
  public StepRun step(List<StepRow> rows) {
    var shown = new ArrayList<RowOperations.Row>(2 * rows.size());
    var updates = new ArrayList<RowOperations.Update>(rows.size());
    var known = new ArrayList<KnownPart>();
    for (StepRow row : rows) {
      var slot = (Slot) row.slot();
      updates.add(slot.update(row, shown.size()));
      if (slot.region != null) {
        known.add(slot.region.after(row.number(), slot.latents()));
      }
      if (row.guided()) {
        shown.add(slot.unconditional(row));
      }
      shown.add(slot.conditional(row));
    }
    boolean enqueued = false;
    try {
      operations.update(lane.stream(), updates, denoiser.predict(shown));
      operations.restore(lane.stream(), known);
      StepRun run = lane.runsAtOnce() ? StepRun.DONE : new Run();
      enqueued = true;
      return run;
    } finally {
      if (!enqueued) {
        denoiser.forgetResiduals();
      }
    }
  }

  /** A step that a device has yet to do. */
  private final class Run implements StepRun {
    private final DeviceFence done;
    private final long number;
    private boolean awaited;

    private Run() {
      done = idle.isEmpty() ? openFence() : idle.pop();
      lane.stream().record(done);
      enqueued++;
      number = enqueued;
    }

    @Override
    public void await() {
      if (!awaited) {
        awaited = true;
        idle.push(done);
        try {
          done.await();
        } catch (RuntimeException failed) {
          denoiser.forgetResiduals();
          failure = failed;
          spoilt = enqueued;
        }
      }
      RuntimeException cause = failure;
      if (cause != null && number <= spoilt) {
        throw cause;
      }
    }
  }

  @SuppressWarnings("MustBeClosed") // closed in close()
  private DeviceFence openFence() {
    DeviceFence fence = lane.openFence();
    fences.add(fence);
    return fence;
  }

  /** Pieces of memory that are out: slots, texts, masks and regions. */
  int taken() {
    return states.taken() + texts.taken() + masks.taken() + regions.taken();
  }

  @Override
  public void close() {
    lane.settle();
    fences.forEach(DeviceFence::close);
    states.close();
    texts.close();
    masks.close();
    regions.close();
  }
}
