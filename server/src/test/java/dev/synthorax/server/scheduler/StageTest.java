package dev.synthorax.server.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class StageTest {
  private final List<String> done = new ArrayList<>();
  private final Map<String, RuntimeException> failed = new ConcurrentHashMap<>();
  private final Deque<String> kept = new ArrayDeque<>();
  private final List<InferenceException> broken = new ArrayList<>();
  private @Nullable Throwable next;
  private @Nullable Throwable nextFail;

  private final class Worker implements Stage.Worker<String> {
    @Override
    public boolean work(List<String> arrived) {
      throwOnce();
      for (String item : arrived) {
        if (item.startsWith("keep")) {
          kept.add(item);
        } else {
          done.add(item);
        }
      }
      return false;
    }

    private void throwOnce() {
      Throwable now = next;
      next = null;
      sneak(now);
    }

    @Override
    public void fail(String item, RuntimeException failure) {
      failed.put(item, failure);
      Throwable now = nextFail;
      nextFail = null;
      sneak(now);
    }

    @Override
    public @Nullable String removeKept() {
      return kept.poll();
    }
  }

  private static void sneak(@Nullable Throwable thrown) {
    switch (thrown) {
      case null -> {}
      case Error error -> throw error;
      case RuntimeException exception -> throw exception;
      default -> throw new AssertionError(thrown);
    }
  }

  private Stage<String> stage(int capacity) {
    return new Stage<>("stage", capacity, 2, new Worker(), broken::add);
  }

  @Test
  void cycle_moreThanABatchWaits_takesABatchAtATime() {
    try (var stage = stage(4)) {
      List.of("a", "b", "c").forEach(stage::submit);

      assertThat(stage.cycle()).isTrue();
      assertThat(done).containsExactly("a", "b");
      assertThat(stage.cycle()).isFalse();
      assertThat(done).containsExactly("a", "b", "c");
      assertThat(stage.cycle()).isFalse();
    }
  }

  @Test
  void submit_inboxFull_failsAtOnce() {
    try (var stage = stage(1)) {
      stage.submit("a");
      stage.submit("b");

      assertThat(failed).containsOnlyKeys("b");
      assertThat(failed.get("b")).extracting("reason").isEqualTo(ServerReason.QUEUE_FULL);
    }
  }

  @Test
  void cycle_workerThrowsAnInferenceException_failsTheBatchWithItAndGoesOn() {
    try (var stage = stage(4)) {
      var failure = new InferenceException(ErrorReason.BACKEND_FAILURE, "as told");
      next = failure;
      stage.submit("a");
      stage.cycle();
      stage.submit("b");
      stage.cycle();

      assertThat(failed).containsExactly(Map.entry("a", failure));
      assertThat(done).containsExactly("b");
      assertThat(broken).isEmpty();
    }
  }

  @Test
  void cycle_workerThrowsARuntimeException_failsBatchAndKeptAndGoesOn() {
    try (var stage = stage(4)) {
      stage.submit("keep");
      stage.cycle();
      next = new IllegalStateException("as told");
      stage.submit("a");
      stage.cycle();
      stage.submit("b");
      stage.cycle();

      assertThat(failed).containsOnlyKeys("a", "keep");
      assertThat(failed.get("a")).extracting("reason").isEqualTo(ErrorReason.INTERNAL);
      assertThat(done).containsExactly("b");
    }
  }

  private void runUntilBroken(Stage<String> stage, CountDownLatch told) throws Exception {
    stage.start();
    assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
    stage.close();
  }

  private Stage<String> telling(CountDownLatch told, Throwable thrownToo) {
    return new Stage<>(
        "stage",
        8,
        2,
        new Worker(),
        failure -> {
          broken.add(failure);
          told.countDown();
          sneak(thrownToo);
        });
  }

  @Test
  void run_workerThrowsAnError_failsAllThatWaitsTellsOnceAndRefusesFromThenOn() throws Exception {
    var told = new CountDownLatch(1);
    try (var stage = telling(told, new OutOfMemoryError("again"))) {
      stage.submit("keep");
      stage.cycle();
      List.of("a", "b", "c", "d").forEach(stage::submit);
      next = new OutOfMemoryError("as told");
      nextFail = new OutOfMemoryError("and while failing");

      runUntilBroken(stage, told);
      stage.submit("late");

      assertThat(failed).containsOnlyKeys("keep", "a", "b", "c", "d", "late");
      assertThat(broken)
          .singleElement()
          .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.MODEL_FAILED));
      assertThat(done).isEmpty();
    }
  }

  @Test
  void run_failingThrows_endsTheStageRatherThanMeetItAgain() throws Exception {
    var told = new CountDownLatch(1);
    try (var stage = telling(told, new IllegalStateException("deaf"))) {
      List.of("a", "b", "c").forEach(stage::submit);
      next = new IllegalStateException("as told");
      nextFail = new IllegalStateException("and while failing");

      runUntilBroken(stage, told);

      assertThat(failed).containsOnlyKeys("a", "b", "c");
      assertThat(broken).hasSize(1);
    }
  }

  @Test
  void close_itemsWait_failsThemAndWhatComesLater() {
    var stage = stage(4);
    stage.submit("a");

    stage.close();
    stage.close();
    stage.submit("b");

    assertThat(failed).containsOnlyKeys("a", "b");
    assertThat(done).isEmpty();
    assertThat(broken).isEmpty();
  }

  @Test
  void start_manySubmitters_everyItemIsDoneOnce() throws Exception {
    var seen = new LinkedBlockingQueue<Integer>();
    var worker =
        new Stage.Worker<Integer>() {
          @Override
          public boolean work(List<Integer> arrived) {
            seen.addAll(arrived);
            return false;
          }

          @Override
          public void fail(Integer item, RuntimeException failure) {
            throw new AssertionError(failure);
          }
        };
    try (var stage = new Stage<>("stage", 4000, 7, worker, failure -> {})) {
      stage.start();
      var threads = new ArrayList<Thread>();
      for (int i = 0; i < 4; i++) {
        int first = 1000 * i;
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int j = 0; j < 1000; j++) {
                        stage.submit(first + j);
                      }
                    }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      var all = new ArrayList<Integer>();
      while (all.size() < 4000) {
        Integer item = seen.poll(60, TimeUnit.SECONDS);
        assertThat(item).as("the stage stands still").isNotNull();
        all.add(item);
      }

      assertThat(all).doesNotHaveDuplicates();
    }
  }
}
