package dev.synthorax.server;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.config.AccessConfig;
import dev.synthorax.server.config.DeviceChoice;
import dev.synthorax.server.config.ServerConfig;
import dev.synthorax.server.repository.BundledModels;
import dev.synthorax.server.repository.ModelFolders;
import dev.synthorax.server.repository.ModelLoader;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.telemetry.JsonLogs;
import dev.synthorax.server.training.TrainingRoom;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Serves models over gRPC until it is told to stop. */
@Command(
    name = "serve",
    description = "Serves models over gRPC until it is told to stop (SIGTERM or Ctrl-C).",
    mixinStandardHelpOptions = true,
    versionProvider = VersionLine.class,
    sortOptions = false,
    footer = {
      "",
      "The first line on standard output is LISTENING port=N, as soon as the port is",
      "bound; the second is SERVING, once the models are loaded, which the health",
      "service says too. Logs go to standard error.",
      "",
      "--detach starts it in the background, where this user's commands find it;",
      "--status tells of it, --stop ends it (see docs/serving.md).",
      "",
      "Example: synthorax serve --port 0 --models my-models"
    })
final class ServeCommand implements Callable<Integer> {
  private static final int MAX_PORT = 65_535;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      paramLabel = "ADDRESS",
      description =
          "Address to listen on (default: ${DEFAULT-VALUE}; 0.0.0.0 for every interface).")
  private String host = "";

  @Option(
      names = "--port",
      defaultValue = "8001",
      paramLabel = "PORT",
      description = "gRPC port (default: ${DEFAULT-VALUE}; 0: any free one).")
  private int port;

  @Option(
      names = "--http-port",
      defaultValue = "8000",
      paramLabel = "PORT",
      description = "Port of the web edge; accepted, but the web edge is not part of this version.")
  private int httpPort;

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description = "Folder of models, or one model; repeatable (default: the bundled models).")
  private List<Path> models = new ArrayList<>();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder of datasets, training jobs, trained models and records; made when it is needed"
              + " (default: SYNTHORAX_DATA, or synthorax in $XDG_DATA_HOME, or"
              + " ~/.local/share/synthorax).")
  private @Nullable Path data;

  @Option(
      names = "--backend",
      defaultValue = "auto",
      paramLabel = "NAME",
      description =
          "What runs the networks: auto, tensorrt, onnxruntime-cuda or onnxruntime-cpu (default:"
              + " ${DEFAULT-VALUE}).")
  private String backend = "";

  @Option(
      names = "--devices",
      split = ",",
      paramLabel = "N",
      description =
          "GPUs that models run on, each with a copy of every model, such as 0,1 (default: all).")
  private List<Integer> devices = new ArrayList<>();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that work on one operator (default: the processors of this machine).")
  private @Nullable Integer threads;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Limits of the server, as YAML (see docs/serving.md; default: built in).")
  private @Nullable Path configFile;

  @Option(
      names = "--model-control",
      description = "Let clients load and unload models (Open Inference Protocol).")
  private boolean modelControl;

  @Option(
      names = "--shared-memory",
      paramLabel = "PREFIX",
      description =
          "Let clients on this machine send tensors in shared memory whose keys begin with this.")
  private @Nullable String sharedMemory;

  @Mixin private SecurityOptions security = new SecurityOptions();

  @Mixin private AdminOptions admin = new AdminOptions();

  /** How logs are written. */
  private enum LogFormat {
    TEXT,
    JSON
  }

  @Option(
      names = "--log-format",
      defaultValue = "text",
      paramLabel = "FORMAT",
      description = "Of logs: text, or json, one object a line (default: ${DEFAULT-VALUE}).")
  private LogFormat logFormat = LogFormat.TEXT;

  @Option(
      names = "--grace-seconds",
      paramLabel = "N",
      description =
          "Time that running requests get when the server stops (default: 30, or as configured).")
  private @Nullable Integer graceSeconds;

  @Option(
      names = "--exit-with-stdin",
      description = "Stop when standard input closes, as a child process does with its parent.")
  private boolean exitWithStdin;

  @Override
  public Integer call() throws InterruptedException {
    if (logFormat == LogFormat.JSON) {
      JsonLogs.install();
    }
    requireRange("--port", port, 0, MAX_PORT);
    requireRange("--http-port", httpPort, 0, MAX_PORT);
    int intraOpThreads = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    requireRange("--threads", intraOpThreads, 1, 1024);
    ServerConfig config = config();
    try {
      security.requireSafe(host, config.security());
      if (config.admin().hasAny()) {
        security.requireSafe(config.admin().host(), config.security());
      }
      return serve(intraOpThreads, config);
    } catch (InferenceException e) {
      Main.printError(spec, e.getMessage());
      return 1;
    }
  }

  private ServerConfig config() {
    ServerConfig config = ServerConfig.DEFAULT;
    if (configFile != null) {
      try {
        config = ServerConfig.read(configFile);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), "--config: " + e.getMessage(), e);
      }
    }
    config =
        config
            .withAccess(access(config.access()))
            .withSecurity(security.over(config.security()))
            .withAdmin(admin.over(config.admin()));
    if (graceSeconds == null) {
      return config;
    }
    requireRange("--grace-seconds", graceSeconds, 0, 3600);
    return config.withGrace(Duration.ofSeconds(graceSeconds));
  }

  /** What the options allow beside what the file does. */
  private AccessConfig access(AccessConfig configured) {
    try {
      return new AccessConfig(
          modelControl || configured.modelControl(),
          sharedMemory == null ? configured.sharedMemoryPrefix() : sharedMemory);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--shared-memory: " + e.getMessage(), e);
    }
  }

  private int serve(int intraOpThreads, ServerConfig config) throws InterruptedException {
    Path cache = cacheFolder();
    Path dataFolder = (data == null ? dataFolder() : data).toAbsolutePath().normalize();
    var server =
        SynthoraxServer.listen(
            host, port, new ModelRepository(folders(cache, dataFolder)), dataFolder, config);
    say("LISTENING port=" + server.port());
    if (exitWithStdin) {
      Thread.ofPlatform().name("stdin").daemon().start(ServeCommand::exitAtEndOfInput);
    }
    try {
      server.load(backend, new DeviceChoice(devices), intraOpThreads, cache.resolve("graphs"));
      if (!exitWithStdin) { // a server that somebody started for a moment waits until it is asked
        server.resumeTraining();
      }
    } catch (InferenceException e) {
      server.fail();
      throw e;
    }
    say("SERVING");
    server.awaitTermination();
    return 0;
  }

  private void say(String line) {
    spec.commandLine().getOut().println(line);
    spec.commandLine().getOut().flush();
  }

  private ModelFolders folders(Path cache, Path dataFolder) {
    Path trained = TrainingRoom.models(dataFolder);
    if (!models.isEmpty()) {
      return new ModelFolders(models, trained, ModelLoader.all());
    }
    Path bundled = BundledModels.extract(cache);
    if (bundled == null) {
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT, "this build bundles no models (expected: --models DIR)");
    }
    return new ModelFolders(List.of(bundled), trained, ModelLoader.all());
  }

  private static Path dataFolder() {
    String set = System.getenv("SYNTHORAX_DATA");
    if (set != null && !set.isBlank()) {
      return Path.of(set);
    }
    String shared = System.getenv("XDG_DATA_HOME");
    return shared != null && !shared.isBlank()
        ? Path.of(shared, "synthorax")
        : Path.of(System.getProperty("user.home"), ".local", "share", "synthorax");
  }

  private static Path cacheFolder() {
    String set = System.getenv("SYNTHORAX_CACHE");
    return set != null && !set.isBlank()
        ? Path.of(set)
        : Path.of(System.getProperty("user.home"), ".cache", "synthorax");
  }

  private void requireRange(String option, int value, int min, int max) {
    if (value < min || value > max) {
      throw new ParameterException(
          spec.commandLine(), option + ": " + value + " (expected: " + min + " to " + max + ")");
    }
  }

  private static void exitAtEndOfInput() {
    try {
      while (System.in.read() >= 0) {
        // what the parent writes is of no meaning
      }
    } catch (IOException e) {
      // a broken pipe is an end as well
    }
    System.exit(0);
  }
}
