package dev.synthorax.engine;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A range of memory that a device computes on. Where the processor can read it too, {@link #host}
 * gives it as a segment; elsewhere its bytes move by {@link DeviceStream#copy} alone.
 *
 * <p><b>Ownership:</b> a view of what its owner holds, an {@link ExecutionContext} or a {@link
 * DeviceMemory}; after the owner's end every call throws {@link IllegalStateException} with the
 * owner's name.
 *
 * <p><b>Threading:</b> immutable; who may touch the bytes when is the owner's rule and the order of
 * the streams.
 */
public final class DeviceBuffer {
  private final Device device;
  private final NativeHandles.Handle owner;
  private final @Nullable MemorySegment host;
  private final long address;
  private final long byteSize;

  private DeviceBuffer(
      Device device,
      NativeHandles.Handle owner,
      @Nullable MemorySegment host,
      long address,
      long byteSize) {
    this.device = requireNonNull(device, "device");
    this.owner = requireNonNull(owner, "owner");
    this.host = host;
    this.address = address;
    this.byteSize = byteSize;
  }

  /**
   * Memory that the processor reads and writes.
   *
   * @param device that computes on it, or whose copies it was made for
   * @param memory lives as long as {@code owner} is open
   */
  public static DeviceBuffer ofHost(
      Device device, MemorySegment memory, NativeHandles.Handle owner) {
    return new DeviceBuffer(device, owner, memory, memory.address(), memory.byteSize());
  }

  /**
   * Memory that only the device reaches.
   *
   * @param address as the device counts
   * @param byteSize at least 0
   */
  public static DeviceBuffer ofDevice(
      Device device, long address, long byteSize, NativeHandles.Handle owner) {
    if (byteSize < 0) {
      throw new IllegalArgumentException("byteSize: " + byteSize + " (expected: >= 0)");
    }
    return new DeviceBuffer(device, owner, null, address, byteSize);
  }

  /** The device that computes on it, or whose copies it was made for. */
  public Device device() {
    return device;
  }

  /** Length in bytes. */
  public long byteSize() {
    return byteSize;
  }

  /** First byte, as the device counts. */
  public long address() {
    owner.requireOpen();
    return address;
  }

  /** Whether {@link #host} gives its bytes. */
  public boolean isHost() {
    return host != null;
  }

  /**
   * The bytes, native order.
   *
   * @throws IllegalStateException if only the device reaches them
   */
  public MemorySegment host() {
    owner.requireOpen();
    if (host == null) {
      throw new IllegalStateException(
          "%s: memory of %s (expected: host memory; copy it on a stream)"
              .formatted(owner.name(), device.name()));
    }
    return host;
  }

  /**
   * A part of it.
   *
   * @param offset in bytes
   * @throws IndexOutOfBoundsException if it does not lie within
   */
  public DeviceBuffer slice(long offset, long size) {
    owner.requireOpen();
    Objects.checkFromIndexSize(offset, size, byteSize);
    MemorySegment part = host == null ? null : host.asSlice(offset, size);
    return new DeviceBuffer(device, owner, part, address + offset, size);
  }
}
