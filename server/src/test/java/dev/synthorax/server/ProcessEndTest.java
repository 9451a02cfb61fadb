package dev.synthorax.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ProcessEndTest {
  private final List<Integer> halts = new ArrayList<>();

  private ProcessEnd end(Runnable close) {
    return new ProcessEnd(close, () -> 7, Duration.ofHours(1), halts::add);
  }

  @Test
  void run_closes_haltsWithTheCodeAskedAfterwards() {
    var closed = new ArrayList<String>();

    new ProcessEnd(
            () -> closed.add("closed"), () -> closed.size() + 6, Duration.ofHours(1), halts::add)
        .run();

    assertThat(closed).hasSize(1);
    assertThat(halts).containsExactly(7);
  }

  @Test
  void run_closeThrows_haltsAsFailed() {
    end(() -> {
          throw new IllegalStateException("it does not close");
        })
        .run();

    assertThat(halts).containsExactly(ProcessEnd.FAILED);
  }

  @Test
  void run_closeHangs_isHaltedAtTheLimit() throws Exception {
    var halted = new CompletableFuture<Integer>();
    var hanging = new CountDownLatch(1);
    var end =
        new ProcessEnd(
            () -> {
              try {
                hanging.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            () -> 0,
            Duration.ofMillis(1),
            halted::complete);
    Thread hook = Thread.ofPlatform().start(end);

    assertThat(halted.get()).isEqualTo(ProcessEnd.FAILED);
    hanging.countDown();
    hook.join();
  }
}
