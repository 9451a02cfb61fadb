package dev.synthorax.engine.tensorrt;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/**
 * What this package asks of the library. {@link NativeTensorRt} asks TensorRT; tests have another.
 *
 * <p><b>Threading:</b> any thread, the device's context current on it.
 */
interface TensorRt extends AutoCloseable {

  /** Full version, such as {@code 10.15.1.29}. */
  String version();

  /**
   * What to compile.
   *
   * @param graph ONNX file
   * @param device for which; its context is current
   * @param architecture of the device, 90 for {@code sm_90}
   * @param inputs dims {@link TensorSpec#DYNAMIC} in the first place alone
   * @param rows one optimization profile each, for exactly so many rows; empty: no input has rows
   * @param optimizationLevel 0 to 5
   * @param workspaceBytes limit for one layer
   * @param threads of the host to work on
   * @param timings what earlier compilations measured; empty: nothing
   */
  record Order(
      Path graph,
      Device device,
      int architecture,
      List<TensorSpec> inputs,
      List<Integer> rows,
      int optimizationLevel,
      long workspaceBytes,
      int threads,
      MemorySegment timings) {}

  /** A plan as the library made it; owns its bytes. */
  interface Compiled extends AutoCloseable {
    MemorySegment plan();

    /** For the next compilation; empty where the library gives none. */
    byte[] timings();

    @Override
    void close();
  }

  /** The library does not take a plan: made by another version, for another device, or broken. */
  final class PlanRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    PlanRefusedException(String message) {
      super(message);
    }
  }

  /**
   * Compiles; takes minutes.
   *
   * @throws dev.synthorax.engine.InferenceException as {@link Diagnosis#ofCompiling}
   */
  @MustBeClosed
  Compiled compile(Order order);

  /**
   * Loads a plan's weights onto a device.
   *
   * @param name for messages
   * @param plan borrowed until this returns
   * @throws dev.synthorax.engine.InferenceException {@code OUT_OF_MEMORY}
   */
  @MustBeClosed
  Engine load(String name, Device device, MemorySegment plan) throws PlanRefusedException;

  @Override
  void close();

  /**
   * A loaded plan.
   *
   * <p><b>Threading:</b> as {@link dev.synthorax.engine.Plan}.
   */
  interface Engine extends AutoCloseable {
    /** Whether the host reads this tensor to know shapes. */
    boolean decidesShapes(String tensor);

    /**
     * Opens a context without memory of its own.
     *
     * @param profile index among the order's rows
     * @param inputs every dim known
     * @param stream does what the change of profile needs; synchronized by the caller
     * @throws dev.synthorax.engine.InferenceException {@code OUT_OF_MEMORY}
     */
    @MustBeClosed
    EngineContext openContext(int profile, List<TensorSpec> inputs, long stream);

    @Override
    void close();
  }

  /**
   * Runs a loaded plan at fixed shapes.
   *
   * <p><b>Threading:</b> one thread at a time.
   */
  interface EngineContext extends AutoCloseable {
    /** Bytes that it needs beside its tensors while it runs. */
    long activationBytes();

    /** Dims that the library computes for an output. */
    List<Long> shape(String tensor);

    /** Where a tensor lies from now on. */
    void bind(String tensor, long address);

    /** Memory for {@link #activationBytes}; nobody else uses it while a run is under way. */
    void useMemory(long address, long byteSize);

    /**
     * Enqueues one run.
     *
     * @throws dev.synthorax.engine.InferenceException {@code BACKEND_FAILURE} in the library's
     *     words
     */
    void enqueue(long stream);

    @Override
    void close();
  }
}
