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
final class Encryption implements AutoCloseable {
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
  static Encryption of(SecurityConfig config) {
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
  ServerCredentials credentials() {
    return credentials;
  }

  @Override
  public void close() {
    looking.shutdownNow();
  }
}
