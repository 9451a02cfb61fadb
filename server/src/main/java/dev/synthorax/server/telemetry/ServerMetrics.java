package dev.synthorax.server.telemetry;

import static java.util.Objects.requireNonNull;

import dev.synthorax.server.edge.CallTimes;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.repository.ModelState;
import dev.synthorax.server.repository.ModelStatus;
import dev.synthorax.server.telemetry.MetricsText.Kind;
import dev.synthorax.server.telemetry.ServerStatus.Memory;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * All metrics of a server, read from the counters of those who do the work when somebody asks.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class ServerMetrics {
  private final ModelRepository models;
  private final CallTimes calls;
  private final Supplier<ServerStatus> status;

  /**
   * Of a server's models and calls.
   *
   * @param status as it stands now
   */
  public ServerMetrics(ModelRepository models, CallTimes calls, Supplier<ServerStatus> status) {
    this.models = requireNonNull(models, "models");
    this.calls = requireNonNull(calls, "calls");
    this.status = requireNonNull(status, "status");
  }

  /** The page as it is now. */
  public String text() {
    var page = new MetricsText();
    ServerStatus now = status.get();
    ModelsAtWork seen = ModelsAtWork.of(models);
    PlainMetrics.write(page, seen.plain());
    PipelineMetrics.write(page, seen.pipelines());
    writeCalls(page);
    write(page, now);
    ProcessMetrics.write(page);
    return page.toString();
  }

  private void writeCalls(MetricsText page) {
    page.metric(
        "grpc_server_call_duration_seconds", Kind.HISTOGRAM, "Calls that have ended, by status");
    calls
        .snapshot()
        .forEach(
            (kind, seen) ->
                page.seconds(
                    Labels.of("grpc_method", kind.method()).and("grpc_status", kind.status()),
                    seen));
  }

  private static void write(MetricsText page, ServerStatus now) {
    page.metric("synthorax_model_ready", Kind.GAUGE, "1: the model takes requests");
    for (ModelStatus model : now.models()) {
      page.value(
          ModelsAtWork.labels(model.name(), model.version()),
          model.state() == ModelState.READY ? 1 : 0);
    }
    page.metric("synthorax_calls", Kind.GAUGE, "Calls under way, without health and gRPC's own");
    page.value(Labels.NONE, now.calls());
    page.metric("synthorax_held_bytes", Kind.GAUGE, "Bytes that requests hold");
    held(page, now.memory(), ServerStatus.Use::bytes);
    page.metric("synthorax_held_limit_bytes", Kind.GAUGE, "Most bytes that requests may hold");
    held(page, now.memory(), ServerStatus.Use::limit);
    page.metric("synthorax_native_handles", Kind.GAUGE, "Live owners of native memory");
    new TreeMap<>(now.nativeHandles())
        .forEach((kind, count) -> page.value(Labels.of("kind", kind), count));
  }

  private static void held(MetricsText page, Memory memory, ToLongFunction<ServerStatus.Use> what) {
    page.value(Labels.of("by", "responses"), what.applyAsLong(memory.responses()));
    page.value(Labels.of("by", "tensors"), what.applyAsLong(memory.tensors()));
    page.value(Labels.of("by", "masks"), what.applyAsLong(memory.masks()));
    page.value(Labels.of("by", "radiographs"), what.applyAsLong(memory.radiographs()));
    page.value(Labels.of("by", "cache"), what.applyAsLong(memory.cache()));
  }
}
