package dev.synthorax.server.access;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
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
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What the server's connections are made with. Files are read again when they have changed, for the
 * connections made from then on; ones that cannot be read change nothing.
 *
 * <p><b>Ownership:</b> owns the thread that looks at the files.
 */
final class Encryption implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMinutes(1);

  private final ServerCredentials credentials;
  private final @Nullable HttpsConfigurator pages;
  private final ScheduledExecutorService looking;

  /** The same keys and authorities, for gRPC and for pages. */
  private record Tls(ServerCredentials credentials, HttpsConfigurator pages) {}

  private Encryption(SecurityConfig config) throws IOException, GeneralSecurityException {
    looking =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("certificates").daemon().factory());
    boolean made = false;
    try {
      Tls tls = config.hasTls() ? tls(config) : null;
      credentials = tls == null ? InsecureServerCredentials.create() : tls.credentials();
      pages = tls == null ? null : tls.pages();
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

  private Tls tls(SecurityConfig config) throws IOException, GeneralSecurityException {
    var keys = new AdvancedTlsX509KeyManager();
    var _ =
        keys.updateIdentityCredentials(
            Path.of(config.certificate()).toFile(),
            Path.of(config.key()).toFile(),
            LOOK.toSeconds(),
            TimeUnit.SECONDS,
            looking);
    var tls = TlsServerCredentials.newBuilder().keyManager(keys);
    TrustManager[] authorities = null; // those that Java trusts; nobody is asked
    if (!config.clientCa().isEmpty()) {
      var trusted =
          AdvancedTlsX509TrustManager.newBuilder()
              .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
              .build();
      var _ =
          trusted.updateTrustCredentials(
              Path.of(config.clientCa()).toFile(), LOOK.toSeconds(), TimeUnit.SECONDS, looking);
      tls.trustManager(trusted).clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
      authorities = new TrustManager[] {trusted};
    }
    var context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {keys}, authorities, null);
    return new Tls(tls.build(), new Pages(context, authorities != null));
  }

  private static final class Pages extends HttpsConfigurator {
    private final boolean mutual;

    private Pages(SSLContext context, boolean mutual) {
      super(context);
      this.mutual = mutual;
    }

    @Override
    public void configure(HttpsParameters connection) {
      SSLParameters parameters = getSSLContext().getDefaultSSLParameters();
      parameters.setNeedClientAuth(mutual);
      connection.setSSLParameters(parameters);
    }
  }

  /** For a server's builder. */
  ServerCredentials credentials() {
    return credentials;
  }

  /** For a server of pages; null: they are not encrypted. */
  @Nullable HttpsConfigurator pages() {
    return pages;
  }

  @Override
  public void close() {
    looking.shutdownNow();
  }
}
