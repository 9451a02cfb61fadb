package dev.synthorax.server.telemetry;

import static java.util.Objects.requireNonNull;

import dev.synthorax.server.repository.ModelStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A server as it stands, for metrics, consoles and logs.
 *
 * @param uptime since it took its first call
 * @param models ordered by name, each with its state
 * @param calls under way over all edges, without health and reflection
 * @param unfinishedImages let in and not finished, over all models
 * @param maskBytes of masks that wait to be decoded, with their pixels
 * @param nativeHandles live owners of native memory by kind
 */
public record ServerStatus(
    Duration uptime,
    List<ModelStatus> models,
    int calls,
    int unfinishedImages,
    long maskBytes,
    Map<String, Long> nativeHandles) {
  public ServerStatus {
    requireNonNull(uptime, "uptime");
    models = List.copyOf(models);
    nativeHandles = Map.copyOf(nativeHandles);
  }
}
