package dev.synthorax.client.cli.option;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.client.ClientOptions;
import dev.synthorax.client.ServerCommand;
import dev.synthorax.client.ServerProcess;
import dev.synthorax.client.SynthoraxClient;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A client, and the server behind it where this command started one.
 *
 * <p><b>Ownership:</b> owns both; the client is closed first.
 */
public final class Connection implements AutoCloseable {
  private final SynthoraxClient client; // owned
  private final @Nullable ServerProcess server; // owned
  private final Duration startTime;

  /** How much is said while a server starts. */
  record Voice(PrintWriter err, boolean quiet, boolean verbose) {
    void say(String line) {
      if (!quiet) {
        err.println(line);
      }
    }

    private void pass(String line) {
      if (verbose) {
        err.println("server: " + line);
      }
    }
  }

  private Connection(SynthoraxClient client, @Nullable ServerProcess server, Duration startTime) {
    this.client = client;
    this.server = server;
    this.startTime = startTime;
  }

  @MustBeClosed
  static Connection to(List<String> targets, ClientOptions options) {
    return new Connection(SynthoraxClient.open(targets, options), null, Duration.ZERO);
  }

  @MustBeClosed
  static Connection starting(
      ServerCommand command,
      List<String> serverOptions,
      ClientOptions options,
      Duration startTimeout,
      Voice voice) {
    voice.say("Starting a server; the first start prepares the model and takes longer");
    long startNanos = System.nanoTime();
    ServerProcess server = ServerProcess.start(command, serverOptions, startTimeout, voice::pass);
    Duration startTime = Duration.ofNanos(System.nanoTime() - startNanos);
    voice.say(String.format(Locale.ROOT, "Server ready after %.1f s", startTime.toMillis() / 1e3));
    return new Connection(SynthoraxClient.open(server.target(), options), server, startTime);
  }

  /** Returns the client; it stays this object's. */
  public SynthoraxClient client() {
    return client;
  }

  /** Returns how long the server took to start; zero where it ran already. */
  public Duration startTime() {
    return startTime;
  }

  /** Returns whether the server was started for this command, and ends with it. */
  public boolean ownsServer() {
    return server != null;
  }

  @Override
  public void close() {
    client.close();
    if (server != null) {
      server.close();
    }
  }
}
