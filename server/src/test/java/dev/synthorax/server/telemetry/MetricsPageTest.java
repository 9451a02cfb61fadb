package dev.synthorax.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class MetricsPageTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicInteger scrapes = new AtomicInteger();
  private final MetricsPage page =
      MetricsPage.listen(
          "127.0.0.1", 0, new Given(), () -> "scrape_total " + scrapes.incrementAndGet() + "\n");

  /** Lets "good" in, knows "other", and nobody else. */
  private static final class Given implements MetricsPage.Guard {
    @Override
    public @Nullable HttpsConfigurator pageTls() {
      return null;
    }

    @Override
    public void admit(@Nullable String authorization) {
      if ("other".equals(authorization)) {
        throw new ServerException(ServerReason.PERMISSION_DENIED, "other may not");
      }
      if (!"good".equals(authorization)) {
        throw new ServerException(ServerReason.UNAUTHENTICATED, "no token");
      }
    }
  }

  @AfterEach
  void stop() {
    page.stop(Duration.ZERO);
    client.close();
  }

  private HttpResponse<String> ask(String method, String path, String authorization)
      throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(page.port(), path)))
            .method(method, BodyPublishers.noBody())
            .header("Authorization", authorization)
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void get_metrics_isThePageAsItIsThen() throws Exception {
    var first = ask("GET", "/metrics", "good");
    var second = ask("GET", "/metrics?name=any", "good");

    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.headers().firstValue("content-type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(first.body()).isEqualTo("scrape_total 1\n");
    assertThat(second.body()).isEqualTo("scrape_total 2\n");
  }

  @Test
  void get_whileTheServerDrains_isAnswered() throws Exception {
    page.drain();

    assertThat(ask("GET", "/metrics", "good").statusCode()).isEqualTo(200);
  }

  @Test
  void get_strangerOrWithoutTheRole_seesNothing() throws Exception {
    var stranger = ask("GET", "/metrics", "bad");
    var other = ask("GET", "/metrics", "other");

    assertThat(stranger.statusCode()).isEqualTo(401);
    assertThat(stranger.headers().firstValue("www-authenticate")).hasValue("Bearer");
    assertThat(other.statusCode()).isEqualTo(403);
    assertThat(other.body()).isEqualTo("other may not\n");
    assertThat(scrapes).as("pages that were made").hasValue(0);
  }

  @Test
  void ask_otherwise_saysWhatThereIs() throws Exception {
    var elsewhere = ask("GET", "/", "good");
    var written = ask("POST", "/metrics", "good");
    var head = ask("HEAD", "/metrics", "good");

    assertThat(elsewhere.statusCode()).isEqualTo(404);
    assertThat(elsewhere.body()).contains("/metrics");
    assertThat(written.statusCode()).isEqualTo(405);
    assertThat(written.headers().firstValue("allow")).hasValue("GET, HEAD");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  @Test
  void listen_portInUse_saysSoInOneLine() {
    assertThatThrownBy(() -> MetricsPage.listen("127.0.0.1", page.port(), new Given(), () -> ""))
        .hasMessage(
            "cannot listen on 127.0.0.1 port %d: in use (expected: a free port; 0 takes any)"
                .formatted(page.port()));
  }
}
