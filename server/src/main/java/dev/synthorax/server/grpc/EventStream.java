package dev.synthorax.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A response stream that waits for a slow reader: events queue here while the call is not ready,
 * and of those that only tell how things stand, the newest replaces the last. Who sends an event is
 * told when its memory is free again.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor. Nothing blocks on the network.
 */
public final class EventStream<T> {
  private final ServerCallStreamObserver<T> call;

  @GuardedBy("this")
  private final Deque<Event<T>> events = new ArrayDeque<>(); // bounded by the images of one request

  /** Handed to the transport, which has not said yet that it wants more. */
  @GuardedBy("this")
  private final List<Runnable> handed = new ArrayList<>();

  @GuardedBy("this")
  private @Nullable T latest;

  @GuardedBy("this")
  private boolean ending;

  @GuardedBy("this")
  private @Nullable StatusRuntimeException failure;

  @GuardedBy("this")
  private boolean ended;

  private record Event<T>(T message, Runnable taken) {}

  /** Takes over the call's ready handler; on the thread that the call was delivered on. */
  public EventStream(ServerCallStreamObserver<T> call) {
    this.call = call;
    call.setOnReadyHandler(this::drain);
    onEnd(() -> {});
  }

  /**
   * Sets what happens when the call has ended: it is answered, the client left, or its deadline
   * passed. On the thread that the call was delivered on.
   */
  public void onEnd(Runnable handler) {
    Runnable end =
        () -> {
          dropAll();
          handler.run();
        };
    call.setOnCancelHandler(end);
    call.setOnCloseHandler(end);
  }

  /** Sends an event that must arrive. */
  void send(T event) {
    send(event, () -> {});
  }

  /**
   * Sends an event that must arrive.
   *
   * @param taken run once, when the transport has sent it or the call has ended; quick, calls
   *     nothing of this stream
   */
  public synchronized void send(T event, Runnable taken) {
    if (ended) {
      taken.run();
      return;
    }
    events.add(new Event<>(event, taken));
    drain();
  }

  /** Sends an event that a newer one may replace. */
  synchronized void sendLatest(T event) {
    latest = event;
    drain();
  }

  /** Ends the stream once all events are out. */
  public synchronized void complete() {
    ending = true;
    drain();
  }

  /** Ends the stream with a failure once all events are out. */
  public synchronized void fail(StatusRuntimeException cause) {
    ending = true;
    failure = cause;
    drain();
  }

  private synchronized void drain() {
    while (!ended && call.isReady()) {
      handed.forEach(Runnable::run); // ready again: what it was given is on its way
      handed.clear();
      Event<T> next = events.poll();
      if (next != null) {
        handed.add(next.taken);
        call.onNext(next.message);
      } else if (latest != null) {
        T message = latest;
        latest = null;
        call.onNext(message);
      } else {
        break;
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

  /** The call is over: nobody will take what is left. */
  private synchronized void dropAll() {
    ended = true;
    handed.forEach(Runnable::run);
    handed.clear();
    events.forEach(event -> event.taken.run());
    events.clear();
    latest = null;
  }
}
