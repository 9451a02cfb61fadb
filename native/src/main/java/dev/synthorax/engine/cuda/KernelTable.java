package dev.synthorax.engine.cuda;

import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A kernel's parameter, written field after field as C lays the structure out: every structure's
 * fields stand without gaps.
 *
 * <p><b>Ownership:</b> lives as long as its arena.
 */
final class KernelTable {
  /** No table is longer, and each is handed over whole: a kernel may take up to 4096 bytes. */
  static final long BYTES = 4000;

  private final Device device;
  private final MemorySegment bytes;
  private long at;

  /** A table of zeros for a kernel of a device. */
  KernelTable(Device device, Arena arena) {
    this.device = device;
    this.bytes = arena.allocate(BYTES, Long.BYTES);
  }

  /**
   * A buffer's address; null is 0.
   *
   * @param name for messages
   * @throws IllegalArgumentException if the device's kernels cannot reach it
   */
  KernelTable address(String name, @Nullable DeviceBuffer buffer) {
    if (buffer != null && !buffer.device().equals(device)) {
      throw new IllegalArgumentException(
          "%s: memory of %s (expected: of %s)"
              .formatted(name, buffer.device().name(), device.name()));
    }
    return number(buffer == null ? 0 : buffer.address());
  }

  KernelTable number(long value) {
    bytes.set(ValueLayout.JAVA_LONG, at, value);
    at += Long.BYTES;
    return this;
  }

  KernelTable number(int value) {
    bytes.set(ValueLayout.JAVA_INT, at, value);
    at += Integer.BYTES;
    return this;
  }

  KernelTable number(float value) {
    bytes.set(ValueLayout.JAVA_FLOAT, at, value);
    at += Float.BYTES;
    return this;
  }

  /** Goes on at a place. */
  KernelTable at(long offset) {
    at = offset;
    return this;
  }

  /** All of it. */
  MemorySegment bytes() {
    return bytes;
  }
}
