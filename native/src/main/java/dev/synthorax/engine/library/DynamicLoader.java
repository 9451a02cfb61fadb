package dev.synthorax.engine.library;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The system's loader, {@code dlopen}; unlike {@link SymbolLookup#libraryLookup} it says why a
 * library does not load.
 */
@SuppressWarnings("restricted") // native access is what it is for
final class DynamicLoader implements SharedLibraries.Opener {

  /** {@code RTLD_LAZY}: symbols are looked up when they are first called. */
  private static final int LAZY = 1;

  private static final int LONGEST_MESSAGE = 4096;

  private final MethodHandle dlopen;
  private final MethodHandle dlsym;
  private final MethodHandle dlerror;

  DynamicLoader() {
    var address = ValueLayout.ADDRESS;
    dlopen = handle("dlopen", FunctionDescriptor.of(address, address, ValueLayout.JAVA_INT));
    dlsym = handle("dlsym", FunctionDescriptor.of(address, address, address));
    dlerror = handle("dlerror", FunctionDescriptor.of(address));
  }

  private static MethodHandle handle(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
  }

  @Override
  public SymbolLookup open(String nameOrFile) throws SharedLibraries.NotLoadedException {
    try (Arena arena = Arena.ofConfined()) {
      var library = (MemorySegment) dlopen.invokeExact(arena.allocateFrom(nameOrFile), LAZY);
      if (library.address() == 0) {
        throw new SharedLibraries.NotLoadedException(message());
      }
      return name -> symbol(library, name);
    } catch (SharedLibraries.NotLoadedException | Error | RuntimeException failure) {
      throw failure;
    } catch (Throwable impossible) {
      throw new AssertionError("dlopen throws nothing", impossible);
    }
  }

  private Optional<MemorySegment> symbol(MemorySegment library, String name) {
    try (Arena arena = Arena.ofConfined()) {
      var symbol = (MemorySegment) dlsym.invokeExact(library, arena.allocateFrom(name));
      return symbol.address() == 0 ? Optional.empty() : Optional.of(symbol);
    } catch (Error | RuntimeException failure) {
      throw failure;
    } catch (Throwable impossible) {
      throw new AssertionError("dlsym throws nothing", impossible);
    }
  }

  private String message() throws Throwable {
    var text = (MemorySegment) dlerror.invokeExact();
    return text.address() == 0
        ? "no reason given"
        : text.reinterpret(LONGEST_MESSAGE).getString(0).strip();
  }
}
