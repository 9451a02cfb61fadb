package dev.synthorax.server.pipeline;

import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceFence;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.NativeHandles;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Keeps work until somebody waits for it, then runs it on the waiting thread. */
final class DeferredStream implements DeviceStream {
  private final NativeHandles.Handle handle = NativeHandles.register("deferred.Stream", "stream");
  private final Device device;
  private final Function<DeviceBuffer, DeviceBuffer> toHost;
  private final Deque<Runnable> work = new ArrayDeque<>();
  private long enqueued;
  private long done;
  private @Nullable RuntimeException failure;

  /** A stream; {@code toHost} gives the memory behind a buffer. */
  DeferredStream(Device device, Function<DeviceBuffer, DeviceBuffer> toHost) {
    this.device = device;
    this.toHost = toHost;
  }

  synchronized void enqueue(Runnable piece) {
    handle.requireOpen();
    work.add(piece);
    enqueued++;
  }

  private synchronized void runUntil(long mark) {
    while (done < mark) {
      Runnable piece = work.remove();
      done++;
      try {
        piece.run();
      } catch (RuntimeException e) {
        failure = failure == null ? e : failure;
      }
    }
  }

  private synchronized void runUntilAndThrow(long mark) {
    runUntil(mark);
    RuntimeException thrown = failure;
    failure = null;
    if (thrown != null) {
      throw thrown;
    }
  }

  private synchronized long enqueued() {
    handle.requireOpen();
    return enqueued;
  }

  private synchronized long done() {
    return done;
  }

  @Override
  public Device device() {
    handle.requireOpen();
    return device;
  }

  @Override
  public void copy(DeviceBuffer from, DeviceBuffer to) {
    if (from.byteSize() != to.byteSize()) {
      throw new IllegalArgumentException(
          "to: %d bytes (expected: %d, as from)".formatted(to.byteSize(), from.byteSize()));
    }
    DeviceBuffer source = toHost.apply(from);
    DeviceBuffer target = toHost.apply(to);
    enqueue(() -> target.host().copyFrom(source.host()));
  }

  @Override
  public void zero(DeviceBuffer buffer) {
    DeviceBuffer target = toHost.apply(buffer);
    enqueue(() -> target.host().fill((byte) 0));
  }

  @Override
  public void record(DeviceFence fence) {
    ((Fence) fence).mark = new Mark(this, enqueued());
  }

  @Override
  public void waitFor(DeviceFence fence) {
    Mark mark = ((Fence) fence).mark;
    enqueue(() -> mark.reach(false));
  }

  @Override
  public void synchronize() {
    runUntilAndThrow(enqueued());
  }

  @Override
  public synchronized void close() {
    if (handle.close()) {
      runUntil(enqueued);
    }
  }

  /** A point in a stream; the start of none. */
  private record Mark(@Nullable DeferredStream stream, long position) {
    private void reach(boolean throwing) {
      if (stream == null) {
        return;
      }
      if (throwing) {
        stream.runUntilAndThrow(position);
      } else {
        stream.runUntil(position);
      }
    }
  }

  /** A mark that moves. */
  static final class Fence implements DeviceFence {
    private final NativeHandles.Handle handle = NativeHandles.register("deferred.Fence", "fence");
    private volatile Mark mark = new Mark(null, 0);

    @Override
    public boolean passed() {
      handle.requireOpen();
      Mark now = mark;
      return now.stream() == null || now.stream().done() >= now.position();
    }

    @Override
    public void await() {
      handle.requireOpen();
      mark.reach(true);
    }

    @Override
    public void close() {
      handle.close();
    }
  }
}
