package dev.synthorax.client.cli.option;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.client.ClientOptions;
import dev.synthorax.client.RetryPolicy;
import dev.synthorax.client.ServerCommand;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which server a command talks to. */
public final class ServerOptions {
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(\\[[^\\]\\s]+\\]|[^:\\s/]+):(\\d{1,5})");

  private final Map<String, String> environment;

  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      description =
          "Server to use; repeat it to share the work among several. Default: one is started for"
              + " this command and ended after it.")
  private List<String> servers = new ArrayList<>();

  @Mixin private SecurityOptions security = new SecurityOptions();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "Time for one request. Default: ${DEFAULT-VALUE}.")
  private int timeoutSeconds;

  @Option(
      names = "--start-timeout",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description = "Time for a server to start. Default: ${DEFAULT-VALUE}.")
  private int startTimeoutSeconds;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder where a started server keeps trained models, jobs and datasets. Default: that of"
              + " 'synthorax serve'.")
  private @Nullable Path data;

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description =
          "Models of a started server: a folder of them, or one; repeatable. Default: the bundled"
              + " ones.")
  private List<Path> models = new ArrayList<>();

  @Option(names = "--verbose", description = "Show what a started server prints.")
  private boolean verbose;

  /**
   * Waits for picocli to fill it.
   *
   * @param environment of the process, which may name a server's command
   */
  public ServerOptions(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Opens the connection; the caller closes it. */
  @MustBeClosed
  public Connection open(PrintWriter err, boolean quiet) {
    return open(err, quiet, RetryPolicy.DEFAULT);
  }

  /** Opens the connection with other retries; the caller closes it. */
  @MustBeClosed
  public Connection open(PrintWriter err, boolean quiet, RetryPolicy retry) {
    requirePositive("--timeout", timeoutSeconds);
    requirePositive("--start-timeout", startTimeoutSeconds);
    ClientOptions options =
        ClientOptions.DEFAULT.withDeadline(Duration.ofSeconds(timeoutSeconds)).withRetry(retry);
    if (!servers.isEmpty()) {
      if (data != null) {
        throw new UsageException(
            "--data with --server (expected: one of them; a running server has its own folder)");
      }
      if (!models.isEmpty()) {
        throw new UsageException(
            "--models with --server (expected: one of them; a running server has its own models)");
      }
      for (String server : servers) {
        if (!HOST_AND_PORT.matcher(server).matches()) {
          throw new UsageException(
              "--server: '" + server + "' (expected: HOST:PORT, such as localhost:8001)");
        }
      }
      return connect(options.withSecurity(security.read(environment)));
    }
    if (security.given()) {
      throw new UsageException(
          "TLS or a token without --server (expected: --server, too; a started server is this"
              + " machine's alone)");
    }
    ServerCommand command = ServerCommand.ofEnvironment(environment);
    if (command == null) {
      throw new UsageException(
          "no server (expected: --server HOST:PORT, or a start through the synthorax launcher)");
    }
    return Connection.starting(
        command,
        started(),
        options,
        Duration.ofSeconds(startTimeoutSeconds),
        new Connection.Voice(err, quiet, verbose));
  }

  /** Returns the options of a server that is started. */
  private List<String> started() {
    List<String> words = new ArrayList<>();
    if (data != null) {
      words.addAll(List.of("--data", data.toAbsolutePath().toString()));
    }
    models.forEach(folder -> words.addAll(List.of("--models", folder.toAbsolutePath().toString())));
    return words;
  }

  @MustBeClosed
  private Connection connect(ClientOptions options) {
    try {
      return Connection.to(servers, options);
    } catch (IllegalArgumentException e) { // of security: the names of servers were checked
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  /** Returns what a later command needs to talk to the same server: options, each after a space. */
  public String again() {
    StringBuilder words = new StringBuilder();
    servers.forEach(server -> words.append(" --server ").append(server));
    words.append(security.again());
    if (data != null) {
      words.append(" --data ").append(data);
    }
    models.forEach(folder -> words.append(" --models ").append(folder));
    return words.toString();
  }

  private static void requirePositive(String option, int seconds) {
    if (seconds < 1) {
      throw new UsageException(option + ": " + seconds + " (expected: at least 1 second)");
    }
  }
}
