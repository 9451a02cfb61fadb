package dev.synthorax.engine.onnxruntime;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.bytedeco.onnxruntime.Env;
import org.bytedeco.onnxruntime.global.onnxruntime;

/**
 * ONNX Runtime's CPU execution provider.
 *
 * <p><b>Ownership:</b> owns the native environment; plans borrow it and are closed before.
 *
 * <p><b>Threading:</b> as {@link Backend}.
 */
final class OnnxRuntimeBackend implements Backend {

  static final String NAME = "onnxruntime-cpu";

  private final NativeHandles.Handle handle = NativeHandles.register("onnxruntime.Backend", NAME);
  private final AtomicInteger openPlans = new AtomicInteger();
  private final Env env; // owned
  private final String version;
  private final List<Device> devices;

  private OnnxRuntimeBackend(Env env) {
    this.env = env;
    this.version = onnxruntime.GetVersionString().getString();
    this.devices = List.of(new Device(Device.Kind.CPU, 0, processorName()));
  }

  /** Loads the library; a {@link LinkageError} if that fails. */
  @MustBeClosed
  static OnnxRuntimeBackend open() {
    // JavaCPP refuses allocations once the whole process is larger than four times the Java heap,
    // which a large model is by nature; read when its first class is loaded
    System.getProperties().putIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    // FATAL: every failure comes back as a status, so the library need not print it as well
    return new OnnxRuntimeBackend(new Env(onnxruntime.ORT_LOGGING_LEVEL_FATAL, "synthorax"));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public List<Device> devices() {
    handle.requireOpen();
    return devices;
  }

  @Override
  @MustBeClosed
  public Plan openPlan(PlanRequest request) {
    if (!devices().contains(request.device())) {
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
      return OnnxRuntimePlan.open(env, request, openPlans::decrementAndGet);
    } catch (RuntimeException | OutOfMemoryError failure) {
      openPlans.decrementAndGet();
      throw failure;
    }
  }

  @Override
  public void close() {
    int left = openPlans.get();
    if (left > 0) {
      throw new IllegalStateException(NAME + ": " + left + " plans are still open");
    }
    if (handle.close()) {
      env.close();
    }
  }

  private static String processorName() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElseGet(OnnxRuntimeBackend::architecture);
    } catch (IOException notLinux) {
      return architecture();
    }
  }

  private static String architecture() {
    return System.getProperty("os.arch", "CPU");
  }
}
