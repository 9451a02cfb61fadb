package dev.synthorax.server.config;

import static java.util.Objects.requireNonNull;

/**
 * Where those who run a server watch it; nowhere until a port is named.
 *
 * @param host address that both ports are on
 * @param port of gRPC's own services (channels, reflection); 0: any free one; -1: none
 * @param metricsPort of the page of metrics, by HTTP; 0: any free one; -1: none
 */
public record AdminConfig(String host, int port, int metricsPort) {
  /** A port that is not opened. */
  public static final int NONE = -1;

  /** The highest there is. */
  public static final int MAX_PORT = 65_535;

  /** What holds where nothing is said. */
  public static final AdminConfig DEFAULT = new AdminConfig("127.0.0.1", NONE, NONE);

  /**
   * Checks.
   *
   * @throws IllegalArgumentException naming the key
   */
  public AdminConfig {
    requireNonNull(host, "host");
    Ranges.require("port", port, NONE, MAX_PORT);
    Ranges.require("metrics-port", metricsPort, NONE, MAX_PORT);
  }

  /** Whether there is either port. */
  public boolean hasAny() {
    return hasPort() || hasMetrics();
  }

  /** Whether there is gRPC's port. */
  public boolean hasPort() {
    return port != NONE;
  }

  /** Whether there is the page of metrics. */
  public boolean hasMetrics() {
    return metricsPort != NONE;
  }
}
