package dev.synthorax.server.pipeline;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceFence;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of a device, and the staging memory through which numbers come and go in its order. On
 * the processor a buffer is written and read where it lies.
 *
 * <p><b>Ownership:</b> owns its stream and staging; borrows the backend; closed after all that its
 * stream works on was given up, and before it is freed.
 *
 * <p><b>Threading:</b> one thread at a time.
 */
final class DeviceLane implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(DeviceLane.class);

  /** Least bytes of a piece of staging. */
  private static final long LEAST = 1 << 20;

  private final Backend backend;
  private final Device device;
  private final DeviceStream stream;
  private final Deque<Staging> stagings = new ArrayDeque<>(); // the one in use first

  /** Opens a stream. */
  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // closed in close()
  DeviceLane(Backend backend, Device device) {
    this.backend = backend;
    this.device = device;
    this.stream = backend.openStream(device);
  }

  /** Host memory that is filled from its start; all of it is free again once its fence passed. */
  private static final class Staging {
    private final DeviceMemory memory;
    private final DeviceFence left;
    private long used;

    private Staging(DeviceMemory memory, DeviceFence left) {
      this.memory = memory;
      this.left = left;
    }

    private boolean holds(long bytes) {
      return used + bytes <= memory.buffer().byteSize();
    }

    private DeviceBuffer take(long bytes) {
      DeviceBuffer piece = memory.buffer().slice(used, bytes);
      used += Slab.aligned(bytes);
      return piece;
    }

    private void close() {
      memory.close();
      left.close();
    }
  }

  Device device() {
    return device;
  }

  DeviceStream stream() {
    return stream;
  }

  /** Whether every piece of work is done before its call returns. */
  boolean runsAtOnce() {
    return device.kind() == Device.Kind.CPU;
  }

  /**
   * Enqueues that a buffer gets numbers from the heap.
   *
   * @param numbers writes them, native order, into memory of the buffer's size, at once
   */
  void write(DeviceBuffer to, Consumer<MemorySegment> numbers) {
    if (runsAtOnce()) {
      numbers.accept(to.host());
      return;
    }
    DeviceBuffer staging = take(to.byteSize());
    numbers.accept(staging.host());
    stream.copy(staging, to);
  }

  /**
   * Waits for all that is enqueued and gives a buffer's bytes.
   *
   * @return native order; valid until the next call
   * @throws dev.synthorax.engine.InferenceException if what is enqueued failed
   */
  MemorySegment read(DeviceBuffer from) {
    if (runsAtOnce()) {
      return from.host();
    }
    DeviceBuffer staging = take(from.byteSize());
    stream.copy(from, staging);
    stream.synchronize();
    return staging.host();
  }

  /** A piece of staging that nothing enqueued uses; never waits, rather opens more. */
  private DeviceBuffer take(long bytes) {
    Staging current = stagings.peek();
    if (current == null || !current.holds(bytes)) {
      if (current != null) {
        stream.record(current.left);
      }
      current = idle(bytes);
      stagings.push(current);
    }
    return current.take(bytes);
  }

  private Staging idle(long bytes) {
    for (Staging staging : stagings) {
      if (staging.memory.buffer().byteSize() >= bytes && staging.left.passed()) {
        stagings.remove(staging);
        staging.used = 0;
        return staging;
      }
    }
    return open(Math.max(bytes, LEAST));
  }

  @SuppressWarnings("MustBeClosed") // closed in dropStaging()
  private Staging open(long bytes) {
    DeviceMemory memory = backend.openStaging(device, bytes);
    try {
      return new Staging(memory, backend.openFence(device));
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
  }

  /** Memory on the device. */
  @MustBeClosed
  DeviceMemory openMemory(long bytes) {
    return backend.openMemory(device, bytes);
  }

  /** A fence for its stream. */
  @MustBeClosed
  DeviceFence openFence() {
    return backend.openFence(device);
  }

  /** Bytes of the device that nobody uses. */
  long freeBytes() {
    return backend.freeBytes(device);
  }

  /** Waits for what is enqueued, so that its buffers may be used again, whether it fails or not. */
  void settle() {
    try {
      stream.synchronize();
    } catch (RuntimeException failed) {
      logger.atDebug().setCause(failed).log("What was given up had failed");
    }
  }

  /** Frees its staging; nothing is enqueued. */
  void dropStaging() {
    stagings.forEach(Staging::close);
    stagings.clear();
  }

  @Override
  public void close() {
    settle();
    dropStaging();
    stream.close();
  }
}
