package dev.synthorax.server;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.server.access.Access;
import dev.synthorax.server.config.DeviceChoice;
import dev.synthorax.server.config.ServerConfig;
import dev.synthorax.server.edge.CallGate;
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
import dev.synthorax.server.telemetry.ServerStatus;
import dev.synthorax.server.training.TrainingRoom;
import java.nio.file.Path;
import java.time.Duration;
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
  private final GrpcServices services;
  private final GrpcEdge grpc;
  private final ByteBudget responseBytes;
  private final Edges edges;
  private final long startNanos = System.nanoTime();
  private volatile @Nullable Backend backend;
  private volatile boolean failed;

  private SynthoraxServer(
      String host, int port, ModelRepository models, Path data, ServerConfig config) {
    this.config = config;
    this.models = models;
    responseBytes = new ByteBudget(config.memory().maxResponseBytes());
    records = new Records(data);
    training = new TrainingRoom(data, records, models, config.training(), Main.class.getName());
    inference = new InferenceService(models, this::serves, config.access(), config.memory());
    reading = new ReadingServices(models, config.memory());
    access = Access.of(config.security());
    services =
        new GrpcServices(
            models,
            training,
            records,
            gate,
            access,
            config.memory(),
            Stream.concat(reading.services().stream(), Stream.of(inference)).toList());
    grpc = GrpcEdge.listen(host, port, access, services, config);
    edges = new Edges(gate, List.of(grpc));
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
        services.maskBytes(),
        NativeHandles.live());
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
        new ModelLoader.Resources(
            opened,
            devices,
            intraOpThreads,
            cache,
            responseBytes,
            new ResponseCache(config.memory().maxCacheBytes())));
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
