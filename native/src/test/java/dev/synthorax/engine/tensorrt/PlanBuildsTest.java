package dev.synthorax.engine.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PlanBuildsTest {
  private final PlanBuilds builds = new PlanBuilds();
  private final MemorySegment plan = MemorySegment.ofArray(new byte[] {1});

  @Test
  void plan_askedForWhileAnotherThreadMakesIt_isThatOne() throws InterruptedException {
    var theirs = new AtomicReference<MemorySegment>();
    Thread[] waiting = new Thread[1];

    MemorySegment ours =
        builds.plan(
            "key",
            () -> {
              waiting[0] = waitFor(theirs);
              return plan;
            });
    waiting[0].join();

    assertThat(ours).isSameAs(plan);
    assertThat(theirs.get()).isSameAs(plan);
  }

  /** Starts a thread that asks for the same plan, and returns once it waits. */
  private Thread waitFor(AtomicReference<MemorySegment> result) {
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> result.set(builds.plan("key", () -> MemorySegment.ofArray(new byte[] {2}))));
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    return thread;
  }

  @Test
  void plan_failure_isThatOfWhoWaitsAndNotOfWhoAsksLater() throws InterruptedException {
    var failure = new IllegalStateException("no room");
    var theirs = new AtomicReference<Throwable>();
    Thread[] waiting = new Thread[1];

    assertThatThrownBy(
            () ->
                builds.plan(
                    "key",
                    () -> {
                      waiting[0] = waitForFailure(theirs);
                      throw failure;
                    }))
        .isSameAs(failure);
    waiting[0].join();

    assertThat(theirs.get()).isSameAs(failure);
    assertThat(builds.plan("key", () -> plan)).isSameAs(plan);
  }

  private Thread waitForFailure(AtomicReference<Throwable> result) {
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    builds.plan("key", () -> plan);
                  } catch (IllegalStateException e) {
                    result.set(e);
                  }
                });
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    return thread;
  }

  @Test
  void plan_otherKey_doesNotWait() {
    MemorySegment inner = builds.plan("one", () -> builds.plan("two", () -> plan));

    assertThat(inner).isSameAs(plan);
  }
}
