package dev.synthorax.engine.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.synthorax.engine.InferenceException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Java code in the order of the fake's streams. What it touches is said before, for the checks.
 *
 * @param launch {@code CUresult cuLaunchHostFunc(CUstream, void (*)(void *), void *)}
 * @param declare {@code void fakecu_declare(CUstream, void *, size_t, int write)}
 */
@SuppressWarnings("restricted") // of the fake, with its own signatures
record HostFunctions(MethodHandle launch, MethodHandle declare) {

  static HostFunctions of(FakeDriver fake) {
    SymbolLookup symbols = SymbolLookup.libraryLookup(fake.library(), Arena.global());
    Linker linker = Linker.nativeLinker();
    return new HostFunctions(
        linker.downcallHandle(
            symbols.find("cuLaunchHostFunc").orElseThrow(),
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS, JAVA_LONG)),
        linker.downcallHandle(
            symbols.find("fakecu_declare").orElseThrow(),
            FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT)));
  }

  /**
   * Code as native code calls it, with one number that it is not told.
   *
   * @param code throws nothing: the process would end
   * @param arena how long it can be called
   */
  static MemorySegment stub(Runnable code, Arena arena) {
    try {
      MethodHandle run =
          MethodHandles.lookup()
              .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
              .bindTo(code);
      return Linker.nativeLinker()
          .upcallStub(
              MethodHandles.dropArguments(run, 0, long.class),
              FunctionDescriptor.ofVoid(JAVA_LONG),
              arena);
    } catch (ReflectiveOperationException failure) {
      throw new LinkageError("Runnable.run", failure);
    }
  }

  /** Says that the next function of a stream touches some bytes. */
  void declare(long stream, MemorySegment bytes, boolean write) {
    try {
      declare.invokeExact(stream, bytes.address(), bytes.byteSize(), write ? 1 : 0);
    } catch (Throwable failure) {
      throw new AssertionError("fakecu_declare", failure);
    }
  }

  /**
   * Enqueues a function.
   *
   * @throws InferenceException as every call of {@link CudaContext}
   */
  void launch(CudaContext context, long stream, MemorySegment stub) {
    context.makeCurrent();
    int result;
    try {
      result = (int) launch.invokeExact(stream, stub, 0L);
    } catch (Throwable failure) {
      throw new AssertionError("cuLaunchHostFunc", failure);
    }
    if (result != CudaResult.SUCCESS) {
      throw new InferenceException(
          CudaResult.reason(result),
          "%s: %d from cuLaunchHostFunc".formatted(context.device().name(), result));
    }
  }
}
