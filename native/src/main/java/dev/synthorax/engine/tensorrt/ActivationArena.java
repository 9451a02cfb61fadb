package dev.synthorax.engine.tensorrt;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.cuda.CudaDriver;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Memory that the contexts of one stream share while they run: in one stream's order no two run at
 * once, so the most that any of them needs is enough for all.
 *
 * <p><b>Ownership:</b> owns the memory, from the first context that runs on the stream until the
 * last of these is closed.
 *
 * <p><b>Threading:</b> {@link #serve} on the stream's thread; contexts leave from any.
 */
final class ActivationArena {
  private final CudaDriver driver; // borrowed
  private final DeviceStream stream; // borrowed; what it does is done when it is closed
  private @Nullable DeviceMemory memory; // owned
  private long byteSize;
  private int generation;
  private int users;

  private ActivationArena(CudaDriver driver, DeviceStream stream) {
    this.driver = driver;
    this.stream = stream;
  }

  /**
   * Makes room.
   *
   * @param needBytes of the context that runs next on the stream
   * @throws dev.synthorax.engine.InferenceException {@code OUT_OF_MEMORY} if the device has none
   *     left
   */
  @SuppressWarnings("MustBeClosedChecker") // closed where it is replaced, and by leave
  void serve(long needBytes) {
    if (needBytes <= byteSize) {
      return;
    }
    stream.synchronize(); // what runs there uses the memory of before
    free();
    generation++; // even if there is no room: what contexts knew is gone
    memory = driver.openMemory(stream.device(), needBytes);
    byteSize = needBytes;
  }

  /** Moves whenever the memory lies elsewhere than before. */
  int generation() {
    return generation;
  }

  /** First byte; 0 while nobody needed any. */
  long address() {
    return memory == null ? 0 : memory.buffer().address();
  }

  long byteSize() {
    return byteSize;
  }

  private void free() {
    DeviceMemory former = memory;
    memory = null;
    byteSize = 0;
    if (former != null) {
      former.close();
    }
  }

  /** The arenas of a backend, one a stream. */
  static final class PerStream {
    private final CudaDriver driver; // borrowed

    @GuardedBy("arenas")
    private final IdentityHashMap<DeviceStream, ActivationArena> arenas = new IdentityHashMap<>();

    PerStream(CudaDriver driver) {
      this.driver = driver;
    }

    /** The arena of a stream, for one context more. */
    ActivationArena join(DeviceStream stream) {
      synchronized (arenas) {
        ActivationArena arena =
            arenas.computeIfAbsent(stream, key -> new ActivationArena(driver, key));
        arena.users++;
        return arena;
      }
    }

    /** A context runs there no more, and all that it ran is done. */
    void leave(ActivationArena arena) {
      synchronized (arenas) {
        if (--arena.users == 0) {
          arenas.remove(arena.stream);
          arena.free();
        }
      }
    }
  }
}
