package dev.synthorax.server.plain;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A context of fixed shapes whose inputs and outputs the processor writes and reads: in the bound
 * buffers themselves, or in staging memory beside those of a device.
 *
 * <p><b>Ownership:</b> owns context and staging. <b>Threading:</b> one thread at a time.
 */
final class BoundContext implements AutoCloseable {
  private final ExecutionContext context;
  private final Map<String, DeviceMemory> staging = new HashMap<>();

  /**
   * Makes one.
   *
   * @param context adopted, also if this fails
   */
  @MustBeClosed
  BoundContext(Backend backend, ExecutionContext context) {
    this.context = context;
    try {
      for (TensorSpec spec : tensors()) {
        DeviceBuffer buffer = context.buffer(spec.name());
        if (!buffer.isHost()) {
          staging.put(spec.name(), openStaging(backend, buffer));
        }
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  @SuppressWarnings("MustBeClosed") // closed in close()
  private static DeviceMemory openStaging(Backend backend, DeviceBuffer buffer) {
    return backend.openStaging(buffer.device(), buffer.byteSize());
  }

  private List<TensorSpec> tensors() {
    var all = new ArrayList<>(context.inputs());
    all.addAll(context.outputs());
    return all;
  }

  /** The bytes of an input or output, between runs. */
  MemorySegment bytes(String name) {
    DeviceMemory own = staging.get(name);
    return (own == null ? context.buffer(name) : own.buffer()).host();
  }

  TensorSpec output(String name) {
    return context.outputs().stream()
        .filter(spec -> spec.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(name + ": no such output"));
  }

  /** Runs the graph and waits for it. */
  void run(DeviceStream stream) {
    for (TensorSpec input : context.inputs()) {
      DeviceMemory from = staging.get(input.name());
      if (from != null) {
        stream.copy(from.buffer(), context.buffer(input.name()));
      }
    }
    context.enqueue(stream);
    for (TensorSpec output : context.outputs()) {
      DeviceMemory to = staging.get(output.name());
      if (to != null) {
        stream.copy(context.buffer(output.name()), to.buffer());
      }
    }
    stream.synchronize();
  }

  @Override
  public void close() {
    try (context) {
      staging.values().forEach(DeviceMemory::close);
    }
  }
}
