package dev.synthorax.server.plain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Notes all that it is told. */
final class Heard implements PlainListener {
  private static final int PATIENCE_SECONDS = 20; // a test that fails waits so long

  private final List<Object> told = new CopyOnWriteArrayList<>();
  private final CountDownLatch first = new CountDownLatch(1);
  private final Runnable then;

  Heard() {
    this(() -> {});
  }

  /** Does something besides when it is told. */
  Heard(Runnable then) {
    this.then = then;
  }

  @Override
  public void answered(PlainAnswer answer) {
    told.add(answer);
    then.run();
    first.countDown();
  }

  @Override
  public void failed(RuntimeException failure) {
    told.add(failure);
    then.run();
    first.countDown();
  }

  void closeAnswers() {
    for (Object each : told) {
      if (each instanceof PlainAnswer answer) {
        answer.close();
      }
    }
  }

  boolean isTold() {
    return !told.isEmpty();
  }

  /** The only thing that it was told, once it was. */
  Object only() throws InterruptedException {
    assertThat(first.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("told in time").isTrue();
    assertThat(told).hasSize(1);
    return told.getFirst();
  }

  PlainAnswer answer() throws InterruptedException {
    assertThat(only()).isInstanceOf(PlainAnswer.class);
    return (PlainAnswer) only();
  }

  /** The first output's numbers; the answer is closed. */
  float[] values() throws InterruptedException {
    try (PlainAnswer answer = answer()) {
      return Requests.values(answer.outputs().getFirst());
    }
  }

  ServerReason refusal() throws InterruptedException {
    assertThat(only()).isInstanceOf(ServerException.class);
    return ((ServerException) only()).reason();
  }
}
