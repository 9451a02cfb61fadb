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
 * @param calls under way over all edges, without health and gRPC's own
 * @param unfinishedImages let in and not finished, over all models
 * @param memory what requests hold
 * @param nativeHandles live owners of native memory by kind
 */
public record ServerStatus(
    Duration uptime,
    List<ModelStatus> models,
    int calls,
    int unfinishedImages,
    Memory memory,
    Map<String, Long> nativeHandles) {
  public ServerStatus {
    requireNonNull(uptime, "uptime");
    models = List.copyOf(models);
    requireNonNull(memory, "memory");
    nativeHandles = Map.copyOf(nativeHandles);
  }

  /**
   * Bytes that requests hold, and may hold.
   *
   * @param responses answers let in and not sent
   * @param tensors of requests of the Open Inference Protocol, outside the heap
   * @param masks that wait to be decoded, with their pixels
   * @param radiographs that are read, with their answers
   * @param cache answers that plain models keep
   */
  public record Memory(Use responses, Use tensors, Use masks, Use radiographs, Use cache) {
    public Memory {
      requireNonNull(responses, "responses");
      requireNonNull(tensors, "tensors");
      requireNonNull(masks, "masks");
      requireNonNull(radiographs, "radiographs");
      requireNonNull(cache, "cache");
    }
  }

  /**
   * Of one kind.
   *
   * @param bytes held now
   * @param limit most bytes
   */
  public record Use(long bytes, long limit) {}
}
