package dev.synthorax.benchmarks.gpu;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.cuda.CudaDriver;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What GPUs there are, and which backends run here. */
@Command(
    name = "device",
    mixinStandardHelpOptions = true,
    description = "The GPUs, their driver, and which backends run on this machine.",
    footer = {"", "Example: synthorax bench gpu device"})
final class DeviceReport implements Callable<Integer> {
  @Mixin private JsonFile json = new JsonFile();

  /**
   * What is known of this machine.
   *
   * @param driver version; null where the monitor is missing
   * @param cuda newest version of CUDA that the driver runs
   * @param backends version of each, or why it does not run
   */
  record Machine(
      List<String> devices,
      @Nullable String driver,
      String cuda,
      @Nullable Long memoryUsedBytes,
      Map<String, String> backends,
      String java,
      int processors) {}

  @Override
  public Integer call() throws IOException {
    Map<String, String> backends = backends();
    backends.forEach((name, state) -> System.out.printf("%s: %s%n", name, state));
    try (CudaDriver driver = CudaDriver.open()) {
      Device first = driver.devices().getFirst();
      CudaDriver.Figures figures = driver.figures(first);
      var machine =
          new Machine(
              driver.devices().stream().map(Device::description).toList(),
              figures.driverVersion(),
              driver.version(),
              figures.memoryUsedBytes(),
              backends,
              Runtime.version().toString(),
              Runtime.getRuntime().availableProcessors());
      System.out.printf(
          "%s; driver %s, CUDA %s%n", machine.devices(), machine.driver(), machine.cuda());
      json.write(machine);
    }
    return 0;
  }

  private static Map<String, String> backends() {
    var states = new LinkedHashMap<String, String>();
    for (String name : Backends.names()) {
      try (Backend backend = Backends.open(name)) {
        states.put(name, backend.version());
      } catch (InferenceException missing) {
        states.put(name, String.valueOf(missing.getMessage()));
      }
    }
    return states;
  }
}
