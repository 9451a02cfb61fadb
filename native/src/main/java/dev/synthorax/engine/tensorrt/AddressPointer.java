package dev.synthorax.engine.tensorrt;

import java.lang.foreign.MemorySegment;
import org.bytedeco.javacpp.Pointer;

/**
 * An address as JavaCPP passes it to native code: of host memory, of a device's, or of a stream.
 *
 * <p><b>Ownership:</b> borrows what lies there; frees nothing.
 */
final class AddressPointer extends Pointer {

  AddressPointer(long address) {
    this.address = address;
  }

  AddressPointer(MemorySegment memory) {
    this(memory.address());
    limit = memory.byteSize();
    capacity = memory.byteSize();
  }
}
