package dev.synthorax.server.telemetry;

import dev.synthorax.server.telemetry.MetricsText.Kind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** What the process and its machine use, under the names that are usual. */
final class ProcessMetrics {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String RESIDENT = "VmRSS:";
  private static final double NANOS_OF_SECOND = 1e9;
  private static final double MILLIS_OF_SECOND = 1e3;

  private ProcessMetrics() {}

  static void write(MetricsText page) {
    gauge(page, "nv_cpu_utilization", "Of all processors, 0 to 1", Machine.processors());
    gauge(page, "nv_cpu_memory_total_bytes", "Memory of the machine", Machine.memoryBytes());
    gauge(
        page,
        "nv_cpu_memory_used_bytes",
        "Memory of the machine that is not free",
        Machine.usedMemoryBytes());
    page.metric("process_cpu_seconds_total", Kind.COUNTER, "Processor time of the server");
    page.value(Labels.NONE, Machine.processorNanos() / NANOS_OF_SECOND);
    gauge(
        page,
        "process_start_time_seconds",
        "When the server was started, since 1970",
        ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS_OF_SECOND);
    residentBytes()
        .ifPresent(
            bytes ->
                gauge(
                    page,
                    "process_resident_memory_bytes",
                    "Memory of the server, heap and weights included",
                    bytes));
    MemoryMXBean heap = ManagementFactory.getMemoryMXBean();
    page.metric("jvm_memory_used_bytes", Kind.GAUGE, "Memory that the JVM uses");
    areas(page, heap.getHeapMemoryUsage().getUsed(), heap.getNonHeapMemoryUsage().getUsed());
    page.metric("jvm_memory_max_bytes", Kind.GAUGE, "Most memory that the JVM may use; -1: any");
    MemoryUsage rest = heap.getNonHeapMemoryUsage();
    areas(page, heap.getHeapMemoryUsage().getMax(), rest.getMax());
    gauge(
        page,
        "jvm_threads_current",
        "Platform threads",
        ManagementFactory.getThreadMXBean().getThreadCount());
  }

  private static void areas(MetricsText page, long heap, long nonHeap) {
    page.value(Labels.of("area", "heap"), heap);
    page.value(Labels.of("area", "nonheap"), nonHeap);
  }

  private static void gauge(MetricsText page, String name, String help, double value) {
    page.metric(name, Kind.GAUGE, help);
    page.value(Labels.NONE, value);
  }

  private static void gauge(MetricsText page, String name, String help, long value) {
    page.metric(name, Kind.GAUGE, help);
    page.value(Labels.NONE, value);
  }

  /** Where the system tells it. */
  private static OptionalLong residentBytes() {
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(RESIDENT))
          .map(line -> line.substring(RESIDENT.length()).replace("kB", "").strip())
          .mapToLong(kibibytes -> Long.parseLong(kibibytes) << 10)
          .findFirst();
    } catch (IOException e) { // not Linux
      return OptionalLong.empty();
    }
  }
}
