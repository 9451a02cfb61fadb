package dev.synthorax.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.MustBeClosed;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A backend with a stream, opened for each test, and what moves numbers to wherever its memory
 * lies.
 */
@SuppressWarnings("MustBeClosedChecker") // closed after each test
abstract class BackendFixture {

  @TempDir protected Path folder;
  protected Backend backend;
  protected Device device;
  protected DeviceStream stream;
  private long mark;

  /** Opens the backend under test. */
  @MustBeClosed
  protected abstract Backend open();

  @BeforeEach
  void openBackend() {
    mark = NativeHandles.mark();
    backend = open();
    device = backend.devices().getFirst();
    stream = backend.openStream(device);
  }

  @AfterEach
  void closeBackend() {
    if (stream == null) {
      return; // it did not open, and the test says why
    }
    stream.close();
    backend.close();
    assertThat(NativeHandles.leaksSince(mark)).isEmpty();
  }

  /** How a graph is asked for, at any row count of the tests. */
  protected PlanRequest request(Path graph) {
    return PlanRequest.of(graph, device).withIntraOpThreads(1);
  }

  /** Runs once, to the end. */
  protected final void run(ExecutionContext context) {
    context.enqueue(stream);
    stream.synchronize();
  }

  protected final void write(DeviceBuffer to, float... values) {
    write(to, MemorySegment.ofArray(values));
  }

  protected final void writeLongs(DeviceBuffer to, long... values) {
    write(to, MemorySegment.ofArray(values));
  }

  protected final void write(DeviceBuffer to, MemorySegment bytes) {
    try (DeviceMemory staging = backend.openStaging(device, to.byteSize())) {
      staging.buffer().host().copyFrom(bytes);
      stream.copy(staging.buffer(), to);
      stream.synchronize();
    }
  }

  protected final byte[] bytes(DeviceBuffer from) {
    try (DeviceMemory staging = backend.openStaging(device, from.byteSize())) {
      stream.copy(from, staging.buffer());
      stream.synchronize();
      return staging.buffer().host().toArray(ValueLayout.JAVA_BYTE);
    }
  }

  protected final float[] floats(DeviceBuffer from) {
    return MemorySegment.ofArray(bytes(from)).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
  }

  protected final long[] longs(DeviceBuffer from) {
    return MemorySegment.ofArray(bytes(from)).toArray(ValueLayout.JAVA_LONG_UNALIGNED);
  }
}
