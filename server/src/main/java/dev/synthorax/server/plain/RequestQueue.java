package dev.synthorax.server.plain;

import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.plain.QueueRules.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Requests that wait, and which of them are run together. Levels are strict: none of a lower one is
 * taken while one of a higher one waits, but to fill up a run.
 *
 * <p><b>Threading:</b> none of its own; {@link BatchQueue} guards it.
 */
final class RequestQueue {
  /** Requests of other dims that are passed over in search of company. */
  private static final int MAX_PASSED = 256;

  private static final Comparator<Pending> BY_TIME =
      Comparator.comparingLong(Pending::nextNanos).thenComparingLong(Pending::number);

  private final QueueRules rules;
  private final List<Lane> lanes;
  private final TreeSet<Pending> timed = new TreeSet<>(BY_TIME);

  /** Those of one level, in order of arrival; the delayed ones after the others. */
  private record Lane(Set<Pending> waiting, Set<Pending> delayed) {
    Lane() {
      this(new LinkedHashSet<>(), new LinkedHashSet<>());
    }

    int size() {
      return waiting.size() + delayed.size();
    }

    boolean remove(Pending pending) {
      return waiting.remove(pending) || delayed.remove(pending);
    }
  }

  /**
   * What to do now.
   *
   * @param batch to run, taken out of the queue; empty: nothing yet
   * @param lookAgainNanos when there may be, if nothing arrives; {@link Pending#NEVER} where
   *     nothing waits
   */
  record Choice(List<Pending> batch, long lookAgainNanos) {}

  /**
   * One whose time is over.
   *
   * @param failure what it is told
   */
  record Late(Pending pending, ServerException failure) {}

  RequestQueue(QueueRules rules) {
    this.rules = rules;
    this.lanes = rules.levels().stream().map(level -> new Lane()).toList();
  }

  int size() {
    return lanes.stream().mapToInt(Lane::size).sum();
  }

  /**
   * Lets a request in.
   *
   * @param timeoutMicros how long it wants to wait at most; 0: as the model says
   * @throws ServerException {@code QUEUE_FULL}
   */
  void add(Pending pending, long timeoutMicros) {
    Lane lane = lanes.get(pending.level());
    Level level = rules.levels().get(pending.level());
    if (lane.size() >= level.maxWaiting()) {
      throw new ServerException(
          ServerReason.QUEUE_FULL,
          "the queue is full: %d requests wait (expected: fewer than %d; try again in a moment)"
              .formatted(lane.size(), level.maxWaiting()));
    }
    pending.expireAt(after(pending.arrivalNanos(), level.timeoutNanos(timeoutMicros)));
    lane.waiting().add(pending);
    watch(pending);
  }

  private static long after(long startNanos, long nanos) {
    long then = startNanos + nanos;
    return nanos == 0 || then < startNanos ? Pending.NEVER : then;
  }

  private void watch(Pending pending) {
    if (pending.nextNanos() != Pending.NEVER) {
      timed.add(pending);
    }
  }

  /** Takes a request out; false if it does not wait. */
  boolean remove(Pending pending) {
    timed.remove(pending);
    return lanes.get(pending.level()).remove(pending);
  }

  /** When the next of those that wait is to be told that its time is over. */
  long nextExpiryNanos() {
    return timed.isEmpty() ? Pending.NEVER : timed.first().nextNanos();
  }

  /** Takes out those whose time is over; those that are only delayed go behind the others. */
  List<Late> expire(long nowNanos) {
    var late = new ArrayList<Late>();
    while (nextExpiryNanos() <= nowNanos) {
      Pending pending = timed.first();
      boolean tooLate = pending.deadlineNanos() <= nowNanos;
      remove(pending);
      if (!tooLate && rules.levels().get(pending.level()).delays()) {
        pending.expireAt(Pending.NEVER);
        lanes.get(pending.level()).delayed().add(pending);
        watch(pending);
      } else {
        late.add(new Late(pending, tooLate ? deadline() : timeout(pending, nowNanos)));
      }
    }
    return late;
  }

  private static ServerException deadline() {
    return new ServerException(
        ServerReason.DEADLINE_EXCEEDED, "the deadline passed while the request waited");
  }

  private static ServerException timeout(Pending pending, long nowNanos) {
    return new ServerException(
        ServerReason.QUEUE_TIMEOUT,
        "the request waited %d us (expected: at most %d; send it again, or allow more)"
            .formatted(
                (nowNanos - pending.arrivalNanos()) / 1000,
                (pending.timeoutNanos() - pending.arrivalNanos()) / 1000));
  }

  /** Chooses what an idle instance runs. */
  Choice choose(long nowNanos) {
    var batch = new ArrayList<Pending>();
    int rows = 0;
    int preferred = 0; // requests that make up a preferred count of rows
    int passed = 0;
    long oldestNanos = Pending.NEVER;
    boolean full = false;
    for (Pending each : (Iterable<Pending>) inOrder()::iterator) {
      if (!batch.isEmpty()) {
        if (!batch.getFirst().request().company().equals(each.request().company())) {
          passed++;
          if (passed > MAX_PASSED) {
            break;
          }
          continue;
        }
        if (rows + each.rows() > rules.maxRows()) {
          full = true;
          break;
        }
      }
      batch.add(each);
      rows += each.rows();
      oldestNanos = Math.min(oldestNanos, each.arrivalNanos());
      if (rules.preferredRows().contains(rows)) {
        preferred = batch.size();
      }
      if (!rules.combines() || rows >= rules.maxRows()) {
        full = true;
        break;
      }
    }
    if (batch.isEmpty()) {
      return new Choice(List.of(), Pending.NEVER);
    }
    boolean waited = nowNanos - oldestNanos >= rules.delayNanos();
    if (!waited && preferred > 0) {
      return take(batch.subList(0, preferred));
    }
    return waited || full
        ? take(batch)
        : new Choice(List.of(), after(oldestNanos, rules.delayNanos()));
  }

  private Choice take(List<Pending> batch) {
    batch.forEach(this::remove);
    return new Choice(List.copyOf(batch), Pending.NEVER);
  }

  /** Takes out all of them. */
  List<Pending> drain() {
    List<Pending> all = inOrder().toList();
    all.forEach(this::remove);
    return all;
  }

  private Stream<Pending> inOrder() {
    return lanes.stream()
        .flatMap(lane -> Stream.of(lane.waiting(), lane.delayed()))
        .flatMap(Set::stream);
  }
}
