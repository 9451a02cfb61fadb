package dev.synthorax.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A response stream that waits for a slow reader: events queue here while the call is not ready,
 * and of those that only tell how things stand, the newest replaces the last.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor. Nothing blocks on the network.
 */
final class EventStream<T> {
  private final ServerCallStreamObserver<T> call;

  @GuardedBy("this")
  private final Deque<T> events = new ArrayDeque<>(); // bounded by the images of one request

  @GuardedBy("this")
  private @Nullable T latest;

  @GuardedBy("this")
  private boolean ending;

  @GuardedBy("this")
  private @Nullable StatusRuntimeException failure;

  @GuardedBy("this")
  private boolean ended;

  /** Takes over the call's ready handler; on the thread that the call was delivered on. */
  EventStream(ServerCallStreamObserver<T> call) {
    this.call = call;
    call.setOnReadyHandler(this::drain);
  }

  /**
   * Sets what happens when the client leaves or its deadline passes; on the thread that the call
   * was delivered on.
   */
  void onCancel(Runnable handler) {
    call.setOnCancelHandler(handler);
  }

  /** Sends an event that must arrive. */
  synchronized void send(T event) {
    events.add(event);
    drain();
  }

  /** Sends an event that a newer one may replace. */
  synchronized void sendLatest(T event) {
    latest = event;
    drain();
  }

  /** Ends the stream once all events are out. */
  synchronized void complete() {
    ending = true;
    drain();
  }

  /** Ends the stream with a failure once all events are out. */
  synchronized void fail(StatusRuntimeException cause) {
    ending = true;
    failure = cause;
    drain();
  }

  private synchronized void drain() {
    while (!ended && call.isReady() && !(events.isEmpty() && latest == null)) {
      T next = events.poll();
      if (next == null) {
        next = latest;
        latest = null;
      }
      if (next != null) {
        call.onNext(next);
      }
    }
    if (ending && !ended && events.isEmpty()) {
      ended = true;
      if (failure == null) {
        call.onCompleted();
      } else {
        call.onError(failure);
      }
    }
  }
}
