package dev.synthorax.server.access;

import com.sun.net.httpserver.HttpsConfigurator;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.config.SecurityConfig;
import dev.synthorax.server.grpc.GrpcEdge;
import dev.synthorax.server.telemetry.MetricsPage;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * How a server knows who calls, as configured.
 *
 * <p><b>Ownership:</b> owns the thread that looks at certificates. <b>Threading:</b> any thread.
 */
public final class Access implements GrpcEdge.Guard, MetricsPage.Guard, AutoCloseable {
  private final Door door;
  private final Encryption encryption;

  private Access(Door door, Encryption encryption) {
    this.door = door;
    this.encryption = encryption;
  }

  /** One that knows nobody and lets everybody in, in plain text. */
  public static Access open() {
    return of(SecurityConfig.DEFAULT);
  }

  /**
   * As configured.
   *
   * @throws InferenceException {@code INVALID_ARGUMENT} in one line, naming the file that cannot be
   *     used
   */
  public static Access of(SecurityConfig config) {
    return new Access(Door.of(config), Encryption.of(config));
  }

  /**
   * Refuses an address that strangers reach, unless connections are encrypted and callers known.
   *
   * @throws InferenceException {@code INVALID_ARGUMENT} in one line
   */
  public static void requireSafe(String host, SecurityConfig config) {
    var address = new InetSocketAddress(host, 0).getAddress();
    boolean here = address != null && address.isLoopbackAddress();
    if (!here && !(config.hasTls() && config.knowsCallers())) {
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT,
          "host: %s, which other machines reach, without %s (expected: --tls-cert, --tls-key and --tokens or --tls-client-ca; or 127.0.0.1; or --insecure, where all who reach it are trusted)"
              .formatted(
                  host,
                  config.hasTls()
                      ? "tokens or client certificates"
                      : config.knowsCallers() ? "TLS" : "TLS and tokens"));
    }
  }

  @Override
  public ServerCredentials credentials() {
    return encryption.credentials();
  }

  @Override
  public ServerInterceptor door() {
    return door;
  }

  @Override
  public boolean tellsRoles() {
    return door.asksForTokens();
  }

  @Override
  public @Nullable HttpsConfigurator pageTls() {
    return encryption.pages();
  }

  @Override
  public void admit(@Nullable String authorization) {
    door.admit(authorization);
  }

  @Override
  public void close() {
    encryption.close();
  }
}
