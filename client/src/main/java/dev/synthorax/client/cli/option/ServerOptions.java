package dev.synthorax.client.cli.option;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.client.ClientOptions;
import dev.synthorax.client.ClientRelease;
import dev.synthorax.client.RetryPolicy;
import dev.synthorax.client.ServerCommand;
import dev.synthorax.client.resident.Residence;
import dev.synthorax.client.resident.ResidentServer;
import dev.synthorax.client.resident.ServerSetup;
import java.io.IOException;
import java.io.PrintWriter;
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

  /** Environment variable that keeps a command from a server in the background. */
  private static final String RESIDENT = "SYNTHORAX_RESIDENT";

  private static final String NEVER = "never";

  private final Map<String, String> environment;

  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      description =
          "Server to use; repeat it to share the work among several. Default: that of 'serve"
              + " --detach', if it has the same models and data; else one is started for this"
              + " command and ended after it.")
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

  @Mixin private ServedFolders folders = new ServedFolders();

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
      folders.refuseWithServer();
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
    var voice = new Connection.Voice(err, quiet, verbose);
    ResidentServer resident = resident(command, voice);
    if (resident != null) {
      voice.say("Using the server in the background, " + resident.shown());
      return Connection.to(List.of(resident.target()), options);
    }
    return Connection.starting(
        command, folders.words(), options, Duration.ofSeconds(startTimeoutSeconds), voice);
  }

  /** Returns the server in the background, if it serves and answers as one that is started. */
  private @Nullable ResidentServer resident(ServerCommand command, Connection.Voice voice) {
    if (environment.getOrDefault(RESIDENT, "").equals(NEVER)) {
      return null;
    }
    var residence = new Residence(environment);
    try {
      ResidentServer server = residence.running();
      if (server == null) {
        return null;
      }
      String difference =
          server.difference(
              ClientRelease.version(), ServerSetup.of(command, folders.words(), environment));
      if (difference == null && residence.serves(server)) {
        return server;
      }
      voice.say(
          "The server in the background "
              + (difference == null ? "does not serve now" : difference)
              + "; it is not used");
    } catch (IOException e) {
      voice.say(e.getMessage() + "; it is not used");
    }
    return null;
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
    words.append(folders.again());
    return words.toString();
  }

  private static void requirePositive(String option, int seconds) {
    if (seconds < 1) {
      throw new UsageException(option + ": " + seconds + " (expected: at least 1 second)");
    }
  }
}
