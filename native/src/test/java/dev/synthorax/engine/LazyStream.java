package dev.synthorax.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Keeps work until somebody waits for it, then runs it on the waiting thread. */
final class LazyStream implements DeviceStream {
  private final NativeHandles.Handle handle = NativeHandles.register("lazy.Stream", "stream");
  private final LazyBackend backend;
  private final Device device;
  private final Deque<Runnable> work = new ArrayDeque<>();
  private long enqueued;
  private long done;
  private @Nullable RuntimeException failure;

  LazyStream(LazyBackend backend, Device device) {
    this.backend = backend;
    this.device = device;
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

  private synchronized void throwFailure() {
    RuntimeException thrown = failure;
    failure = null;
    if (thrown != null) {
      throw thrown;
    }
  }

  private synchronized boolean passed(long mark) {
    return done >= mark;
  }

  private synchronized long mark() {
    handle.requireOpen();
    return enqueued;
  }

  @Override
  public Device device() {
    handle.requireOpen();
    return device;
  }

  @Override
  public void copy(DeviceBuffer from, DeviceBuffer to) {
    handle.requireOpen();
    if (from.byteSize() != to.byteSize()) {
      throw new IllegalArgumentException(
          "to: %d bytes (expected: %d, as from)".formatted(to.byteSize(), from.byteSize()));
    }
    var source = backend.bytes(from);
    var target = backend.bytes(to);
    enqueue(() -> target.copyFrom(source));
  }

  @Override
  public void zero(DeviceBuffer buffer) {
    handle.requireOpen();
    var target = backend.bytes(buffer);
    enqueue(() -> target.fill((byte) 0));
  }

  @Override
  public void record(DeviceFence fence) {
    ((Fence) fence).set(this, mark());
  }

  @Override
  public void waitFor(DeviceFence fence) {
    Mark mark = ((Fence) fence).mark();
    enqueue(mark::reach);
  }

  @Override
  public void synchronize() {
    runUntil(mark());
    throwFailure();
  }

  @Override
  public synchronized void close() {
    if (handle.close()) {
      runUntil(enqueued);
    }
  }

  /** A point in a stream; the start of none. */
  private record Mark(@Nullable LazyStream stream, long position) {
    void reach() {
      if (stream != null) {
        stream.runUntil(position);
      }
    }
  }

  /** A mark that moves. */
  static final class Fence implements DeviceFence {
    private final NativeHandles.Handle handle = NativeHandles.register("lazy.Fence", "fence");
    private volatile Mark mark = new Mark(null, 0);

    private void set(LazyStream stream, long position) {
      handle.requireOpen();
      mark = new Mark(stream, position);
    }

    private Mark mark() {
      handle.requireOpen();
      return mark;
    }

    @Override
    public boolean passed() {
      Mark now = mark();
      return now.stream() == null || now.stream().passed(now.position());
    }

    @Override
    public void await() {
      Mark now = mark();
      now.reach();
      if (now.stream() != null) {
        now.stream().throwFailure();
      }
    }

    @Override
    public void close() {
      handle.close();
    }
  }
}
