package dev.synthorax.client.cli.training;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.client.RetryPolicy;
import dev.synthorax.client.TrainingClient;
import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.option.ServerOptions;
import dev.synthorax.client.cli.option.UsageException;
import java.io.PrintWriter;
import java.time.Duration;
import picocli.CommandLine.Mixin;

/** What all commands of training have: the one server, and how they answer. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields before the command runs
final class TrainingOptions {
  /** Patience with a server that is restarted: about 40 seconds without any. */
  private static final RetryPolicy RETRY =
      new RetryPolicy(12, Duration.ofMillis(200), Duration.ofSeconds(5));

  @Mixin private ServerOptions server;
  @Mixin private OutputOptions output;

  boolean json() {
    return output.json();
  }

  /** Returns the options that reach the same server again. */
  String again() {
    return server.again();
  }

  @MustBeClosed
  Connection open(PrintWriter err) {
    return server.open(err, json(), RETRY);
  }

  /** Returns the training of the one server. */
  static TrainingClient training(Connection connection) {
    try {
      return connection.client().training();
    } catch (IllegalStateException e) {
      throw new UsageException("--server: " + String.valueOf(e.getMessage()));
    }
  }
}
