package dev.synthorax.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import org.jspecify.annotations.Nullable;

/**
 * A call of many requests and one answer; without a deadline.
 *
 * <p><b>Threading:</b> one thread sends, and waits before each message until there is room for it;
 * the answer comes on the channel's.
 */
final class RequestStream<Q, R> implements ClientResponseObserver<Q, R> {
  private final String target;
  private @Nullable ClientCallStreamObserver<Q> call; // set before the constructor ends

  @GuardedBy("this")
  private @Nullable R answer;

  @GuardedBy("this")
  private @Nullable Throwable failure;

  @GuardedBy("this")
  private boolean ended;

  private RequestStream(String target) {
    this.target = target;
  }

  /** Starts a call. */
  static <Q, R> RequestStream<Q, R> open(RetryingCall.Terms terms, MethodDescriptor<Q, R> method) {
    var stream = new RequestStream<Q, R>(terms.target());
    var _ =
        ClientCalls.asyncClientStreamingCall(
            terms.channel().newCall(method, CallOptions.DEFAULT), stream);
    return stream;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> stream) {
    call = stream;
    stream.setOnReadyHandler(this::wake);
  }

  private synchronized void wake() {
    notifyAll();
  }

  private ClientCallStreamObserver<Q> call() {
    ClientCallStreamObserver<Q> open = call;
    if (open == null) {
      throw new IllegalStateException("the call to " + target + " has not begun");
    }
    return open;
  }

  /**
   * Sends a message once there is room for it.
   *
   * @throws SynthoraxException if the call has ended
   */
  void send(Q message) {
    synchronized (this) {
      while (!ended && !call().isReady()) {
        await();
      }
      if (ended) {
        throw failure();
      }
    }
    call().onNext(message);
  }

  /**
   * Ends the requests and waits for the answer.
   *
   * @throws SynthoraxException if the call failed
   */
  synchronized R finish() {
    call().onCompleted();
    while (!ended) {
      await();
    }
    R whole = answer;
    if (whole == null || failure != null) {
      throw failure();
    }
    return whole;
  }

  @GuardedBy("this")
  @SuppressWarnings("WaitNotInLoop") // whoever calls it loops
  private void await() {
    try {
      wait();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SynthoraxException.of(Status.Code.CANCELLED, "interrupted while sending", e);
    }
  }

  @GuardedBy("this")
  private SynthoraxException failure() {
    Throwable cause = failure;
    return cause == null
        ? SynthoraxException.of(
            Status.Code.INTERNAL, target + " ended the call without an answer", null)
        : SynthoraxException.ofCall(cause, target);
  }

  /** Ends the call where it is. */
  void giveUp(Throwable cause) {
    call().cancel("the caller stopped", cause);
  }

  @Override
  public synchronized void onNext(R value) {
    answer = value;
  }

  @Override
  public synchronized void onError(Throwable cause) {
    failure = cause;
    ended = true;
    notifyAll();
  }

  @Override
  public synchronized void onCompleted() {
    ended = true;
    notifyAll();
  }
}
