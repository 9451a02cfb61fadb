package dev.synthorax.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ClientSecurityTest {
  private static final String PASSWORD = "changeit";
  private static final ClientOptions ONCE =
      ClientOptions.DEFAULT.withDeadline(Duration.ofSeconds(30)).withRetry(RetryPolicy.NONE);

  @TempDir private static Path folder;
  private final AtomicReference<String> authorization = new AtomicReference<>("none");

  /** A certificate for localhost, made by the JDK's keytool. */
  @BeforeAll
  static void makeCertificate() throws Exception {
    Path store = folder.resolve("server.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "it",
                "-keyalg",
                "EC",
                "-dname",
                "CN=server",
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    pem("server.pem", "CERTIFICATE", keys.getCertificate("it").getEncoded());
    pem("server.key", "PRIVATE KEY", keys.getKey("it", PASSWORD.toCharArray()).getEncoded());
  }

  /** A server that shows the certificate. */
  private Server tlsServer() throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                TlsServerCredentials.create(
                    folder.resolve("server.pem").toFile(), folder.resolve("server.key").toFile()))
            .intercept(new Listening());
    new FakeServices().services().forEach(builder::addService);
    return builder.build().start();
  }

  private static void pem(String name, String type, byte[] der) throws IOException {
    Files.writeString(
        folder.resolve(name),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(type, Base64.getMimeEncoder().encodeToString(der), type));
  }

  private final class Listening implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      authorization.set(
          String.valueOf(
              headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER))));
      return next.startCall(call, headers);
    }
  }

  @Test
  void open_tls_sendsTheTokenToTheServerItTrustsAlone() throws Exception {
    Server server = tlsServer();
    String target = "127.0.0.1:" + server.getPort();
    var trusting = new ClientSecurity(true, folder.resolve("server.pem"), null, null, "abc.DEF-1");
    try (SynthoraxClient client = SynthoraxClient.open(target, ONCE.withSecurity(trusting));
        SynthoraxClient careful =
            SynthoraxClient.open(
                target, ONCE.withSecurity(new ClientSecurity(true, null, null, null, "abc")))) {
      assertThat(client.models()).isNotEmpty();
      assertThat(authorization.getAndSet("none")).isEqualTo("Bearer abc.DEF-1");

      var failure = catchThrowableOfType(SynthoraxException.class, careful::models);
      assertThat(failure.code()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(failure)
          .hasMessage(
              target
                  + " shows a certificate that nobody signed who is trusted here (expected: the"
                  + " authority that did in --tls-ca FILE)");
      assertThat(authorization.get()).isEqualTo("none");
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void open_plainTextToAServerOfTls_namesTheOption() throws Exception {
    Server server = tlsServer();
    String target = "127.0.0.1:" + server.getPort();
    try (SynthoraxClient client = SynthoraxClient.open(target, ONCE)) {
      assertThat(catchThrowableOfType(SynthoraxException.class, client::models))
          .hasMessageStartingWith("no server at " + target + " (")
          .hasMessageContaining("; one that speaks TLS wants --tls");
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void open_tlsToAServerOfPlainText_saysSo() throws Exception {
    var tls = new ClientSecurity(true, null, null, null, "");
    try (FakeServer server = FakeServer.start(new FakeServices());
        SynthoraxClient client = SynthoraxClient.open(server.target(), ONCE.withSecurity(tls))) {
      assertThat(catchThrowableOfType(SynthoraxException.class, client::models))
          .hasMessage(
              server.target()
                  + " speaks no TLS (expected: a server that does; or leave --tls out)");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.1:8001", "example.org:8001", "localhost.example.org:1", "127.0.0.1.x:1"})
  void interceptors_tokenInPlainTextToAnotherMachine_isRefused(String target) {
    var security = new ClientSecurity(false, null, null, null, "secret");

    assertThatThrownBy(() -> security.interceptors(target))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(target)
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:8001", "127.0.0.1:8001", "[::1]:8001", "dns:///localhost:1"})
  void interceptors_tokenInPlainTextToThisMachine_isSent(String target) {
    assertThatCode(() -> new ClientSecurity(false, null, null, null, "secret").interceptors(target))
        .doesNotThrowAnyException();
  }

  @Test
  void clientSecurity_wrong_isRefusedWithoutTheToken() {
    assertThatThrownBy(() -> new ClientSecurity(true, null, null, null, "two words"))
        .hasMessageContaining("a token of 9 characters")
        .hasMessageNotContaining("two words");
    assertThatThrownBy(() -> new ClientSecurity(false, folder, null, null, ""))
        .hasMessageContaining("certificates without TLS");
    assertThatThrownBy(() -> new ClientSecurity(true, null, folder, null, ""))
        .hasMessageContaining("a certificate without its key");
    assertThat(new ClientSecurity(false, null, null, null, "secret").toString())
        .doesNotContain("secret");
  }

  @Test
  void credentials_fileIsMissing_saysSo() {
    var security = new ClientSecurity(true, folder.resolve("none.pem"), null, null, "");

    assertThatThrownBy(security::credentials)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("none.pem");
  }
}
