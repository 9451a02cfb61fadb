package dev.synthorax.server.pipeline;

import com.google.errorprone.annotations.MustBeClosed;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.diffusion.CounterNoise;
import dev.synthorax.diffusion.StepCoefficients;
import dev.synthorax.diffusion.StepUpdate;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.server.scheduler.LatentSlot;
import dev.synthorax.server.scheduler.RowCounts;
import dev.synthorax.server.scheduler.StepExecutor;
import dev.synthorax.server.scheduler.StepRow;
import dev.synthorax.server.scheduler.StepRun;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Denoises in host memory: a slot is a piece of a slab, and the update a loop over it. A text
 * embedding or mask is copied in once, however many images at a time show it.
 *
 * <p><b>Ownership:</b> owns its slabs; borrows the networks.
 *
 * <p><b>Threading:</b> as {@link StepExecutor}.
 */
final class HostStepExecutor implements StepExecutor<ImageStart>, AutoCloseable {
  private final UnetDenoiser denoiser;
  private final RowCounts rowCounts;
  private final Slab states; // latents, then history
  private final Slab texts;
  private final Slab masks;
  private final float[] noise; // of the row at hand

  @GuardedBy("uploads")
  private final IdentityHashMap<float[], Upload> uploads = new IdentityHashMap<>();

  /** An executor without slots. */
  HostStepExecutor(Backend backend, Device device, UnetDenoiser denoiser) {
    this.denoiser = denoiser;
    this.rowCounts = denoiser.rowCounts();
    this.states = new Slab(backend, device, denoiser.latentBytes() + historyBytes());
    this.texts = new Slab(backend, device, denoiser.textBytes());
    this.masks = new Slab(backend, device, denoiser.maskBytes());
    this.noise = new float[Math.toIntExact(denoiser.latentBytes() / Float.BYTES)];
  }

  private long historyBytes() {
    return StepCoefficients.MAX_HISTORY * denoiser.latentBytes();
  }

  /** Numbers that several images show. */
  private static final class Upload {
    private final float[] values;
    private final Slab slab;
    private final DeviceBuffer piece;
    private int users;

    private Upload(float[] values, Slab slab, DeviceBuffer piece) {
      this.values = values;
      this.slab = slab;
      this.piece = piece;
    }
  }

  private final class Slot implements LatentSlot {
    private final AtomicBoolean closed = new AtomicBoolean();
    private final long seed;
    private final boolean maskOnBothRows;
    private final DeviceBuffer state;
    private @Nullable Upload text;
    private @Nullable Upload negativeText;
    private @Nullable Upload mask;

    private Slot(ImageStart start, DeviceBuffer state) {
      this.seed = start.seed();
      this.maskOnBothRows = start.conditioning().maskOnBothRows();
      this.state = state;
    }

    private void fill(ImageStart start) {
      float[] given = start.given();
      if (given == null) {
        CounterNoise.normal(seed, 0, 0, noise);
        MemorySegment.copy(noise, 0, x(), ValueLayout.JAVA_FLOAT, 0, noise.length);
      } else {
        MemorySegment.copy(
            given, start.givenOffset(), x(), ValueLayout.JAVA_FLOAT, 0, noise.length);
      }
      history().fill((byte) 0);
      text = upload(texts, start.conditioning().text());
      negativeText = upload(texts, start.conditioning().negativeText());
      mask = upload(masks, start.conditioning().mask());
    }

    @Override
    public DeviceBuffer latents() {
      if (closed.get()) {
        throw new IllegalStateException("latent slot is closed");
      }
      return state.slice(0, denoiser.latentBytes());
    }

    private MemorySegment x() {
      return latents().host();
    }

    private MemorySegment history() {
      return state.slice(denoiser.latentBytes(), historyBytes()).host();
    }

    private UnetDenoiser.Row conditional(StepRow row) {
      return row(row, text, mask);
    }

    private UnetDenoiser.Row unconditional(StepRow row) {
      return row(row, negativeText, maskOnBothRows ? mask : null);
    }

    private UnetDenoiser.Row row(
        StepRow row, @Nullable Upload shownText, @Nullable Upload shownMask) {
      return new UnetDenoiser.Row(
          x(),
          (float) row.step().inputScale(),
          row.step().timestep(),
          shownText == null ? null : shownText.piece.host(),
          shownMask == null ? null : shownMask.piece.host());
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        release(text);
        release(negativeText);
        release(mask);
        states.giveBack(state);
      }
    }
  }

  @Override
  public RowCounts rowCounts() {
    return rowCounts;
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

  private @Nullable Upload upload(Slab slab, float @Nullable [] values) {
    if (values == null) {
      return null;
    }
    synchronized (uploads) {
      Upload known = uploads.get(values);
      if (known == null) {
        known = new Upload(values, slab, slab.take());
        known.piece.host().copyFrom(MemorySegment.ofArray(values));
        uploads.put(values, known);
      }
      known.users++;
      return known;
    }
  }

  private void release(@Nullable Upload upload) {
    if (upload == null) {
      return;
    }
    synchronized (uploads) {
      upload.users--;
      if (upload.users == 0) {
        uploads.remove(upload.values);
        upload.slab.giveBack(upload.piece);
      }
    }
  }

  @Override
  public int slots() {
    return Integer.MAX_VALUE; // the slab grows
  }

  @Override
  public StepRun step(List<StepRow> rows) {
    var networkRows = new ArrayList<UnetDenoiser.Row>(2 * rows.size());
    for (StepRow row : rows) {
      Slot slot = (Slot) row.slot();
      if (row.guided()) {
        networkRows.add(slot.unconditional(row));
      }
      networkRows.add(slot.conditional(row));
    }
    MemorySegment outputs = denoiser.predict(networkRows);
    int first = 0;
    for (StepRow row : rows) {
      int last = row.guided() ? first + 1 : first;
      update((Slot) row.slot(), row, outputs, first, last);
      first = last + 1;
    }
    return StepRun.DONE;
  }

  private void update(Slot slot, StepRow row, MemorySegment outputs, int first, int last) {
    if (row.step().d() != 0) {
      CounterNoise.normal(slot.seed, 0, row.number(), noise);
    }
    StepUpdate.apply(
        row.step(),
        slot.x(),
        outputs,
        new StepUpdate.Rows(first, last, row.guidanceScale()),
        slot.history(),
        noise);
  }

  /** Pieces of memory that are out: slots, texts and masks. */
  int taken() {
    return states.taken() + texts.taken() + masks.taken();
  }

  @Override
  public void close() {
    states.close();
    texts.close();
    masks.close();
  }
}
