package dev.synthorax.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call of many requests and one answer, or many; without a deadline.
 *
 * <p><b>Threading:</b> one thread sends, and waits before each message until there is room for it;
 * answers come on the channel's.
 */
final class RequestStream<Q, R> implements ClientResponseObserver<Q, R> {
  private final String target;
  private final Consumer<R> listener;
  private @Nullable ClientCallStreamObserver<Q> call; // set before the constructor ends

  @GuardedBy("this")
  private @Nullable R answer;

  @GuardedBy("this")
  private @Nullable Throwable failure;

  @GuardedBy("this")
  private boolean ended;

  private RequestStream(String target, Consumer<R> listener) {
    this.target = target;
    this.listener = listener;
  }

  /** Starts a call of one answer. */
  static <Q, R> RequestStream<Q, R> open(RetryingCall.Terms terms, MethodDescriptor<Q, R> method) {
    var stream = new RequestStream<Q, R>(terms.target(), _ -> {});
    var _ =
        ClientCalls.asyncClientStreamingCall(
            terms.channel().newCall(method, CallOptions.DEFAULT), stream);
    return stream;
  }

  /**
   * Starts a call of many answers.
   *
   * @param listener hears each; what it throws ends the call
   */
  static <Q, R> RequestStream<Q, R> openMany(
      RetryingCall.Terms terms, MethodDescriptor<Q, R> method, Consumer<R> listener) {
    var stream = new RequestStream<Q, R>(terms.target(), listener);
    var _ =
        ClientCalls.asyncBidiStreamingCall(
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
  R finish() {
    finishMany();
    synchronized (this) {
      R whole = answer;
      if (whole == null) {
        throw failure();
      }
      return whole;
    }
  }

  /**
   * Ends the requests and waits until the last answer was heard.
   *
   * @throws SynthoraxException if the call failed
   */
  void finishMany() {
    call().onCompleted();
    synchronized (this) {
      while (!ended) {
        await();
      }
      if (failure != null) {
        throw failure();
      }
    }
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
  private RuntimeException failure() {
    Throwable cause = failure;
    if (cause instanceof RuntimeException own && !(own instanceof StatusRuntimeException)) {
      return own; // the listener's
    }
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
  public void onNext(R value) {
    synchronized (this) {
      answer = value;
    }
    try {
      listener.accept(value);
    } catch (RuntimeException e) { // the listener's own failure ends the call
      giveUp(e);
      onError(e);
    }
  }

  @Override
  public synchronized void onError(Throwable cause) {
    failure = ended ? failure : cause;
    ended = true;
    notifyAll();
  }

  @Override
  public synchronized void onCompleted() {
    ended = true;
    notifyAll();
  }
}
