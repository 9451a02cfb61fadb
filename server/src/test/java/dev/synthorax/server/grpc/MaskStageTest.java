package dev.synthorax.server.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class MaskStageTest {
  private final CountDownLatch broken = new CountDownLatch(1);
  private final MaskStage stage = new MaskStage(100, broken::countDown);
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final CountDownLatch letGo = new CountDownLatch(1);

  @AfterEach
  void close() {
    letGo.countDown();
    stage.close();
  }

  private final class FakeJob implements MaskStage.Job {
    private final String name;
    private final long bytes;
    private final Runnable work;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean wanted = true;

    private FakeJob(String name, long bytes, Runnable work) {
      this.name = name;
      this.bytes = bytes;
      this.work = work;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public boolean wanted() {
      return wanted;
    }

    @Override
    public void run() {
      work.run();
      told.add(name);
      ended.countDown();
    }

    @Override
    public void failed(RuntimeException failure) {
      told.add(name + " failed: " + failure.getMessage());
      ended.countDown();
    }
  }

  private FakeJob submit(String name, long bytes, Runnable work) {
    var job = new FakeJob(name, bytes, work);
    stage.submit(job);
    return job;
  }

  /** Holds the stage's thread until it is let go. */
  private FakeJob hold(long bytes) throws InterruptedException {
    var running = new CountDownLatch(1);
    var job =
        submit(
            "held",
            bytes,
            () -> {
              running.countDown();
              try {
                letGo.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    running.await();
    return job;
  }

  @Test
  void submit_manyWait_theCheapestGoesFirst() throws InterruptedException {
    hold(10);
    var large = submit("large", 50, () -> {});
    submit("small", 5, () -> {});
    submit("middle", 20, () -> {});

    letGo.countDown();
    large.ended.await();

    assertThat(told).containsExactly("held", "small", "middle", "large");
  }

  @Test
  void submit_noRoomForItsBytes_isRefusedUntilThereIs() throws InterruptedException {
    var held = hold(90);

    var refused = catchThrowableOfType(ServerException.class, () -> submit("late", 11, () -> {}));

    assertThat(refused.reason()).isEqualTo(ServerReason.QUEUE_FULL);
    assertThat(refused).hasMessageContaining("101 bytes with these (expected: at most 100");
    assertThat(requireNonNull(refused.retryDelay())).isPositive();
    assertThat(stage.heldBytes()).isEqualTo(90);
    letGo.countDown();
    held.ended.await();
    while (stage.heldBytes() > 0) {
      Thread.onSpinWait();
    }
    submit("again", 100, () -> {}).ended.await();
    assertThat(told).containsExactly("held", "again");
  }

  @Test
  void submit_neverRoomForItsBytes_isTooLarge() {
    assertThatThrownBy(() -> submit("huge", 101, () -> {}))
        .isInstanceOfSatisfying(
            FieldException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(ErrorReason.TOO_LARGE);
              assertThat(e.field()).isEqualTo("masks");
            })
        .hasMessage(
            "masks: 101 bytes while they are decoded (expected: at most 100 on this server)");
    assertThat(stage.heldBytes()).isZero();
  }

  @Test
  void submit_oneThrows_failsItAloneAndHoldsNothing() throws InterruptedException {
    hold(10);
    submit(
        "bad",
        10,
        () -> {
          throw new IllegalStateException("no mask");
        });
    var good = submit("good", 20, () -> {});

    letGo.countDown();
    good.ended.await();

    assertThat(told).containsExactly("held", "bad failed: no mask", "good");
    submit("all", 80, () -> {}).ended.await();
  }

  @Test
  void submit_nobodyWaitsAnyMore_isNotRun() throws InterruptedException {
    hold(10);
    submit("gone", 10, () -> {}).wanted = false;
    var last = submit("last", 20, () -> {});

    letGo.countDown();
    last.ended.await();

    assertThat(told).containsExactly("held", "last");
  }

  @Test
  void submit_anErrorBreaksTheStage_failsAllThatWaitsAndTells() throws InterruptedException {
    hold(10);
    submit(
        "fatal",
        10,
        () -> {
          throw new StackOverflowError("a fake");
        });
    var waiting = submit("waiting", 20, () -> {});

    letGo.countDown();
    waiting.ended.await();
    broken.await();

    assertThat(told).hasSize(3).first().isEqualTo("held");
    assertThat(told).filteredOn(line -> line.contains("failed: masks broke down")).hasSize(2);
    assertThat(stage.heldBytes()).isZero();
  }

  @Test
  void close_jobsWait_failsThem() throws InterruptedException {
    hold(10);
    var waiting = submit("waiting", 20, () -> {});
    Thread closing = Thread.ofPlatform().start(stage::close);
    while (closing.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    letGo.countDown();
    closing.join();

    assertThat(waiting.ended.getCount()).isZero();
    assertThat(stage.heldBytes()).isZero();
  }
}
