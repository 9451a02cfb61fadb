package dev.synthorax.training.stage;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * What happens in a training run, in order: {@link Started}; then for each stage that is not
 * finished yet {@link StageStarted}, perhaps {@link Resumed}, {@link Progress} and {@link
 * Checkpointed} by turns, after a checkpoint perhaps {@link Metrics} and {@link Pictures}, {@link
 * StageFinished}; at the end {@link Published}, {@link Stopped} or {@link Failed}. Each has one
 * line of JSON, which names it in {@code event}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
  @JsonSubTypes.Type(value = TrainingEvent.Started.class, name = "started"),
  @JsonSubTypes.Type(value = TrainingEvent.StageStarted.class, name = "stage-started"),
  @JsonSubTypes.Type(value = TrainingEvent.Resumed.class, name = "resumed"),
  @JsonSubTypes.Type(value = TrainingEvent.Progress.class, name = "progress"),
  @JsonSubTypes.Type(value = TrainingEvent.Checkpointed.class, name = "checkpointed"),
  @JsonSubTypes.Type(value = TrainingEvent.Metrics.class, name = "metrics"),
  @JsonSubTypes.Type(value = TrainingEvent.Pictures.class, name = "pictures"),
  @JsonSubTypes.Type(value = TrainingEvent.StageFinished.class, name = "stage-finished"),
  @JsonSubTypes.Type(value = TrainingEvent.Published.class, name = "published"),
  @JsonSubTypes.Type(value = TrainingEvent.Stopped.class, name = "stopped"),
  @JsonSubTypes.Type(value = TrainingEvent.Failed.class, name = "failed")
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface TrainingEvent {
  /**
   * The run begins or goes on.
   *
   * @param recipe what is trained
   * @param samples how many there are
   * @param stages names of all stages, in order
   * @param finished those that an earlier start finished
   */
  record Started(String recipe, long samples, List<String> stages, List<String> finished)
      implements TrainingEvent {
    /** Keeps lists of its own, so that an event never changes. */
    public Started {
      stages = List.copyOf(stages);
      finished = List.copyOf(finished);
    }
  }

  /**
   * A stage begins.
   *
   * @param stage its name
   * @param identity hash of everything that decides its result
   */
  record StageStarted(String stage, String identity) implements TrainingEvent {}

  /**
   * The stage goes on from a checkpoint.
   *
   * @param step steps done
   * @param steps steps in all
   * @param movedFrom what the checkpoint was computed on, if that was something else: the last bits
   *     may then differ from those of an unbroken run
   */
  record Resumed(String stage, long step, long steps, @Nullable String movedFrom)
      implements TrainingEvent {}

  /**
   * Every few seconds, and after the last step.
   *
   * @param step steps done, or samples where nothing is learned
   * @param steps of these in all
   * @param loss mean since the last time; absent where nothing is learned
   * @param samplesPerSecond mean since the last time
   */
  record Progress(
      String stage, long step, long steps, @Nullable Double loss, double samplesPerSecond)
      implements TrainingEvent {}

  /**
   * The stage could now be killed and lose nothing.
   *
   * @param step steps done
   */
  record Checkpointed(String stage, long step) implements TrainingEvent {}

  /**
   * What was learned so far, measured on samples that are not learned from.
   *
   * @param step steps done
   * @param values by name, such as {@code psnr}
   */
  record Metrics(String stage, long step, SequencedMap<String, Double> values)
      implements TrainingEvent {
    /** Keeps a map of its own, so that an event never changes. */
    public Metrics {
      values = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(values));
    }
  }

  /**
   * What was learned so far, to be looked at.
   *
   * @param step steps done
   * @param width pixels of a row of the whole sheet
   * @param height pixels of a column of it
   * @param columns images beside each other
   * @param file relative to the work folder: {@code width x height} grey bytes, row by row; the
   *     stage's next sheet takes its place
   */
  record Pictures(String stage, long step, int width, int height, int columns, String file)
      implements TrainingEvent {}

  /** The stage's results are on disk. */
  record StageFinished(String stage) implements TrainingEvent {}

  /**
   * The model is finished.
   *
   * @param folder where it is
   * @param identity hash of everything that decided it
   */
  record Published(String folder, String identity) implements TrainingEvent {}

  /** The run was told to stop; the same run again goes on from there. */
  record Stopped(String stage) implements TrainingEvent {}

  /**
   * The run cannot go on.
   *
   * @param message one line
   */
  record Failed(String message) implements TrainingEvent {}

  /** This event as one line of JSON. */
  default String toJson() {
    try {
      return Lines.MAPPER.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an event is always JSON", e);
    }
  }

  /**
   * The event of a line; fields of a later version are skipped.
   *
   * @throws IllegalArgumentException if it is none
   */
  static TrainingEvent parse(String line) {
    try {
      return Lines.MAPPER.readValue(line, TrainingEvent.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no training event: " + e.getOriginalMessage(), e);
    }
  }

  /** How events are written. */
  final class Lines {
    private static final ObjectMapper MAPPER =
        JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    private Lines() {}
  }
}
