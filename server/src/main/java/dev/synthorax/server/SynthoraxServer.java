package dev.synthorax.server;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.server.access.Access;
import dev.synthorax.server.admin.AdminServices;
import dev.synthorax.server.admin.LoadReports;
import dev.synthorax.server.config.AdminConfig;
import dev.synthorax.server.config.DeviceChoice;
import dev.synthorax.server.config.MemoryConfig;
import dev.synthorax.server.config.ServerConfig;
import dev.synthorax.server.edge.CallGate;
import dev.synthorax.server.edge.Edge;
import dev.synthorax.server.edge.Edges;
import dev.synthorax.server.grpc.GrpcEdge;
import dev.synthorax.server.grpc.GrpcServices;
import dev.synthorax.server.inference.InferenceService;
import dev.synthorax.server.plain.ResponseCache;
import dev.synthorax.server.reading.ReadingServices;
import dev.synthorax.server.records.Records;
import dev.synthorax.server.repository.ModelLoader;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.repository.ModelState;
import dev.synthorax.server.repository.ModelStatus;
import dev.synthorax.server.scheduler.ByteBudget;
import dev.synthorax.server.telemetry.MetricsPage;
import dev.synthorax.server.telemetry.ServerLoad;
import dev.synthorax.server.telemetry.ServerMetrics;
import dev.synthorax.server.telemetry.ServerStatus;
import dev.synthorax.server.training.TrainingRoom;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One serving process: its edges, its models, and their end.
 *
 * <p><b>Ownership:</b> owns edges, training, records, repository and backend. A signal closes them
 * in that order, then ends the process.
 */
final class SynthoraxServer {
  private static final Logger logger = LoggerFactory.getLogger(SynthoraxServer.class);
  private static final Duration EDGE_LIMIT = Duration.ofSeconds(1);
  private static final Duration TRAINER_LIMIT =
      Duration.ofSeconds(10); // for a step and a checkpoint

  private final ServerConfig config;
  private final ModelRepository models;
  private final CallGate gate = new CallGate();
  private final Records records;
  private final TrainingRoom training;
  private final InferenceService inference;
  private final Access access;
  private final ReadingServices reading;
  private final LoadReports loadReports;
  private final GrpcServices services;
  private final GrpcEdge grpc;
  private final ByteBudget responseBytes;
  private final ResponseCache kept;
  private final Edges edges;
  private final long startNanos = System.nanoTime();
  private volatile @Nullable Backend backend;
  private volatile boolean failed;

  private SynthoraxServer(
      String host, int port, ModelRepository models, Path data, ServerConfig config) {
    this.config = config;
    this.models = models;
    responseBytes = new ByteBudget(config.memory().maxResponseBytes());
    kept = new ResponseCache(config.memory().maxCacheBytes());
    records = new Records(data);
    training = new TrainingRoom(data, records, models, config.training(), Main.class.getName());
    inference = new InferenceService(models, this::serves, config.access(), config.memory());
    reading = new ReadingServices(models, config.memory());
    loadReports =
        new LoadReports(new ServerLoad(models, gate.times(), this::status, System::nanoTime));
    access = Access.of(config.security());
    services =
        new GrpcServices(
            models,
            training,
            records,
            gate,
            access,
            config.memory(),
            Stream.concat(
                    Stream.concat(reading.services().stream(), Stream.of(inference)),
                    Stream.of(loadReports))
                .toList());
    grpc = GrpcEdge.listen(host, port, access, services, config);
    edges = new Edges(gate, Stream.concat(Stream.of(grpc), watching().stream()).toList());
  }

  /** Where it is watched. */
  private List<Edge> watching() {
    AdminConfig admin = config.admin();
    var opened = new ArrayList<Edge>();
    if (admin.hasPort()) {
      var own = new AdminServices(gate, access, services);
      opened.add(GrpcEdge.listen(admin.host(), admin.port(), access, own, config));
    }
    if (admin.hasMetrics()) {
      var metrics = new ServerMetrics(models, gate.times(), this::status);
      opened.add(MetricsPage.listen(admin.host(), admin.metricsPort(), access, metrics::text));
    }
    for (Edge edge : opened) {
      logger
          .atInfo()
          .addKeyValue("name", edge.name())
          .addKeyValue("host", admin.host())
          .addKeyValue("port", edge.port())
          .log("Listening");
    }
    return opened;
  }

  /**
   * Binds the port, takes calls, and arranges for an orderly end.
   *
   * @param data folder of what the server is given and makes; nothing is made there before it is
   *     needed
   * @throws InferenceException {@code INVALID_ARGUMENT} in one line if the port cannot be bound
   */
  static SynthoraxServer listen(
      String host, int port, ModelRepository models, Path data, ServerConfig config) {
    var server = new SynthoraxServer(host, port, models, data, config);
    new ProcessEnd(
            server::close,
            server::exitCode,
            config.grace().plus(config.endLimit()),
            Runtime.getRuntime()::halt)
        .arrange();
    return server;
  }

  private boolean serves() {
    return services.isServing();
  }

  int port() {
    return grpc.port();
  }

  /** As it stands now. */
  ServerStatus status() {
    return new ServerStatus(
        Duration.ofNanos(System.nanoTime() - startNanos),
        models.list(),
        gate.calls(),
        models.unfinishedImages(),
        memory(),
        NativeHandles.live());
  }

  private ServerStatus.Memory memory() {
    MemoryConfig limits = config.memory();
    return new ServerStatus.Memory(
        new ServerStatus.Use(responseBytes.taken(), responseBytes.limit()),
        new ServerStatus.Use(inference.tensorBytes(), limits.maxTensorBytes()),
        new ServerStatus.Use(services.maskBytes(), limits.maxMaskBytes()),
        new ServerStatus.Use(reading.heldBytes(), limits.maxMaskBytes()),
        new ServerStatus.Use(kept.bytes(), kept.maxBytes()));
  }

  /**
   * Opens the backend and loads every model; the server then says that it serves.
   *
   * @throws InferenceException {@code UNSUPPORTED} if the backend cannot run, {@code
   *     INVALID_ARGUMENT} if it has no such device, {@code MODEL_FAILED} if no model loads; one
   *     line each
   */
  @SuppressWarnings("MustBeClosed") // closed in close()
  void load(String backendName, DeviceChoice choice, int intraOpThreads, Path cache) {
    Backend opened = Backends.open(backendName);
    backend = opened;
    List<Device> devices = choice.of(opened.devices());
    logger
        .atInfo()
        .addKeyValue("backend", opened.name() + " " + opened.version())
        .addKeyValue("devices", devices.stream().map(Device::description).toList())
        .addKeyValue("threads", intraOpThreads)
        .addKeyValue("models", models.list().stream().map(ModelStatus::name).toList())
        .addKeyValue("config", config)
        .log("Loading models");
    models.start(
        new ModelLoader.Resources(opened, devices, intraOpThreads, cache, responseBytes, kept));
    if (noneServes()) {
      throw new InferenceException(
          ErrorReason.MODEL_FAILED,
          "no model loaded: "
              + String.join(
                  "; ", models.list().stream().map(m -> m.name() + ": " + m.reason()).toList()));
    }
    services.markServing();
    logger.atInfo().addKeyValue("port", grpc.port()).log("Serving");
  }

  /** Goes on with the jobs of a server before this one; without it this one serves all the same. */
  void resumeTraining() {
    var _ =
        training
            .trainings()
            .resume()
            .exceptionally(
                failure -> {
                  logger.warn(
                      "The training jobs of this data folder are not gone on with", failure);
                  return null;
                });
  }

  private boolean noneServes() {
    return models.list().stream().allMatch(model -> model.state() == ModelState.FAILED);
  }

  void awaitTermination() throws InterruptedException {
    edges.awaitStopped();
  }

  /** The process is about to end because something failed. */
  void fail() {
    failed = true;
  }

  private int exitCode() {
    return failed ? ProcessEnd.FAILED : 0;
  }

  /** The end, on the hook's thread. */
  private void close() {
    ServerStatus last = status();
    logger
        .atInfo()
        .addKeyValue("uptimeSeconds", last.uptime().toSeconds())
        .addKeyValue("calls", last.calls())
        .addKeyValue("unfinishedImages", last.unfinishedImages())
        .log("Ending");
    failed |= noneServes();
    long endNanos = System.nanoTime() + config.grace().toNanos();
    var _ = training.drain(); // its checkpoint is written while calls under way finish
    if (!edges.drain(config.grace(), EDGE_LIMIT)) {
      logger.warn("Requests were cut: they did not finish within the grace time");
    }
    services.close();
    loadReports.close();
    access.close();
    long leftNanos = Math.max(TRAINER_LIMIT.toNanos(), endNanos - System.nanoTime());
    training.close(Duration.ofNanos(leftNanos));
    records.close();
    reading.close();
    models.close();
    inference.close();
    Backend open = backend;
    if (open != null) {
      closeQuietly(open);
    }
  }

  private static void closeQuietly(Backend open) {
    try {
      open.close();
    } catch (RuntimeException e) { // a model was still loading: the process ends all the same
      logger.debug("The backend was still in use", e);
    }
  }
}
