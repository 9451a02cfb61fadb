package dev.synthorax.server.access;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.config.SecurityConfig;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What the server's connections are made with. Files are read again when they have changed, for the
 * connections made from then on; ones that cannot be read change nothing.
 *
 * <p><b>Ownership:</b> owns the thread that looks at the files.
 */
public final class Encryption implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMinutes(1);

  private final ServerCredentials credentials;
  private final ScheduledExecutorService looking;

  private Encryption(SecurityConfig config) throws IOException, GeneralSecurityException {
    looking =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("certificates").daemon().factory());
    boolean made = false;
    try {
      credentials = config.hasTls() ? tls(config) : InsecureServerCredentials.create();
      made = true;
    } finally {
      if (!made) {
        looking.shutdownNow();
      }
    }
  }

  /**
   * As configured.
   *
   * @throws InferenceException {@code INVALID_ARGUMENT} in one line if a file is not what it should
   *     be
   */
  public static Encryption of(SecurityConfig config) {
    try {
      return new Encryption(config);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT,
          "TLS: %s (expected: PEM files, of a certificate chain %s, of its PKCS#8 key %s%s)"
              .formatted(
                  e.getMessage(),
                  config.certificate(),
                  config.key(),
                  config.clientCa().isEmpty() ? "" : ", of authorities " + config.clientCa()),
          e);
    }
  }

  private ServerCredentials tls(SecurityConfig config)
      throws IOException, GeneralSecurityException {
    var keys = new AdvancedTlsX509KeyManager();
    var _ =
        keys.updateIdentityCredentials(
            Path.of(config.certificate()).toFile(),
            Path.of(config.key()).toFile(),
            LOOK.toSeconds(),
            TimeUnit.SECONDS,
            looking);
    var tls = TlsServerCredentials.newBuilder().keyManager(keys);
    if (!config.clientCa().isEmpty()) {
      var trusted =
          AdvancedTlsX509TrustManager.newBuilder()
              .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
              .build();
      var _ =
          trusted.updateTrustCredentials(
              Path.of(config.clientCa()).toFile(), LOOK.toSeconds(), TimeUnit.SECONDS, looking);
      tls.trustManager(trusted).clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
    }
    return tls.build();
  }

  /** For a server's builder. */
  public ServerCredentials credentials() {
    return credentials;
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
  public void close() {
    looking.shutdownNow();
  }
}
