package dev.synthorax.engine.onnxruntime;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * ONNX Runtime on the processor, with its own kernels.
 *
 * <p><b>Ownership:</b> owns the library.
 *
 * <p><b>Threading:</b> as {@link Backend}.
 */
final class OnnxRuntimeCpuBackend implements Backend {

  static final String NAME = "onnxruntime-cpu";

  private final OnnxRuntimeLibrary library; // owned
  private final String version;
  private final List<Device> devices = List.of(new Device(Device.Kind.CPU, 0, processorName()));

  private OnnxRuntimeCpuBackend(OnnxRuntimeLibrary library) {
    this.library = library;
    this.version = library.version();
  }

  /** Loads the library; fails as {@link OnnxRuntimeLibrary#open}. */
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // closed by close
  static OnnxRuntimeCpuBackend open() {
    return new OnnxRuntimeCpuBackend(OnnxRuntimeLibrary.open(NAME));
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
    library.requireOpen();
    return devices;
  }

  @Override
  @MustBeClosed
  public Plan openPlan(PlanRequest request) {
    return library.openPlan(request, devices, device -> new HostPlacement(this, device));
  }

  @Override
  public void close() {
    library.close();
  }

  private static String processorName() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElseGet(OnnxRuntimeCpuBackend::architecture);
    } catch (IOException notLinux) {
      return architecture();
    }
  }

  private static String architecture() {
    return System.getProperty("os.arch", "CPU");
  }
}
