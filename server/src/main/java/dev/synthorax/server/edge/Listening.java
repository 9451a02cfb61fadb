package dev.synthorax.server.edge;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Locale;

/** Where an edge listens, and what is said where it cannot. */
public final class Listening {
  private Listening() {}

  /**
   * An address of this machine.
   *
   * @param port 0: any free one
   * @throws InferenceException {@code INVALID_ARGUMENT} in one line if the host has no address
   */
  public static InetSocketAddress address(String host, int port) {
    var address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT,
          "host: %s (expected: an address or a name of this machine)".formatted(host));
    }
    return address;
  }

  /** Why a port is not to be had: {@code INVALID_ARGUMENT} in one line. */
  public static InferenceException refused(String host, int port, IOException failure) {
    return new InferenceException(
        ErrorReason.INVALID_ARGUMENT,
        "cannot listen on %s port %d: %s".formatted(host, port, refusal(failure)),
        failure);
  }

  /** What the system said of an address, and what it takes instead. */
  private static String refusal(IOException failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String said = String.valueOf(root.getMessage()).toLowerCase(Locale.ROOT);
    if (said.contains("in use")) {
      return "in use (expected: a free port; 0 takes any)";
    }
    if (said.contains("assign")) {
      return "no address of this machine (expected: 127.0.0.1, or 0.0.0.0 for all)";
    }
    return said + " (expected: a port that is open to you; 0 takes any)";
  }
}
