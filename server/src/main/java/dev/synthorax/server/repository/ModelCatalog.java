package dev.synthorax.server.repository;

import com.google.errorprone.annotations.MustBeClosed;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.repository.ModelEntry.Version;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Names, versions and leases: who serves, who is still used, who is done.
 *
 * <p><b>Ownership:</b> knows every model that is open; hands each to its consumer once, when it is
 * retired and its last lease has ended.
 *
 * <p><b>Threading:</b> any thread; nothing blocks.
 */
final class ModelCatalog {
  private final Consumer<ServedModel> done;

  @GuardedBy("this")
  private final SortedMap<String, ModelEntry> models = new TreeMap<>();

  /** Models that are not closed, retired ones among them. */
  @GuardedBy("this")
  private final Set<ServedModel> open = new HashSet<>();

  @GuardedBy("this")
  private boolean closed;

  /**
   * Models that wait to be loaded.
   *
   * @param done takes a model that nobody uses any more, on any thread, and does not block
   */
  ModelCatalog(Set<String> names, Consumer<ServedModel> done) {
    this.done = done;
    names.forEach(name -> models.put(name, new ModelEntry(name)));
  }

  synchronized List<ModelStatus> list() {
    return models.values().stream().flatMap(entry -> entry.statuses().stream()).toList();
  }

  synchronized ModelStatus describe(String name, String version) {
    List<ModelStatus> statuses = find(name, version).statuses();
    return statuses.stream()
        .filter(status -> status.version().equals(version))
        .findFirst()
        .orElse(statuses.getLast());
  }

  synchronized int unfinishedImages() {
    return open.stream().mapToInt(ServedModel::unfinishedImages).sum();
  }

  @MustBeClosed
  synchronized Lease<ServedModel> acquire(String name, String version) {
    ModelEntry entry = find(name, version);
    Version current = entry.current();
    ServedModel model = current == null ? null : current.model();
    if (current == null || model == null) {
      throw refused(entry.status());
    }
    current.lease();
    return new Lease<>(model, () -> release(current));
  }

  private static ServerException refused(ModelStatus status) {
    String name = status.name();
    return switch (status.state()) {
      case LOADING ->
          new ServerException(
              ServerReason.MODEL_LOADING,
              "model " + name + ": it is being loaded (try again in a moment)",
              name);
      case READY, FAILED, UNLOADED ->
          new ServerException(
              ServerReason.MODEL_FAILED,
              "model " + name + ": it cannot be used: " + status.reason(),
              name);
    };
  }

  @GuardedBy("this")
  private ModelEntry find(String name, String version) {
    ModelEntry found = name.isEmpty() ? byDefault() : models.get(name);
    if (found == null) {
      throw notFound(name);
    }
    List<String> has = found.statuses().stream().map(ModelStatus::version).toList();
    if (!version.isEmpty() && found.current() != null && !has.contains(version)) {
      String model = found.status().name();
      throw new ServerException(
          ServerReason.MODEL_NOT_FOUND,
          "model %s: no version %s (expected: %s)"
              .formatted(model, version, String.join(", ", has)),
          model);
    }
    return found;
  }

  /** The first pipeline by name that is ready, or else what may become one, or else the first. */
  @GuardedBy("this")
  private @Nullable ModelEntry byDefault() {
    List<ModelEntry> pipelines = models.values().stream().filter(ModelEntry::mayDraw).toList();
    return pipelines.stream()
        .filter(entry -> entry.current() != null)
        .findFirst()
        .or(() -> pipelines.stream().findFirst())
        .orElse(models.isEmpty() ? null : models.firstEntry().getValue());
  }

  synchronized ServerException notFound(String name) {
    return new ServerException(
        ServerReason.MODEL_NOT_FOUND,
        "model: " + name + " (expected: one of " + String.join(", ", models.keySet()) + ")",
        name);
  }

  /** A version of that name is being loaded; a name is made where it is new. */
  synchronized void loading(String name) {
    if (closed) {
      throw new ServerException(ServerReason.DRAINING, "the server is shutting down", name);
    }
    models.computeIfAbsent(name, ModelEntry::new).loading();
  }

  /**
   * A load goes on.
   *
   * @return whether that is what people are told of the model; where a version serves meanwhile, it
   *     is not
   */
  synchronized boolean progressed(String name, String sentence) {
    ModelEntry entry = models.get(name);
    return entry != null && !closed && entry.progressed(sentence);
  }

  /**
   * A load failed.
   *
   * @return whether a version before it goes on
   */
  synchronized boolean failed(String name, String reason) {
    ModelEntry entry = models.get(name);
    if (entry == null || closed) {
      return false;
    }
    if (entry.current() == null) {
      entry.end(ModelState.FAILED, reason);
      return false;
    }
    return true;
  }

  /**
   * A version is loaded: it takes the requests, unless it broke meanwhile; the one before is
   * retired.
   *
   * @return null if all is closed; the caller then closes the model
   */
  synchronized @Nullable ModelStatus serve(String name, Version version, ServedModel model) {
    ModelEntry entry = models.get(name);
    if (closed || entry == null) {
      return null;
    }
    open.add(model);
    Version before = entry.current();
    version.loaded(model);
    entry.serve(version, model);
    if (before != null) {
      retire(before);
    }
    String failure = version.failure();
    if (failure != null) {
      entry.end(ModelState.FAILED, failure);
      retire(version);
    }
    return entry.status();
  }

  /**
   * A version can serve no more.
   *
   * @return whether it served until now
   */
  synchronized boolean broke(String name, Version version, String reason) {
    version.fail(reason);
    ModelEntry entry = models.get(name);
    if (entry == null || entry.current() != version) {
      return false; // not ready yet, or retired
    }
    entry.end(ModelState.FAILED, reason);
    retire(version);
    return true;
  }

  /** Takes a name out of use. */
  synchronized ModelStatus unload(String name) {
    ModelEntry entry = models.get(name);
    if (entry == null) {
      throw notFound(name);
    }
    Version before = entry.current();
    entry.end(ModelState.UNLOADED, "It was unloaded.");
    if (before != null) {
      retire(before);
    }
    return entry.status();
  }

  /**
   * Takes every name out of use, for good.
   *
   * @return what is open; the caller closes each that {@link #remove} gives it
   */
  synchronized List<ServedModel> close() {
    closed = true;
    models
        .values()
        .forEach(entry -> entry.end(ModelState.UNLOADED, "The server is shutting down."));
    return List.copyOf(open);
  }

  /** Whether the caller is the first to close that model. */
  synchronized boolean remove(ServedModel model) {
    return open.remove(model);
  }

  @GuardedBy("this")
  private void retire(Version version) {
    version.retire();
    handOverIfDone(version);
  }

  private synchronized void release(Version version) {
    version.release();
    handOverIfDone(version);
  }

  @GuardedBy("this")
  private void handOverIfDone(Version version) {
    ServedModel model = version.model();
    if (model != null && version.isDone()) {
      done.accept(model);
    }
  }
}
