package dev.synthorax.server.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.edge.Edge;
import dev.synthorax.server.edge.Listening;
import dev.synthorax.server.edge.LogLimit;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page {@code /metrics}, by HTTP on a port of its own; it is answered while the server drains,
 * too.
 *
 * <p><b>Ownership:</b> owns its server and threads. <b>Threading:</b> any thread.
 */
public final class MetricsPage implements Edge {
  private static final Logger logger = LoggerFactory.getLogger(MetricsPage.class);
  private static final String PATH = "/metrics";

  /**
   * Who may read the page.
   *
   * <p><b>Threading:</b> any thread.
   */
  public interface Guard {
    /** What connections are made with; null: plain text. */
    @Nullable HttpsConfigurator pageTls();

    /**
     * Lets a reader in.
     *
     * @param authorization header of the request; null: there is none
     * @throws ServerException {@code UNAUTHENTICATED} or {@code PERMISSION_DENIED}
     */
    void admit(@Nullable String authorization);
  }

  private final HttpServer server;
  private final Guard guard;
  private final Supplier<String> text;
  private final LogLimit failures = LogLimit.everyTenSeconds();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("metrics-", 0).factory());

  private MetricsPage(HttpServer server, Guard guard, Supplier<String> text) {
    this.server = server;
    this.guard = guard;
    this.text = text;
    server.setExecutor(threads);
    var _ = server.createContext("/", this::answer);
    server.start();
  }

  /**
   * Binds a TCP port and shows the page.
   *
   * @param port 0: any free one
   * @param text of the page, as it is when somebody asks
   * @throws InferenceException {@code INVALID_ARGUMENT} in one line if the port is in use or the
   *     address is not ours
   */
  public static MetricsPage listen(String host, int port, Guard guard, Supplier<String> text) {
    limit("jdk.httpserver.maxConnections", 64);
    limit("sun.net.httpserver.maxReqTime", 10); // s
    limit("sun.net.httpserver.maxRspTime", 10); // s
    requireNonNull(text, "text");
    var address = Listening.address(host, port);
    HttpsConfigurator tls = guard.pageTls();
    try {
      if (tls == null) {
        return new MetricsPage(HttpServer.create(address, 0), guard, text);
      }
      HttpsServer encrypted = HttpsServer.create(address, 0);
      encrypted.setHttpsConfigurator(tls);
      return new MetricsPage(encrypted, guard, text);
    } catch (IOException e) {
      throw Listening.refused(host, port, e);
    }
  }

  /** The JDK's server takes its limits from properties alone; what is set goes before. */
  private static void limit(String property, int value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(value));
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals(PATH)) {
        send(exchange, 404, "not found (expected: " + PATH + ")\n");
        return;
      }
      String method = exchange.getRequestMethod();
      if (!method.equals("GET") && !method.equals("HEAD")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        send(exchange, 405, "the page can be read alone (expected: GET)\n");
        return;
      }
      try {
        guard.admit(exchange.getRequestHeaders().getFirst("Authorization"));
      } catch (ServerException refused) {
        refuse(exchange, refused);
        return;
      }
      send(exchange, 200, text.get());
    } catch (RuntimeException e) {
      failures.run(_ -> logger.error("The page of metrics could not be made", e));
      throw e; // the connection is cut
    }
  }

  private static void refuse(HttpExchange exchange, ServerException refused) throws IOException {
    boolean unknown = refused.reason() == ServerReason.UNAUTHENTICATED;
    if (unknown) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
    }
    send(exchange, unknown ? 401 : 403, refused.getMessage() + "\n");
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", MetricsText.CONTENT_TYPE);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public String name() {
    return "metrics";
  }

  @Override
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void drain() {} // it tells of the end, too

  @Override
  public void stop(Duration limit) {
    server.stop(0);
    threads.shutdown();
  }
}
