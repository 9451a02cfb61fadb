package dev.synthorax.server.telemetry;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The machine that the server runs on, or what its container has of it. */
final class Machine {
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private Machine() {}

  /** Of all processors, 0 to 1; 0 where nobody knows. */
  static double processors() {
    double load = SYSTEM.getCpuLoad();
    return load >= 0 ? load : 0; // negative, or no number, where it is not known
  }

  static long memoryBytes() {
    return SYSTEM.getTotalMemorySize();
  }

  static long usedMemoryBytes() {
    return memoryBytes() - SYSTEM.getFreeMemorySize();
  }

  /** That the server took since it was started. */
  static long processorNanos() {
    return SYSTEM.getProcessCpuTime();
  }
}
