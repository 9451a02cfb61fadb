package dev.synthorax.server.training;

import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The jobs there are, with their stories and those who listen. What it says of a job is recorded.
 *
 * <p><b>Threading:</b> one thread.
 */
final class JobTable {
  private final DataFolder data;
  private final JobRecords records;
  private final SortedMap<Long, TrainingJob> jobs = new TreeMap<>();
  private final Map<String, JobStory> stories = new HashMap<>();
  private final Map<String, List<TrainingListener>> listeners = new HashMap<>();
  private boolean loaded;

  JobTable(DataFolder data, JobRecords records) {
    this.data = data;
    this.records = records;
  }

  /**
   * Reads the records, once.
   *
   * @return whether this was the first time
   */
  boolean load() {
    if (loaded) {
      return false;
    }
    for (TrainingJob job : records.all()) {
      jobs.put(job.number(), job);
    }
    loaded = true;
    return true;
  }

  /** Every job, oldest first. */
  List<TrainingJob> all() {
    return List.copyOf(jobs.values());
  }

  /** The job of that name. */
  Optional<TrainingJob> find(String name) {
    return jobs.values().stream().filter(job -> job.name().equals(name)).findFirst();
  }

  /**
   * The same.
   *
   * @throws ServerException {@code TRAINING_NOT_FOUND}
   */
  TrainingJob get(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new ServerException(
                    ServerReason.TRAINING_NOT_FOUND,
                    "training: %s (expected: a job that was started)".formatted(name),
                    name));
  }

  /** The number of the next job. */
  long nextNumber() {
    return jobs.isEmpty() ? 1 : jobs.lastKey() + 1;
  }

  JobFolder folder(String name) {
    return new JobFolder(data.jobs().resolve(name));
  }

  JobStory story(String name) {
    return stories.computeIfAbsent(name, it -> JobStory.of(folder(it)));
  }

  /** Records a job as it is now, and tells those who listen. */
  void put(TrainingJob job) {
    records.save(job);
    jobs.put(job.number(), job);
    tellChanged(job.name());
  }

  /** Forgets a job that has ended. */
  void remove(TrainingJob job) {
    records.delete(job);
    jobs.remove(job.number());
    stories.remove(job.name());
    listeners.remove(job.name());
  }

  TrainingStatus status(TrainingJob job) {
    int ahead = 0;
    if (job.state() == TrainingState.QUEUED) {
      for (TrainingJob other : jobs.values()) {
        if (!other.state().ended() && other.number() < job.number()) {
          ahead++;
        }
      }
    }
    return story(job.name()).status(job, ahead);
  }

  /** Adds a listener, and tells it how things stand. */
  void listen(String name, TrainingListener listener) {
    TrainingJob job = get(name);
    listener.changed(status(job));
    if (!job.state().ended()) {
      listeners.computeIfAbsent(name, _ -> new ArrayList<>()).add(listener);
    }
    story(name).recall(listener);
    if (job.state().ended()) {
      listener.ended();
    }
  }

  void forget(String name, TrainingListener listener) {
    listeners.getOrDefault(name, new ArrayList<>()).remove(listener);
  }

  /** Tells all who listen to a job. */
  void tell(String name, Consumer<TrainingListener> what) {
    List.copyOf(listeners.getOrDefault(name, List.of())).forEach(what);
  }

  /** Tells how a job stands; whoever listens hears nothing more once it has ended. */
  void tellChanged(String name) {
    TrainingJob job = get(name);
    TrainingStatus status = status(job);
    tell(name, listener -> listener.changed(status));
    if (job.state().ended()) {
      tell(name, TrainingListener::ended);
      listeners.remove(name);
    }
  }
}
