package dev.synthorax.training.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class TrainingEventTest {
  private static final List<TrainingEvent> ALL =
      List.of(
          new TrainingEvent.Started("cxr-mini", 12, List.of("a", "b"), List.of("a")),
          new TrainingEvent.StageStarted("a", "abc"),
          new TrainingEvent.Resumed("a", 3, 5, "libtorch 2, AVX2, 1 threads"),
          new TrainingEvent.Resumed("a", 3, 5, null),
          new TrainingEvent.Progress("a", 4, 5, 0.25, 12.5),
          new TrainingEvent.Progress("a", 4, 5, null, 12.5),
          new TrainingEvent.Progress("a", 4, 5, Double.NaN, Double.POSITIVE_INFINITY),
          new TrainingEvent.Checkpointed("a", 5),
          new TrainingEvent.Metrics("a", 5, new TreeMap<>(Map.of("psnr", 31.5, "dice", 0.5))),
          new TrainingEvent.Pictures("a", 5, 64, 32, 2, "run/a.pictures"),
          new TrainingEvent.StageFinished("a"),
          new TrainingEvent.Published("out", "abc"),
          new TrainingEvent.Stopped("a"),
          new TrainingEvent.Failed("no \"room\"\nleft"));

  @Test
  void parse_everyEventsLine_isTheEvent() {
    assertThat(ALL).allSatisfy(e -> assertThat(TrainingEvent.parse(e.toJson())).isEqualTo(e));
    assertThat(ALL).allSatisfy(e -> assertThat(e.toJson()).doesNotContain("\n"));
    assertThat(ALL.stream().map(TrainingEvent::getClass).distinct())
        .hasSameSizeAs(TrainingEvent.class.getPermittedSubclasses());
  }

  @Test
  void toJson_progress_namesTheEventAndLeavesOutWhatIsAbsent() {
    assertThat(new TrainingEvent.Progress("latents", 4, 5, null, 12.5).toJson())
        .isEqualTo(
            "{\"event\":\"progress\",\"stage\":\"latents\",\"step\":4,\"steps\":5,\"samplesPerSecond\":12.5}");
  }

  @Test
  void parse_fieldOfALaterVersion_isSkippedAndOtherTextRefused() {
    assertThat(TrainingEvent.parse("{\"event\":\"stopped\",\"stage\":\"a\",\"mood\":\"good\"}"))
        .isEqualTo(new TrainingEvent.Stopped("a"));
    assertThatThrownBy(() -> TrainingEvent.parse("loading"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no training event");
  }
}
