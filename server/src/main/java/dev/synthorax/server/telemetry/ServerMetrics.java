package dev.synthorax.server.telemetry;

import static java.util.Objects.requireNonNull;

import dev.synthorax.server.edge.CallTimes;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.pipeline.PipelineStatistics;
import dev.synthorax.server.plain.PlainModel;
import dev.synthorax.server.plain.PlainStatistics;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.repository.ModelState;
import dev.synthorax.server.repository.ModelStatus;
import dev.synthorax.server.repository.ServedModel;
import dev.synthorax.server.telemetry.MetricsText.Kind;
import dev.synthorax.server.telemetry.ServerStatus.Memory;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

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
    Map<Labels, PlainStatistics> plain = new LinkedHashMap<>();
    Map<Labels, PipelineStatistics> pipelines = new LinkedHashMap<>();
    Set<String> ready =
        now.models().stream()
            .filter(model -> model.state() == ModelState.READY)
            .map(ModelStatus::name)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    for (String name : ready) {
      look(
          name,
          model -> {
            switch (model) {
              case ServedModel.Plain several -> {
                for (PlainModel version : several.versions()) {
                  String number = Long.toString(version.description().version());
                  plain.put(labels(name, number), version.statistics());
                }
              }
              case ServedModel.Diffusion diffusion ->
                  pipelines.put(
                      labels(name, diffusion.version()), diffusion.pipeline().statistics());
            }
          });
    }
    PlainMetrics.write(page, plain);
    PipelineMetrics.write(page, pipelines);
    writeCalls(page);
    write(page, now);
    ProcessMetrics.write(page);
    return page.toString();
  }

  private void look(String name, Consumer<ServedModel> reader) {
    try (var lease = models.acquire(name, "")) {
      reader.accept(lease.model());
    } catch (ServerException e) {
      // it left since it was listed
    }
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

  private static Labels labels(String name, String version) {
    return Labels.of("model", name).and("version", version);
  }

  private static void write(MetricsText page, ServerStatus now) {
    page.metric("synthorax_model_ready", Kind.GAUGE, "1: the model takes requests");
    for (ModelStatus model : now.models()) {
      page.value(labels(model.name(), model.version()), model.state() == ModelState.READY ? 1 : 0);
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
    page.value(Labels.of("by", "cache"), what.applyAsLong(memory.cache()));
  }
}
