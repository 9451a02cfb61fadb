package dev.synthorax.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.HashSet;
import java.util.Set;

/**
 * The requests of a call of many requests and many answers: they are asked for one by one, while
 * there is room for their answers; after the last answer the call can end. A client that does not
 * read has no more than a few requests taken.
 *
 * <p>The way of each: {@link #begin}, {@link #askForMore}, then in any order {@link #end(Object)},
 * once its last answer is handed to the stream, and {@link #taken}, once that is on its way.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor, which is not held while others are
 * called.
 *
 * @param <R> a request that was taken
 */
public final class RequestWindow<R> {
  /** Requests taken whose last answer is not on its way: enough to fill batches. */
  private static final int MAX_OPEN = 64;

  private final ServerCallStreamObserver<?> call;
  private final Runnable complete;

  @GuardedBy("this")
  private final Set<R> running = new HashSet<>();

  @GuardedBy("this")
  private int open;

  @GuardedBy("this")
  private boolean waiting; // for room, before the next request is asked for

  @GuardedBy("this")
  private boolean halfClosed; // no request will come

  @GuardedBy("this")
  private boolean ended;

  /**
   * Takes over the flow of a call's requests and asks for the first; on the thread that the call
   * was delivered on.
   *
   * @param complete ends the call once all that is handed to its stream is out; called after the
   *     last request
   */
  public RequestWindow(ServerCallStreamObserver<?> call, Runnable complete) {
    this.call = call;
    this.complete = complete;
    call.disableAutoRequest();
    call.request(1);
  }

  /** Takes a request that came; returns false where there is no call any more to work for. */
  public synchronized boolean begin(R request) {
    if (ended) {
      return false;
    }
    open++;
    return running.add(request);
  }

  /** Asks for the next request, now or once there is room. */
  public void askForMore() {
    synchronized (this) {
      if (open >= MAX_OPEN) {
        waiting = true;
        return;
      }
    }
    call.request(1);
  }

  /** Requests taken whose last answer is not on its way. */
  public synchronized int open() {
    return open;
  }

  /** The answer of one request is on its way, or nobody wants it. */
  public void taken() {
    synchronized (this) {
      open--;
      if (!waiting || ended) {
        return;
      }
      waiting = false;
    }
    call.request(1);
  }

  /** One request has been answered in full. */
  public void end(R request) {
    boolean last;
    synchronized (this) {
      last = running.remove(request) && halfClosed && running.isEmpty();
    }
    if (last) {
      complete.run();
    }
  }

  /** The client has sent its last request. */
  public void halfClose() {
    boolean last;
    synchronized (this) {
      halfClosed = true;
      last = running.isEmpty();
    }
    if (last) {
      complete.run();
    }
  }

  /**
   * The call has ended, in whatever way: nothing more is begun.
   *
   * @return the requests that are not answered; empty the second time
   */
  public synchronized Set<R> endAll() {
    Set<R> left = ended ? Set.of() : Set.copyOf(running);
    ended = true;
    return left;
  }
}
