package dev.synthorax.server.access;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.config.SecurityConfig;
import dev.synthorax.server.grpc.GrpcEdge;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;

/**
 * How a server knows who calls, as configured.
 *
 * <p><b>Ownership:</b> owns the thread that looks at certificates. <b>Threading:</b> any thread.
 */
public final class Access implements GrpcEdge.Guard, AutoCloseable {
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

  @Override
  public ServerCredentials credentials() {
    return encryption.credentials();
  }

  @Override
  public ServerInterceptor door() {
    return door;
  }

  @Override
  public void close() {
    encryption.close();
  }
}
