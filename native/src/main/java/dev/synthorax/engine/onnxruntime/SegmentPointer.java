package dev.synthorax.engine.onnxruntime;

import java.lang.foreign.MemorySegment;
import org.bytedeco.javacpp.Pointer;

/**
 * A segment's memory as JavaCPP passes it to native code.
 *
 * <p><b>Ownership:</b> borrows the memory; frees nothing.
 */
final class SegmentPointer extends Pointer {

  SegmentPointer(MemorySegment segment) {
    address = segment.address();
    limit = segment.byteSize();
    capacity = segment.byteSize();
  }
}
