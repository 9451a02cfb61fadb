package dev.synthorax.server.config;

import java.lang.management.ManagementFactory;

/**
 * What training may take of the machine.
 *
 * @param threads that a job computes with where it does not say; 1 to 1,024
 * @param heapBytes of a trainer's Java heap; 64 MiB and up
 * @param memoryBytes that a trainer's process may take in all, files that it maps not counted; 256
 *     MiB and up
 * @param restarts of a trainer's process that ends unasked, without a checkpoint between; 0 to 100
 * @param maxDatasetSamples of one dataset; 1 to 10,000,000
 * @param maxDatasetBytes of one dataset; 1 MiB and up
 * @param spareDiskBytes that uploads leave free; 0 and up
 */
public record TrainingConfig(
    int threads,
    long heapBytes,
    long memoryBytes,
    int restarts,
    int maxDatasetSamples,
    long maxDatasetBytes,
    long spareDiskBytes) {
  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;

  /** What holds where nothing is said: half of the machine's cores and memory. */
  public static final TrainingConfig DEFAULT =
      new TrainingConfig(
          Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
          GIB,
          Math.max(256 * MIB, machineBytes() / 2),
          3,
          1_000_000,
          256 * GIB,
          GIB);

  /**
   * Checks.
   *
   * @throws IllegalArgumentException naming the key
   */
  public TrainingConfig {
    Ranges.require("threads", threads, 1, 1024);
    Ranges.require("heap-bytes", heapBytes, 64 * MIB, Long.MAX_VALUE);
    Ranges.require("memory-bytes", memoryBytes, 256 * MIB, Long.MAX_VALUE);
    Ranges.require("restarts", restarts, 0, 100);
    Ranges.require("max-dataset-samples", maxDatasetSamples, 1, 10_000_000);
    Ranges.require("max-dataset-bytes", maxDatasetBytes, MIB, Long.MAX_VALUE);
    Ranges.require("spare-disk-bytes", spareDiskBytes, 0, Long.MAX_VALUE);
  }

  private static long machineBytes() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean machine
        ? machine.getTotalMemorySize()
        : 4 * GIB;
  }
}
