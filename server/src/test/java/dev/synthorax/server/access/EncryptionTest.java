package dev.synthorax.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.config.SecurityConfig;
import dev.synthorax.server.telemetry.MetricsPage;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class EncryptionTest {
  @TempDir private static Path folder;
  private static TestCertificate ours;
  private static TestCertificate client;
  private static TestCertificate stranger;

  @BeforeAll
  static void make() throws Exception {
    ours = TestCertificate.make(folder, "server");
    client = TestCertificate.make(folder, "client");
    stranger = TestCertificate.make(folder, "stranger");
  }

  private static SecurityConfig config(String clientCa) {
    return new SecurityConfig(ours.certificate().toString(), ours.key().toString(), clientCa, "");
  }

  /** What a client with these credentials hears from a server with that configuration. */
  private static Code code(SecurityConfig config, ChannelCredentials credentials) throws Exception {
    try (Encryption encryption = Encryption.of(config)) {
      Server server =
          NettyServerBuilder.forAddress(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                  encryption.credentials())
              .addService(new HealthStatusManager().getHealthService())
              .build()
              .start();
      ManagedChannel channel =
          Grpc.newChannelBuilderForAddress("127.0.0.1", server.getPort(), credentials).build();
      try {
        var answer =
            HealthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .check(HealthCheckRequest.getDefaultInstance());
        assertThat(answer.getStatus()).isEqualTo(ServingStatus.SERVING);
        return Code.OK;
      } catch (StatusRuntimeException e) {
        return e.getStatus().getCode();
      } finally {
        channel.shutdownNow();
        server.shutdownNow();
      }
    }
  }

  private static TlsChannelCredentials.Builder trusting(TestCertificate certificate)
      throws Exception {
    return TlsChannelCredentials.newBuilder().trustManager(certificate.certificate().toFile());
  }

  @Test
  void credentials_tls_answersWhoTrustsTheCertificateAlone() throws Exception {
    assertThat(code(config(""), trusting(ours).build())).isEqualTo(Code.OK);
    assertThat(code(config(""), trusting(stranger).build())).isEqualTo(Code.UNAVAILABLE);
    assertThat(code(config(""), InsecureChannelCredentials.create())).isEqualTo(Code.UNAVAILABLE);
  }

  @Test
  void credentials_mutualTls_answersWhoseCertificateIsSignedAlone() throws Exception {
    SecurityConfig mutual = config(client.certificate().toString());

    assertThat(
            code(
                mutual,
                trusting(ours)
                    .keyManager(client.certificate().toFile(), client.key().toFile())
                    .build()))
        .isEqualTo(Code.OK);
    assertThat(code(mutual, trusting(ours).build())).isEqualTo(Code.UNAVAILABLE);
    assertThat(
            code(
                mutual,
                trusting(ours)
                    .keyManager(stranger.certificate().toFile(), stranger.key().toFile())
                    .build()))
        .isEqualTo(Code.UNAVAILABLE);
  }

  @Test
  void credentials_nothingConfigured_isPlainText() throws Exception {
    assertThat(code(SecurityConfig.DEFAULT, InsecureChannelCredentials.create()))
        .isEqualTo(Code.OK);
  }

  /** What a browser that trusts a certificate hears of the page of metrics; -1: no connection. */
  private static int page(SecurityConfig config, TestCertificate trusted, TestCertificate own)
      throws Exception {
    try (Access access = Access.of(config)) {
      var page = MetricsPage.listen("127.0.0.1", 0, access, () -> "some 1\n");
      try (var client = HttpClient.newBuilder().sslContext(context(trusted, own)).build()) {
        var uri = URI.create("https://localhost:" + page.port() + "/metrics");
        return client
            .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
            .statusCode();
      } catch (IOException noConnection) {
        return -1;
      } finally {
        page.stop(Duration.ZERO);
      }
    }
  }

  private static SSLContext context(TestCertificate trusted, TestCertificate own) throws Exception {
    var keys = new AdvancedTlsX509KeyManager();
    keys.updateIdentityCredentials(own.certificate().toFile(), own.key().toFile());
    var authorities = AdvancedTlsX509TrustManager.newBuilder().build();
    authorities.updateTrustCredentials(trusted.certificate().toFile());
    var context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {keys}, new TrustManager[] {authorities}, null);
    return context;
  }

  @Test
  void pages_tls_answerWhoTrustsTheCertificateAlone() throws Exception {
    assertThat(page(config(""), ours, stranger)).isEqualTo(200);
    assertThat(page(config(""), stranger, stranger)).isEqualTo(-1);
  }

  @Test
  void pages_mutualTls_answerWhoseCertificateIsSignedAlone() throws Exception {
    SecurityConfig mutual = config(client.certificate().toString());

    assertThat(page(mutual, ours, client)).isEqualTo(200);
    assertThat(page(mutual, ours, stranger)).isEqualTo(-1);
  }

  @Test
  void of_filesThatAreNoPem_saysWhichAreWanted() throws Exception {
    Path wrong = Files.writeString(folder.resolve("wrong.pem"), "not a certificate");

    var failure =
        catchThrowableOfType(
            InferenceException.class,
            () -> {
              try (var _ =
                  Encryption.of(
                      new SecurityConfig(wrong.toString(), ours.key().toString(), "", ""))) {
                throw new AssertionError("it took it");
              }
            });

    assertThat(failure)
        .hasMessageStartingWith("TLS: ")
        .hasMessageContaining("PEM files, of a certificate chain " + wrong);
  }
}
