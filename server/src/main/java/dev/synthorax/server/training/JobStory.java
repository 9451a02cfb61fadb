package dev.synthorax.server.training;

import dev.synthorax.server.pipeline.OutputEncoding;
import dev.synthorax.training.stage.TrainingEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of a job from its trainer's events, which are kept: a story that was begun by
 * another server is read from them.
 *
 * <p><b>Threading:</b> one thread.
 */
final class JobStory {
  private static final Logger logger = LoggerFactory.getLogger(JobStory.class);
  private static final long MAX_SHEET_BYTES = 16 << 20;

  private final JobFolder folder;
  private final Set<String> finished = new LinkedHashSet<>();
  private final SequencedMap<String, TrainingEvent.Metrics> metrics = new LinkedHashMap<>();
  private final SequencedMap<String, Sheet> sheets = new LinkedHashMap<>();
  private List<String> stages = List.of();
  private TrainingStatus.@Nullable Progress progress;
  private @Nullable Pace pace;

  /** Where a stage was when its pace began to be taken. */
  private record Pace(String stage, long step, Instant at) {}

  /** A contact sheet as PNG. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  private record Sheet(TrainingEvent.Pictures told, byte[] png) {}

  private JobStory(JobFolder folder) {
    this.folder = folder;
  }

  /** The story so far; an empty one where there is none. */
  static JobStory of(JobFolder folder) {
    var story = new JobStory(folder);
    if (Files.exists(folder.events())) {
      try (Stream<String> lines = Files.lines(folder.events(), StandardCharsets.UTF_8)) {
        lines.forEach(
            line -> {
              TrainingEvent event = parse(line);
              if (event != null) {
                story.apply(event, null);
              }
            });
      } catch (IOException | java.io.UncheckedIOException e) {
        logger.warn("{} cannot be read; what was told before is not known", folder.events(), e);
      }
    }
    return story;
  }

  /** The event of a line; null where it is none, such as the last one of a killed server. */
  private static @Nullable TrainingEvent parse(String line) {
    try {
      return TrainingEvent.parse(line);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** A trainer begins: what was the pace of another says nothing. */
  void begin() {
    pace = null;
  }

  /** Takes in an event, and keeps it. */
  void tell(TrainingEvent event, Instant now) {
    apply(event, now);
    try {
      Files.writeString(
          folder.events(),
          event.toJson() + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) { // the story is for people; the job goes on without
      logger.warn("{} cannot be written", folder.events(), e);
    }
  }

  /** Takes in an event; without the time where it is an old one. */
  private void apply(TrainingEvent event, @Nullable Instant now) {
    switch (event) {
      case TrainingEvent.Started started -> {
        stages = started.stages();
        finished.clear();
        finished.addAll(started.finished());
      }
      case TrainingEvent.Resumed(String stage, long step, long steps, String _) ->
          progress = new TrainingStatus.Progress(stage, step, steps, null, 0, null);
      case TrainingEvent.Progress(String stage, long step, long steps, Double loss, double rate) ->
          progress =
              new TrainingStatus.Progress(
                  stage,
                  step,
                  steps,
                  loss,
                  rate,
                  now == null ? null : eta(stage, step, steps, now));
      case TrainingEvent.StageFinished(String stage) -> finished.add(stage);
      case TrainingEvent.Metrics told -> metrics.put(told.stage(), told);
      case TrainingEvent.Pictures told -> {
        byte[] png = png(told);
        if (png != null) {
          sheets.put(told.stage(), new Sheet(told, png));
        }
      }
      case TrainingEvent.StageStarted _,
          TrainingEvent.Checkpointed _,
          TrainingEvent.Published _,
          TrainingEvent.Stopped _,
          TrainingEvent.Failed _ -> {}
    }
  }

  private @Nullable Duration eta(String stage, long step, long steps, Instant now) {
    Pace begun = pace;
    if (begun == null || !begun.stage.equals(stage) || step < begun.step) {
      pace = new Pace(stage, step, now);
      return null;
    }
    long done = step - begun.step;
    Duration taken = Duration.between(begun.at, now);
    return done == 0
        ? null
        : Duration.ofMillis(Math.round((double) taken.toMillis() / done * (steps - step)));
  }

  private byte @Nullable [] png(TrainingEvent.Pictures told) {
    Path file = folder.work().resolve(told.file()).normalize();
    long pixels = (long) told.width() * told.height();
    try {
      if (!file.startsWith(folder.work())
          || pixels > MAX_SHEET_BYTES
          || Files.size(file) != pixels) {
        return null; // a newer sheet of another size has its place
      }
      return OutputEncoding.PNG_GRAY8.encode(Files.readAllBytes(file), told.width(), told.height());
    } catch (IOException e) {
      return null;
    }
  }

  /** As it stands. */
  TrainingStatus status(TrainingJob job, int jobsAhead) {
    return new TrainingStatus(job, stages, finished.size(), progress, jobsAhead);
  }

  TrainingStatus.@Nullable Progress progress() {
    return progress;
  }

  /** Tells the newest of each stage. */
  void recall(TrainingListener listener) {
    metrics.values().forEach(m -> listener.measured(m.stage(), m.step(), m.values()));
    sheets.keySet().forEach(stage -> drew(stage, listener));
  }

  /** Tells a stage's newest contact sheet, if there is one. */
  void drew(String stage, TrainingListener listener) {
    Sheet sheet = sheets.get(stage);
    if (sheet != null) {
      listener.drew(stage, sheet.told.step(), sheet.png, sheet.told.columns());
    }
  }
}
