package dev.synthorax.server.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.server.scheduler.FakeExecutor.VirtualClock;
import dev.synthorax.server.scheduler.TestTrajectories.Recorder;
import dev.synthorax.server.scheduler.TestTrajectories.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Images over several instances of a model. */
final class ForecastsTest {
  private final VirtualClock clock = new VirtualClock();
  private final FakeExecutor executor = new FakeExecutor(clock);
  private final Forecasts forecasts = new Forecasts(List.of(forecast(), forecast()));

  private Forecast forecast() {
    return new Forecast(
        "test", FakeExecutor.COUNTS, FakeExecutor.exactCost(0), clock::nanos, failure -> {});
  }

  private AdmissionQueue queue(int maxImages) {
    return new AdmissionQueue(maxImages, new ByteBudget(1 << 20), forecasts, clock::nanos, () -> 0);
  }

  private List<Trajectory> request(int count, Spec spec) {
    var images = new ArrayList<Trajectory>();
    var share = new RequestShare("");
    for (int i = 0; i < count; i++) {
      images.add(TestTrajectories.create(spec, share, clock.nanos, executor, new Recorder()));
    }
    return images;
  }

  private static List<Integer> instances(List<Trajectory> request) {
    return request.stream().map(Trajectory::instance).toList();
  }

  @Test
  void admit_manyImages_areSpreadAndDoneTogether() {
    var request = request(8, Spec.of(10, 1));

    var admission = queue(100).admit(request, 1);

    assertThat(instances(request)).containsExactly(0, 1, 0, 1, 0, 1, 0, 1);
    Duration half = Duration.ofNanos(10 * FakeExecutor.stepNanos(8, 0));
    assertThat(admission).isEqualTo(new Admission.Queued(0, half));
    assertThat(forecasts.eta(request)).isEqualTo(half);
    assertThat(forecasts.waiting()).isEqualTo(8);
  }

  @Test
  void admit_oneInstanceHasMoreToDo_goesToTheOther() {
    var queue = queue(100);
    var heavy = request(1, Spec.of(50, 1));
    var light = request(1, Spec.of(10, 2));
    var next = request(1, Spec.of(10, 3));
    queue.admit(heavy, 1);
    queue.admit(light, 1);

    queue.admit(next, 1);

    assertThat(instances(heavy)).containsExactly(0);
    assertThat(instances(light)).containsExactly(1);
    assertThat(instances(next)).containsExactly(1);
  }

  @Test
  void admit_imagesWaitBeyondAPlayedTimeline_countAsLoad() {
    var queue = queue(10_000);
    for (int i = 0; i < 300; i++) {
      queue.admit(request(2, Spec.of(10, i)), 1);
    }
    var many = new ArrayList<Integer>();
    for (int i = 0; i < 100; i++) {
      var request = request(1, Spec.of(10, i));
      queue.admit(request, 1);
      many.addAll(instances(request));
    }

    assertThat(many.stream().filter(instance -> instance == 0).count()).isBetween(45L, 55L);
  }

  @Test
  void admit_full_saysWhenThereIsRoomOverAllInstances() {
    var queue = queue(4);
    for (int steps : new int[] {10, 20, 30, 40}) {
      queue.admit(request(1, Spec.of(steps, steps)), 1);
    }

    var rooms =
        IntStream.rangeClosed(1, 4)
            .mapToObj(i -> (Admission.Rejected) queue.admit(request(i, Spec.of(1, 9)), 1))
            .map(Admission.Rejected::retryDelay)
            .toList();

    // 10 and 30 steps on the first, 20 and 40 on the second
    long both = FakeExecutor.stepNanos(4, 0);
    long one = FakeExecutor.stepNanos(2, 0);
    assertThat(rooms)
        .containsExactly(
            Duration.ofNanos(10 * both),
            Duration.ofNanos(20 * both),
            Duration.ofNanos(10 * both + 20 * one),
            Duration.ofNanos(20 * both + 20 * one));
  }

  @Test
  void admit_instanceIsLost_getsNothing() {
    forecasts.lose(0);
    var request = request(4, Spec.of(10, 1));

    queue(100).admit(request, 1);

    assertThat(instances(request)).containsOnly(1);
  }

  @Test
  void admit_everyInstanceIsLost_isStillAnsweredByOne() {
    forecasts.lose(0);
    forecasts.lose(1);
    var request = request(2, Spec.of(10, 1));

    var admission = queue(100).admit(request, 1);

    assertThat(admission).isInstanceOf(Admission.Queued.class);
    assertThat(instances(request)).containsOnly(0);
  }

  @Test
  void release_image_leavesTheForecastOfItsInstance() {
    var queue = queue(100);
    var request = request(2, Spec.of(10, 1));
    queue.admit(request, 1);

    queue.release(request.getLast());

    assertThat(forecasts.waiting()).isEqualTo(1);
    assertThat(forecasts.eta(List.of(request.getLast()))).isZero();
  }
}
