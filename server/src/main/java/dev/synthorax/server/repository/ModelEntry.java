package dev.synthorax.server.repository;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One name of the repository: what became of it, and what takes requests.
 *
 * <p><b>Threading:</b> none of its own; the repository's lock guards it.
 */
final class ModelEntry {
  /** What was loaded from the folder at once, and who uses it. */
  static final class Version {
    private @Nullable ServedModel model; // null until it is loaded
    private @Nullable String failure; // why it serves no more
    private int leases;
    private boolean retired;

    void loaded(ServedModel loaded) {
      model = loaded;
    }

    @Nullable ServedModel model() {
      return model;
    }

    @Nullable String failure() {
      return failure;
    }

    void fail(String reason) {
      failure = reason;
    }

    void lease() {
      leases++;
    }

    void release() {
      if (leases == 0) {
        throw new IllegalStateException("a lease ended twice");
      }
      leases--;
    }

    void retire() {
      retired = true;
    }

    /** Nobody uses it and nobody will. */
    boolean isDone() {
      return retired && leases == 0 && model != null;
    }
  }

  private final String name;
  private List<ModelStatus> statuses; // never empty
  private @Nullable Version current;

  ModelEntry(String name) {
    this.name = name;
    statuses = List.of(ModelStatus.notReady(name, ModelState.LOADING, "It is being loaded."));
  }

  /** Of every version that serves, the newest last; where none does, of the model. */
  List<ModelStatus> statuses() {
    return statuses;
  }

  /** Of the newest version. */
  ModelStatus status() {
    return statuses.getLast();
  }

  @Nullable Version current() {
    return current;
  }

  /** Whether it may serve those who name no model: what serves and makes no images may not. */
  boolean mayDraw() {
    return status().plain() == null;
  }

  /** A version is being loaded; one that serves goes on until then. */
  void loading() {
    if (current == null) {
      become(ModelState.LOADING, "It is being loaded.");
    }
  }

  /** Says how far a load is, unless a version serves meanwhile. */
  boolean progressed(String sentence) {
    boolean told = status().state() == ModelState.LOADING;
    if (told) {
      become(ModelState.LOADING, "It is being loaded: " + sentence + ".");
    }
    return told;
  }

  /** From now on this takes requests. */
  void serve(Version version, ServedModel model) {
    current = version;
    statuses = model.statuses(name);
  }

  /** From now on none does. */
  void end(ModelState state, String reason) {
    current = null;
    become(state, reason);
  }

  private void become(ModelState state, String reason) {
    statuses = List.of(ModelStatus.notReady(name, state, reason));
  }
}
