package dev.synthorax.engine.tensorrt;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorrt.nvinfer.INoCopy;
import org.bytedeco.tensorrt.nvonnxparser.IParser;

/**
 * Objects that TensorRT's functions gave us to delete. JavaCPP has no destructor for them, so the
 * virtual one is called where C++ compilers on Linux put it (the Itanium ABI): of the two that a
 * class has, the second frees the memory too.
 *
 * <p><b>Ownership:</b> owns them; deletes in reverse order.
 *
 * <p><b>Threading:</b> one thread.
 */
@SuppressWarnings("restricted") // calls a destructor by its address
final class NativeObjects implements AutoCloseable {

  /** Of every class below {@code INoCopy}: the destructor is its first virtual function. */
  private static final int DELETE_NO_COPY = 1;

  /** Of {@code IParser}, which declares it after eight others; so in 10.6 as in 10.15. */
  private static final int DELETE_PARSER = 9;

  private final Deque<Runnable> deletions = new ArrayDeque<>(); // last owned first

  /** Takes an object; null is passed through. */
  <P extends INoCopy> P own(P object) {
    if (object != null && !object.isNull()) {
      deletions.push(() -> delete(object, DELETE_NO_COPY));
    }
    return object;
  }

  IParser own(IParser parser) {
    if (parser != null && !parser.isNull()) {
      deletions.push(() -> delete(parser, DELETE_PARSER));
    }
    return parser;
  }

  @Override
  public void close() {
    while (!deletions.isEmpty()) {
      deletions.pop().run();
    }
  }

  /** Deletes one object that nobody owns. */
  static void delete(INoCopy object) {
    delete(object, DELETE_NO_COPY);
  }

  private static void delete(Pointer object, int slot) {
    MemorySegment self = MemorySegment.ofAddress(object.address());
    long word = ValueLayout.ADDRESS.byteSize();
    MemorySegment functions = self.reinterpret(word).get(ValueLayout.ADDRESS, 0);
    MemorySegment destructor =
        functions.reinterpret((slot + 1) * word).getAtIndex(ValueLayout.ADDRESS, slot);
    MethodHandle call =
        Linker.nativeLinker()
            .downcallHandle(destructor, FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
    try {
      call.invokeExact(self);
    } catch (Error | RuntimeException failure) {
      throw failure;
    } catch (Throwable impossible) {
      throw new AssertionError("a destructor throws nothing", impossible);
    } finally {
      object.setNull();
    }
  }
}
