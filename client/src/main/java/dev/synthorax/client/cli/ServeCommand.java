package dev.synthorax.client.cli;

import dev.synthorax.client.ServerCommand;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.ServedFolders;
import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.resident.Residence;
import dev.synthorax.client.resident.ResidentServer;
import dev.synthorax.client.resident.ServerSetup;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/**
 * Starts, shows and ends the server in the background. One in the foreground is the launcher's to
 * start, in the server's own main, which knows every option.
 */
@Command(
    name = "serve",
    description =
        "Serves models over gRPC until it is stopped; in the background with --detach, where this"
            + " user's commands find it. Takes all options of the server as well: 'synthorax serve"
            + " --help'.",
    sortOptions = false,
    footer = {
      "",
      "Example:",
      "  synthorax serve --detach",
      "  synthorax generate --prompt \"cardiomegaly\"",
      "  synthorax serve --stop"
    })
@SuppressWarnings("NullAway.Init") // picocli injects the spec
final class ServeCommand implements Callable<Integer> {
  private final Map<String, String> environment;

  @Spec private CommandSpec spec;

  @Option(
      names = "--detach",
      description = "Start it in the background; ends when it serves, or cannot.")
  private boolean detach;

  @Option(names = "--status", description = "Tell of the server in the background.")
  private boolean status;

  @Option(
      names = "--stop",
      description = "End the server in the background; what it works on may finish in its grace.")
  private boolean stop;

  @Mixin private ServedFolders folders = new ServedFolders();

  @Option(names = "--port", paramLabel = "PORT", description = "gRPC port (0: any free one).")
  private @Nullable String port;

  @Option(
      names = "--grace-seconds",
      paramLabel = "N",
      description = "Time that running requests get when the server stops.")
  private @Nullable String graceSeconds;

  @Option(names = "--metrics-port", paramLabel = "PORT", description = "Port for metrics.")
  private @Nullable String metricsPort;

  @Option(
      names = "--admin-port",
      paramLabel = "PORT",
      description = "Port for gRPC's own services.")
  private @Nullable String adminPort;

  @Option(names = "--admin-host", paramLabel = "HOST", description = "Address of both.")
  private @Nullable String adminHost;

  @Option(names = "--log-format", paramLabel = "FORMAT", description = "How its log is written.")
  private @Nullable String logFormat;

  @Option(
      names = "--start-timeout",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description = "Time for it to start. Default: ${DEFAULT-VALUE}.")
  private int startTimeoutSeconds;

  @Unmatched private List<String> rest = new ArrayList<>();

  ServeCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    long asked = Stream.of(detach, status, stop).filter(given -> given).count();
    if (asked == 0) {
      throw new UsageException(
          "serve runs in a process of its own (expected: a start through ./synthorax)");
    }
    if (asked > 1) {
      throw new UsageException("--detach, --status, --stop: several (expected: one of them)");
    }
    var residence = new Residence(environment);
    PrintWriter out = spec.commandLine().getOut();
    if (detach) {
      return detach(residence, out);
    }
    if (!further().isEmpty() || !setupOptions().isEmpty()) {
      throw new UsageException(
          String.join(" ", concat(setupOptions(), further()))
              + (status ? " with --status" : " with --stop")
              + " (expected: nothing else)");
    }
    ResidentServer server = residence.running();
    if (server == null) {
      out.println("No server runs in the background");
      return ExitCode.FAILED;
    }
    if (status) {
      tell(server, residence, out);
    } else {
      end(server, residence, out);
    }
    return ExitCode.OK;
  }

  private int detach(Residence residence, PrintWriter out) throws IOException {
    ServerCommand command = ServerCommand.ofEnvironment(environment);
    if (command == null) {
      throw new UsageException("no server to start (expected: a start through ./synthorax)");
    }
    if (startTimeoutSeconds < 1) {
      throw new UsageException(
          "--start-timeout: " + startTimeoutSeconds + " (expected: at least 1 second)");
    }
    PrintWriter err = spec.commandLine().getErr();
    err.println("Starting a server; the first start prepares the model and takes longer");
    err.flush();
    ResidentServer server =
        residence.detach(
            ServerSetup.of(command, setupOptions(), environment),
            further(),
            Duration.ofSeconds(startTimeoutSeconds));
    out.println("Serving in the background at " + server.shown() + "; log: " + residence.log());
    return ExitCode.OK;
  }

  /** Options that decide how the server answers, as a command that starts one gives them. */
  private List<String> setupOptions() {
    return concat(folders.words(), rest);
  }

  /** Options that do not. */
  private List<String> further() {
    List<String> words = new ArrayList<>();
    add(words, "--port", port);
    add(words, "--grace-seconds", graceSeconds);
    add(words, "--metrics-port", metricsPort);
    add(words, "--admin-port", adminPort);
    add(words, "--admin-host", adminHost);
    add(words, "--log-format", logFormat);
    return words;
  }

  private static void add(List<String> words, String option, @Nullable String value) {
    if (value != null) {
      words.addAll(List.of(option, value));
    }
  }

  private static List<String> concat(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  private static void tell(ResidentServer server, Residence residence, PrintWriter out) {
    List<String> options = server.setup().options();
    out.println("A server runs in the background at " + server.shown());
    out.println("  version " + server.version() + ", since " + shown(server.started()));
    out.println("  options: " + (options.isEmpty() ? "none" : String.join(" ", options)));
    out.println("  log: " + residence.log());
  }

  private static String shown(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static void end(ResidentServer server, Residence residence, PrintWriter out)
      throws IOException, InterruptedException {
    long startNanos = System.nanoTime();
    residence.end(server);
    Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
    out.println(
        String.format(Locale.ROOT, "Ended %s, in %.1f s", server.shown(), took.toMillis() / 1e3));
  }
}
