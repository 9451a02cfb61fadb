package dev.synthorax.server.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.scheduler.FakeExecutor.VirtualClock;
import dev.synthorax.server.scheduler.TestTrajectories.Recorder;
import dev.synthorax.server.scheduler.TestTrajectories.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class AdmissionQueueTest {
  private static final long IMAGE_BYTES = 10;

  private final VirtualClock clock = new VirtualClock();
  private final FakeExecutor executor = new FakeExecutor(clock);
  private final ByteBudget budget = new ByteBudget(1000);
  private final Forecast forecast =
      new Forecast(
          "test", FakeExecutor.COUNTS, FakeExecutor.exactCost(0), clock::nanos, failure -> {});

  private AdmissionQueue queue(int maxImages) {
    RandomGenerator noSpread = () -> 0;
    return new AdmissionQueue(
        maxImages, budget, new Forecasts(List.of(forecast)), clock::nanos, noSpread);
  }

  private List<Trajectory> request(int count, Spec spec) {
    var images = new ArrayList<Trajectory>();
    var share = new RequestShare("");
    for (int i = 0; i < count; i++) {
      images.add(TestTrajectories.create(spec, share, clock.nanos, executor, new Recorder()));
    }
    return images;
  }

  @Test
  void admit_emptyQueue_isFirstAndTakesItsOwnTime() {
    var admission = queue(8).admit(request(1, Spec.of(10, 1)), IMAGE_BYTES);

    assertThat(admission)
        .isEqualTo(new Admission.Queued(0, Duration.ofNanos(10 * FakeExecutor.stepNanos(2, 0))));
  }

  @Test
  void admit_othersWait_countsThoseDoneBefore() {
    var queue = queue(8);
    queue.admit(request(3, Spec.of(2, 1)), IMAGE_BYTES);

    var behind = queue.admit(request(2, Spec.of(10, 2)), IMAGE_BYTES);
    var urgent =
        queue.admit(request(1, Spec.of(1, 3).withPriority(PriorityClass.HIGH)), IMAGE_BYTES);

    assertThat(behind).extracting("imagesAhead").isEqualTo(3);
    assertThat(urgent).extracting("imagesAhead").isEqualTo(0);
  }

  @Test
  void admit_full_isRejectedWithTheTimeUntilThereIsRoom() {
    var queue = queue(4);
    queue.admit(request(3, Spec.of(10, 1)), IMAGE_BYTES);

    var rejected = queue.admit(request(2, Spec.of(1, 2)), IMAGE_BYTES);

    assertThat(rejected)
        .isEqualTo(
            new Admission.Rejected(
                "3 images wait (expected: at most 4)",
                Duration.ofNanos(10 * FakeExecutor.stepNanos(8, 0))));
    assertThat(queue.images()).isEqualTo(3);
    assertThat(budget.taken()).isEqualTo(3 * IMAGE_BYTES);
  }

  @Test
  void admit_full_saysWhenThereIsRoomForThatMany() {
    var queue = queue(4);
    for (int steps = 10; steps <= 40; steps += 10) {
      queue.admit(request(1, Spec.of(steps, steps)), IMAGE_BYTES);
    }

    var one = (Admission.Rejected) queue.admit(request(1, Spec.of(1, 2)), IMAGE_BYTES);
    var three = (Admission.Rejected) queue.admit(request(3, Spec.of(1, 2)), IMAGE_BYTES);

    long full = FakeExecutor.stepNanos(8, 0);
    assertThat(one.retryDelay().toNanos()).isEqualTo(10 * full);
    assertThat(three.retryDelay().toNanos())
        .isEqualTo(20 * full + 10 * FakeExecutor.stepNanos(4, 0));
  }

  @Test
  void admit_full_spreadsRetries() {
    var queue =
        new AdmissionQueue(
            1,
            budget,
            new Forecasts(List.of(forecast)),
            clock::nanos,
            new java.util.SplittableRandom(7));
    queue.admit(request(1, Spec.of(10, 1)), IMAGE_BYTES);
    long room = 10 * FakeExecutor.stepNanos(2, 0);

    var delays = new ArrayList<Long>();
    for (int i = 0; i < 20; i++) {
      var rejected = (Admission.Rejected) queue.admit(request(1, Spec.of(1, 2)), IMAGE_BYTES);
      delays.add(rejected.retryDelay().toNanos());
    }

    assertThat(delays).allMatch(delay -> delay >= room).doesNotHaveDuplicates();
  }

  @Test
  void admit_bytesAreOut_isRejectedUntilImagesAreSent() {
    var queue = queue(100);
    var first = request(3, Spec.of(1, 1));
    queue.admit(first, 300);

    var rejected = queue.admit(request(1, Spec.of(1, 2)), 300);
    queue.finished(first.getFirst(), 100);
    var shrunk = queue.admit(request(1, Spec.of(1, 2)), 300);
    queue.release(first.getFirst());

    assertThat(rejected)
        .extracting("full")
        .isEqualTo("900 bytes of images wait to be sent (expected: at most 1000)");
    assertThat(shrunk).isInstanceOf(Admission.Queued.class);
    assertThat(budget.taken()).isEqualTo(900);
    assertThat(queue.images()).isEqualTo(3);
  }

  @Test
  void admit_moreBytesThanThereEverAre_isTooLarge() {
    var queue = queue(8);

    assertThatThrownBy(() -> queue.admit(request(4, Spec.of(1, 1)), 251))
        .isInstanceOf(InferenceException.class)
        .hasMessage(
            "4 images of up to 251 bytes each (expected: at most 1000 bytes together; ask for"
                + " fewer)");
    assertThat(queue.images()).isZero();
    assertThat(budget.taken()).isZero();
  }

  @Test
  void admit_wouldBeLate_isRefusedByItsShare() {
    var queue = queue(100);
    long step = FakeExecutor.stepNanos(8, 0);
    queue.admit(request(40, Spec.of(10, 1)), IMAGE_BYTES);

    var late = queue.admit(request(4, Spec.of(10, 2).withDeadline(clock.nanos + 17 * step)), 1);
    var shared = queue.admit(request(4, Spec.of(10, 2).withDeadline(clock.nanos + 19 * step)), 1);
    var urgent = Spec.of(10, 2).withPriority(PriorityClass.HIGH);
    var first = queue.admit(request(4, urgent.withDeadline(clock.nanos + 11 * step)), 1);

    assertThat(late)
        .isEqualTo(new Admission.Late(Duration.ofNanos(20 * step), Duration.ofNanos(17 * step)));
    assertThat(shared).isEqualTo(new Admission.Queued(0, Duration.ofNanos(20 * step)));
    assertThat(first).isEqualTo(new Admission.Queued(0, Duration.ofNanos(10 * step)));
    assertThat(queue.images()).isEqualTo(48);
  }

  @Test
  void withdraw_imageThatIsFinished_keepsItsPlaceUntilItIsReleased() {
    var queue = queue(2);
    var images = request(2, Spec.of(1, 1));
    queue.admit(images, IMAGE_BYTES);
    queue.finished(images.getFirst(), 4);

    images.forEach(queue::withdraw);

    assertThat(queue.images()).isEqualTo(1);
    assertThat(budget.taken()).isEqualTo(4);
    images.forEach(queue::release);
    images.forEach(queue::release);
    assertThat(queue.images()).isZero();
    assertThat(queue.unfinished()).isZero();
    assertThat(budget.taken()).isZero();
  }

  @Test
  void statistics_everyAnswer_isCountedInImages() {
    var queue = queue(8);
    List<Trajectory> in = request(3, Spec.of(10, 1));
    queue.admit(in, IMAGE_BYTES);
    queue.admit(request(6, Spec.of(1, 2)), IMAGE_BYTES);
    queue.admit(request(2, Spec.of(1, 3)), budget.limit() / 2);
    queue.admit(request(1, Spec.of(500, 4).withDeadline(clock.nanos() + 1)), IMAGE_BYTES);
    queue.finished(in.getFirst(), IMAGE_BYTES);

    assertThat(queue.statistics()).isEqualTo(new AdmissionStatistics(3, 6, 2, 1, 2, 3));
  }
}
