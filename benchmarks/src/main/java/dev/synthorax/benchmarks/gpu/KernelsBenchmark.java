package dev.synthorax.benchmarks.gpu;

import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.RowOperations;
import dev.synthorax.engine.cuda.CudaDriver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How near the kernels between networks come to the speed of plain copies: each moves its bytes
 * over and over, recorded as one graph so that the host's calls do not count, beside copies of as
 * many bytes. What a launch touches is not in the device's cache from the one before.
 */
@Command(
    name = "kernels",
    mixinStandardHelpOptions = true,
    description = "Bandwidth of the kernels between networks, beside a copy of as many bytes.",
    footer = {"", "Example: synthorax bench gpu kernels --images 16"})
final class KernelsBenchmark implements Callable<Integer> {
  private static final long SPREAD_BYTES = 256L << 20; // more than any device's cache
  private static final int MOST_SETS = 64;
  private static final int MOST_ROUNDS = 10_000;

  @Mixin private JsonFile json = new JsonFile();

  @Option(
      names = "--images",
      defaultValue = "16",
      description = "Images in a step, all with guidance. Default: ${DEFAULT-VALUE}.")
  private int images;

  @Option(
      names = "--seconds",
      defaultValue = "0.2",
      description = "About how long each is timed. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  /**
   * What one kernel reached.
   *
   * @param bytes read and written by a launch
   * @param copyMicros of a copy that reads and writes as many bytes
   * @param ofCopy the kernel's bandwidth over the copy's
   */
  record Figure(
      String name,
      long bytes,
      double micros,
      double gigabytesPerSecond,
      double copyMicros,
      double ofCopy) {}

  @Override
  public Integer call() throws IOException {
    if (images < 1) {
      throw new IllegalArgumentException("--images: " + images + " (expected: at least 1)");
    }
    var figures = new ArrayList<Figure>();
    try (CudaDriver driver = CudaDriver.open()) {
      Device device = driver.devices().getFirst();
      System.out.printf("%s, CUDA %s; %d images%n", device.description(), driver.version(), images);
      System.out.println("| kernel | bytes | us | GB/s | copy us | of copy |");
      System.out.println("| --- | --- | --- | --- | --- | --- |");
      try (RowOperations operations = driver.openRowOperations(device)) {
        for (KernelLoad load : KernelLoad.all(images)) {
          Figure figure = measure(driver, device, operations, load);
          figures.add(figure);
          System.out.printf(
              Locale.ROOT,
              "| %s | %d | %.2f | %.0f | %.2f | %.2f |%n",
              figure.name,
              figure.bytes,
              figure.micros,
              figure.gigabytesPerSecond,
              figure.copyMicros,
              figure.ofCopy);
        }
      }
      json.write(Map.of("device", device.description(), "images", images, "kernels", figures));
    }
    return 0;
  }

  private Figure measure(
      CudaDriver driver, Device device, RowOperations operations, KernelLoad load) {
    int sets = Math.clamp(SPREAD_BYTES / load.bytes(), 1, MOST_SETS);
    double micros = micros(driver, device, sets, load.memoryBytes(), load.onto(operations));
    double copyMicros =
        micros(
            driver,
            device,
            sets,
            load.bytes(),
            (stream, memory) -> {
              long half = load.bytes() / 2;
              stream.copy(memory.slice(0, half), memory.slice(half, half));
            });
    return new Figure(
        load.name(),
        load.bytes(),
        micros,
        load.bytes() / micros / 1e3,
        copyMicros,
        copyMicros / micros);
  }

  /** Microseconds of one piece of work, which goes round over sets of memory. */
  private double micros(
      CudaDriver driver, Device device, int sets, long setBytes, KernelLoad.Work work) {
    try (DeviceMemory memory = driver.openMemory(device, sets * setBytes);
        DeviceStream stream = driver.openStream(device);
        CudaDriver.Graph round =
            driver.capture(stream, () -> enqueue(work, stream, memory.buffer(), sets))) {
      double warm = nanos(stream, round, 1);
      int rounds = (int) Math.clamp(seconds * 1e9 / warm, 1, MOST_ROUNDS);
      return nanos(stream, round, rounds) / 1e3 / rounds / sets;
    }
  }

  private static double nanos(DeviceStream stream, CudaDriver.Graph round, int rounds) {
    long start = System.nanoTime();
    for (int i = 0; i < rounds; i++) {
      round.launch(stream);
    }
    stream.synchronize();
    return System.nanoTime() - start;
  }

  private static void enqueue(
      KernelLoad.Work work, DeviceStream stream, DeviceBuffer memory, int sets) {
    long setBytes = memory.byteSize() / sets;
    for (int set = 0; set < sets; set++) {
      work.enqueue(stream, memory.slice(set * setBytes, setBytes));
    }
  }
}
