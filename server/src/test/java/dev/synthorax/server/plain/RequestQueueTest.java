package dev.synthorax.server.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.proto.inference.ModelConfig;
import dev.synthorax.proto.inference.ModelDynamicBatching;
import dev.synthorax.proto.inference.ModelQueuePolicy;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.plain.RequestQueue.Choice;
import dev.synthorax.server.plain.RequestQueue.Late;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class RequestQueueTest {
  private static final int MAX_ROWS = 8;

  private long nanos = 1_000_000;
  private RequestQueue queue = queue(batching -> {});

  private static RequestQueue queue(Consumer<ModelDynamicBatching.Builder> settings) {
    var config = ModelConfig.newBuilder().setMaxBatchSize(MAX_ROWS);
    settings.accept(config.getDynamicBatchingBuilder());
    return new RequestQueue(QueueRules.of(config.build()));
  }

  private Pending add(int rows) {
    return add(rows, 0, 0, Pending.NEVER, 0);
  }

  private Pending add(int rows, int level, long timeoutMicros, long deadlineNanos, long width) {
    var pending =
        new Pending(
            new CheckedRequest(rows, List.of(), List.of(), List.of(List.of(width)), 0),
            new Heard(),
            level,
            nanos,
            deadlineNanos,
            "");
    queue.add(pending, timeoutMicros);
    return pending;
  }

  private List<Pending> chosen() {
    return queue.choose(nanos).batch();
  }

  private void assertLate(Pending pending, ServerReason reason) {
    List<Late> late = queue.expire(nanos);
    assertThat(late).extracting(Late::pending).containsExactly(pending);
    assertThat(late.getFirst().failure().reason()).isEqualTo(reason);
  }

  @Test
  void choose_severalWait_takesAllThatFitInOrder() {
    Pending first = add(3);
    Pending second = add(4);
    Pending third = add(2);

    assertThat(chosen()).containsExactly(first, second);
    assertThat(chosen()).containsExactly(third);
    assertThat(chosen()).isEmpty();
  }

  @Test
  void choose_batchingNotConfigured_takesOneRequestEachTime() {
    queue = new RequestQueue(QueueRules.of(ModelConfig.newBuilder().setMaxBatchSize(8).build()));
    Pending first = add(1);
    Pending second = add(1);

    assertThat(chosen()).containsExactly(first);
    assertThat(chosen()).containsExactly(second);
  }

  @Test
  void choose_withDelay_waitsForTheOldestAndNoLonger() {
    queue = queue(batching -> batching.setMaxQueueDelayMicroseconds(100));
    Pending first = add(1);
    nanos += 60_000;
    Pending second = add(1);

    Choice early = queue.choose(nanos);
    assertThat(early.batch()).isEmpty();
    assertThat(early.lookAgainNanos()).isEqualTo(nanos + 40_000);

    nanos += 40_000;
    assertThat(chosen()).containsExactly(first, second);
  }

  @Test
  void choose_fullBeforeTheDelay_goesAtOnce() {
    queue = queue(batching -> batching.setMaxQueueDelayMicroseconds(100));
    Pending first = add(5);
    Pending second = add(3);

    assertThat(chosen()).containsExactly(first, second);
  }

  @Test
  void choose_nextDoesNotFit_goesAtOnce() {
    queue = queue(batching -> batching.setMaxQueueDelayMicroseconds(100));
    Pending first = add(5);
    add(4);

    assertThat(chosen()).containsExactly(first);
  }

  @Test
  void choose_preferredCountReached_goesAtOnceWithTheLargest() {
    queue =
        queue(
            batching ->
                batching
                    .setMaxQueueDelayMicroseconds(100)
                    .addPreferredBatchSize(2)
                    .addPreferredBatchSize(4));
    add(1);
    assertThat(chosen()).isEmpty();
    add(1);
    add(2);
    add(1);

    assertThat(chosen()).hasSize(3);
    assertThat(chosen()).isEmpty();

    nanos += 100_000;
    assertThat(chosen()).as("what is left goes after its delay").hasSize(1);
  }

  @Test
  void choose_otherDims_areNotMixed() {
    Pending narrow = add(1, 0, 0, Pending.NEVER, 3);
    Pending wide = add(1, 0, 0, Pending.NEVER, 9);
    Pending alsoNarrow = add(1, 0, 0, Pending.NEVER, 3);

    assertThat(chosen()).containsExactly(narrow, alsoNarrow);
    assertThat(chosen()).containsExactly(wide);
  }

  @Test
  void choose_priorities_mostUrgentFirst() {
    queue = queue(batching -> batching.setPriorityLevels(3).setDefaultPriorityLevel(2));
    Pending usual = add(5, 1, 0, Pending.NEVER, 0);
    Pending last = add(1, 2, 0, Pending.NEVER, 0);
    Pending urgent = add(2, 0, 0, Pending.NEVER, 0);

    assertThat(chosen()).containsExactly(urgent, usual, last);
  }

  @Test
  void expire_timeoutOfTheModel_rejects() {
    queue = queue(batching -> batching.setDefaultQueuePolicy(timeout(50)));
    Pending pending = add(1);
    assertThat(queue.nextExpiryNanos()).isEqualTo(nanos + 50_000);

    nanos += 49_999;
    assertThat(queue.expire(nanos)).isEmpty();
    nanos += 1;
    assertLate(pending, ServerReason.QUEUE_TIMEOUT);
    assertThat(chosen()).isEmpty();
  }

  private static ModelQueuePolicy.Builder timeout(long micros) {
    return ModelQueuePolicy.newBuilder().setDefaultTimeoutMicroseconds(micros);
  }

  @Test
  void expire_delayAction_goesBehindTheOthers() {
    queue =
        queue(
            batching ->
                batching
                    .setMaxQueueDelayMicroseconds(0)
                    .setDefaultQueuePolicy(
                        timeout(50).setTimeoutAction(ModelQueuePolicy.TimeoutAction.DELAY)));
    Pending old = add(8);
    nanos += 50_000;
    Pending fresh = add(8);

    assertThat(queue.expire(nanos)).isEmpty();
    assertThat(chosen()).containsExactly(fresh);
    assertThat(chosen()).containsExactly(old);
  }

  @Test
  void expire_delayedWithDeadline_isRejectedThen() {
    queue =
        queue(
            batching ->
                batching.setDefaultQueuePolicy(
                    timeout(50).setTimeoutAction(ModelQueuePolicy.TimeoutAction.DELAY)));
    Pending pending = add(1, 0, 0, nanos + 80_000, 0);

    nanos += 50_000;
    assertThat(queue.expire(nanos)).isEmpty();
    nanos += 30_000;
    assertLate(pending, ServerReason.DEADLINE_EXCEEDED);
  }

  @Test
  void add_ownTimeoutWhereItMayOverride_lengthensAndShortens() {
    queue =
        queue(
            batching -> batching.setDefaultQueuePolicy(timeout(50).setAllowTimeoutOverride(true)));
    add(1, 0, 90, Pending.NEVER, 0);
    assertThat(queue.nextExpiryNanos()).isEqualTo(nanos + 90_000);
    add(1, 0, 10, Pending.NEVER, 0);
    assertThat(queue.nextExpiryNanos()).isEqualTo(nanos + 10_000);
  }

  @Test
  void add_ownTimeoutWhereTheModelHasNone_holds() {
    queue =
        queue(batching -> batching.setDefaultQueuePolicy(timeout(0).setAllowTimeoutOverride(true)));
    add(1, 0, 10, Pending.NEVER, 0);
    assertThat(queue.nextExpiryNanos()).isEqualTo(nanos + 10_000);
  }

  @Test
  void add_ownTimeoutWhereItMayNot_isTheModels() {
    queue = queue(batching -> batching.setDefaultQueuePolicy(timeout(50)));
    add(1, 0, 90, Pending.NEVER, 0);
    assertThat(queue.nextExpiryNanos()).isEqualTo(nanos + 50_000);
  }

  @Test
  void add_full_isRefusedUntilOneLeaves() {
    queue =
        queue(
            batching ->
                batching
                    .setPriorityLevels(2)
                    .setDefaultPriorityLevel(1)
                    .putPriorityQueuePolicy(
                        1, ModelQueuePolicy.newBuilder().setMaxQueueSize(2).build()));
    Pending first = add(1);
    add(1);
    add(1, 1, 0, Pending.NEVER, 0); // another level

    assertThatThrownBy(() -> add(1))
        .isInstanceOfSatisfying(
            ServerException.class,
            full -> assertThat(full.reason()).isEqualTo(ServerReason.QUEUE_FULL));

    assertThat(queue.remove(first)).isTrue();
    assertThat(queue.remove(first)).isFalse();
    add(1);
    assertThat(queue.size()).isEqualTo(3);
  }
}
