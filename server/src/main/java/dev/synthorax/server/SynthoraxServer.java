package dev.synthorax.server;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.grpc.GrpcEdge;
import dev.synthorax.server.pipeline.PipelineLoader;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.repository.ModelState;
import dev.synthorax.server.repository.ModelStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One serving process: its edge, its models, and their end.
 *
 * <p><b>Ownership:</b> owns edge, repository and backend. A signal closes them in that order, then
 * ends the process.
 */
final class SynthoraxServer {
  private static final Logger logger = LoggerFactory.getLogger(SynthoraxServer.class);

  private final GrpcEdge edge;
  private final ModelRepository models;
  private final Duration grace;
  private volatile @Nullable Backend backend;
  private volatile int exitCode;

  private SynthoraxServer(GrpcEdge edge, ModelRepository models, Duration grace) {
    this.edge = edge;
    this.models = models;
    this.grace = grace;
  }

  /**
   * Binds the port, takes calls, and arranges for an orderly end.
   *
   * @param grace how long calls under way may take when the process ends
   * @throws InferenceException {@code INVALID_ARGUMENT} in one line if the port cannot be bound
   */
  static SynthoraxServer listen(String host, int port, ModelRepository models, Duration grace) {
    var server = new SynthoraxServer(GrpcEdge.listen(host, port, models), models, grace);
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutDown, "shutdown"));
    return server;
  }

  int port() {
    return edge.port();
  }

  /**
   * Opens the backend and loads every model; the server then says that it serves.
   *
   * @throws InferenceException {@code UNSUPPORTED} if the backend cannot run, {@code MODEL_FAILED}
   *     if no model loads; one line each
   */
  @SuppressWarnings("MustBeClosed") // closed in shutDown()
  void load(String backendName, int intraOpThreads, Path cache) {
    Backend opened = Backends.open(backendName);
    backend = opened;
    logger
        .atInfo()
        .addKeyValue("backend", opened.name() + " " + opened.version())
        .addKeyValue("device", opened.devices().getFirst().description())
        .addKeyValue("threads", intraOpThreads)
        .addKeyValue("models", models.list().stream().map(ModelStatus::name).toList())
        .log("Loading models");
    models.load(new PipelineLoader(opened, intraOpThreads, cache));
    List<ModelStatus> failed =
        models.list().stream().filter(model -> model.state() == ModelState.FAILED).toList();
    if (failed.size() == models.list().size()) {
      throw new InferenceException(
          ErrorReason.MODEL_FAILED,
          "no model loaded: "
              + String.join("; ", failed.stream().map(m -> m.name() + ": " + m.reason()).toList()));
    }
    edge.markServing();
    logger.atInfo().addKeyValue("port", edge.port()).log("Serving");
  }

  void awaitTermination() throws InterruptedException {
    edge.awaitTermination();
  }

  /** The process is about to end because something failed. */
  void fail() {
    exitCode = 1;
  }

  /** The end, on the hook's thread: a signal's own exit code is replaced by ours. */
  private void shutDown() {
    boolean finished = edge.drain(grace);
    if (!finished) {
      logger.warn("Requests were cancelled: they did not finish within the grace time");
    }
    models.close();
    Backend open = backend;
    if (open != null) {
      closeQuietly(open);
    }
    Runtime.getRuntime().halt(exitCode);
  }

  private static void closeQuietly(Backend open) {
    try {
      open.close();
    } catch (RuntimeException e) { // a model was still loading: the process ends all the same
      logger.debug("The backend was still in use", e);
    }
  }
}
