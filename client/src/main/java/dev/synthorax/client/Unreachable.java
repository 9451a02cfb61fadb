package dev.synthorax.client;

import io.grpc.Status;
import java.security.cert.CertPathBuilderException;
import org.jspecify.annotations.Nullable;

/** Says why nobody answered and what to do, as far as this side can know. */
final class Unreachable {
  /** What gRPC says where a connection was cut without a word, as servers that want TLS do. */
  private static final String CUT = "Network closed for unknown reason";

  /** What Netty says where something else than TLS came. */
  private static final String NO_TLS = "not an SSL/TLS record";

  private Unreachable() {}

  /**
   * Returns what to tell people.
   *
   * @param status UNAVAILABLE, from this side of the wire
   * @param target who was asked
   */
  static String message(Status status, String target) {
    for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof CertPathBuilderException) {
        return target
            + " shows a certificate that nobody signed who is trusted here (expected: the"
            + " authority that did in --tls-ca FILE)";
      }
      if (String.valueOf(cause.getMessage()).startsWith(NO_TLS)) {
        return target + " speaks no TLS (expected: a server that does; or leave --tls out)";
      }
    }
    String why = why(status);
    return "no server at "
        + target
        + " ("
        + why
        + (why.startsWith(CUT) ? "; one that speaks TLS wants --tls" : "")
        + "); start one with 'synthorax serve', or leave --server out";
  }

  private static String why(Status status) {
    Throwable cause = status.getCause();
    @Nullable String why = cause == null ? status.getDescription() : cause.getMessage();
    return why == null ? "connection lost" : why;
  }
}
