package dev.synthorax.engine.onnxruntime;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.bytedeco.onnxruntime.Env;
import org.bytedeco.onnxruntime.StringVector;
import org.bytedeco.onnxruntime.global.onnxruntime;

/**
 * ONNX Runtime, loaded: what its backends have in common, whatever they compute on.
 *
 * <p><b>Ownership:</b> owns the native environment; plans borrow it and are closed before.
 *
 * <p><b>Threading:</b> as {@link dev.synthorax.engine.Backend}.
 */
final class OnnxRuntimeLibrary implements AutoCloseable {
  private final String backend;
  private final NativeHandles.Handle handle;
  private final AtomicInteger openPlans = new AtomicInteger();
  private final Env env; // owned

  private OnnxRuntimeLibrary(String backend, Env env) {
    this.backend = backend;
    this.env = env;
    this.handle = NativeHandles.register("onnxruntime.Library", backend);
  }

  /**
   * Loads the library.
   *
   * @param backend its name, for messages
   * @throws InferenceException {@code UNSUPPORTED} if it does not load
   */
  @MustBeClosed
  static OnnxRuntimeLibrary open(String backend) {
    // JavaCPP refuses allocations once the whole process is larger than four times the Java heap,
    // which a large model is by nature; read when its first class is loaded
    System.getProperties().putIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    try {
      // FATAL: every failure comes back as a status, so the library need not print it as well
      return new OnnxRuntimeLibrary(
          backend, new Env(onnxruntime.ORT_LOGGING_LEVEL_FATAL, "synthorax"));
    } catch (LinkageError failure) { // a missing or unloadable shared library, in any of its forms
      throw new InferenceException(
          ErrorReason.UNSUPPORTED,
          "ONNX Runtime does not load here: " + Messages.oneLine(failure.getMessage()),
          failure);
    }
  }

  /** Such as {@code 1.24.1}. */
  String version() {
    return onnxruntime.GetVersionString().getString();
  }

  /** Whether it was built with a provider, such as {@code CUDAExecutionProvider}. */
  boolean has(String provider) {
    try (StringVector names = onnxruntime.GetAvailableProviders()) {
      for (int i = 0; i < names.size(); i++) {
        if (names.get(i).getString().equals(provider)) {
          return true;
        }
      }
      return false;
    }
  }

  void requireOpen() {
    handle.requireOpen();
  }

  /**
   * As {@link dev.synthorax.engine.Backend#openPlan}.
   *
   * @param devices those there are
   * @param placements opens one for a device
   */
  @MustBeClosed
  Plan openPlan(PlanRequest request, List<Device> devices, Function<Device, Placement> placements) {
    requireOpen();
    if (!devices.contains(request.device())) {
      throw new IllegalArgumentException(
          "device: %s (expected: one of %s)"
              .formatted(request.device().name(), devices.stream().map(Device::name).toList()));
    }
    Path file = request.graph();
    if (!Files.isRegularFile(file)) {
      throw new InferenceException(
          ErrorReason.MODEL_FAILED,
          file.getFileName() + ": no such file (expected: an ONNX graph)");
    }
    openPlans.incrementAndGet();
    try {
      Placement placement = placements.apply(request.device());
      try {
        return OnnxRuntimePlan.adopt(env, request, placement, openPlans::decrementAndGet);
      } catch (RuntimeException | OutOfMemoryError failure) {
        placement.close();
        throw failure;
      }
    } catch (RuntimeException | OutOfMemoryError failure) {
      openPlans.decrementAndGet();
      throw failure;
    }
  }

  /**
   * Idempotent.
   *
   * @return whether this call closed it
   */
  boolean closeOnce() {
    int left = openPlans.get();
    if (left > 0) {
      throw new IllegalStateException(backend + ": " + left + " plans are still open");
    }
    if (!handle.close()) {
      return false;
    }
    env.close();
    return true;
  }

  @Override
  public void close() {
    boolean _ = closeOnce();
  }
}
