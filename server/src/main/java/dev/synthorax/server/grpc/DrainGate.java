package dev.synthorax.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Counts the calls under way and, once closed, refuses new ones; health and reflection always pass.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor.
 */
final class DrainGate implements ServerInterceptor {
  private static final String GRPC_OWN = "grpc.";
  private static final Duration RETRY = Duration.ofSeconds(5);

  @GuardedBy("this")
  private boolean closed;

  @GuardedBy("this")
  private int calls;

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (call.getMethodDescriptor().getFullMethodName().startsWith(GRPC_OWN)) {
      return next.startCall(call, headers);
    }
    if (!enter()) {
      StatusRuntimeException refusal = Errors.draining(RETRY);
      Metadata trailers = refusal.getTrailers();
      call.close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
      return new ServerCall.Listener<>() {};
    }
    return new Counted<>(next.startCall(call, headers));
  }

  private synchronized boolean enter() {
    if (!closed) {
      calls++;
    }
    return !closed;
  }

  private synchronized void leave() {
    calls--;
    notifyAll();
  }

  /** Refuses calls from now on; returns whether it did not before. */
  synchronized boolean close() {
    boolean first = !closed;
    closed = true;
    return first;
  }

  /**
   * Waits until no call is under way.
   *
   * @return whether that came to be within {@code grace}
   */
  synchronized boolean awaitEmpty(Duration grace) throws InterruptedException {
    long endNanos = System.nanoTime() + grace.toNanos();
    while (calls > 0) {
      long leftMillis = (endNanos - System.nanoTime()) / 1_000_000;
      if (leftMillis <= 0) {
        return false;
      }
      wait(leftMillis);
    }
    return true;
  }

  private final class Counted<Q> extends SimpleForwardingServerCallListener<Q> {
    private final AtomicBoolean left = new AtomicBoolean();

    private Counted(ServerCall.Listener<Q> delegate) {
      super(delegate);
    }

    @Override
    public void onComplete() {
      leaveOnce();
      super.onComplete();
    }

    @Override
    public void onCancel() {
      leaveOnce();
      super.onCancel();
    }

    private void leaveOnce() {
      if (left.compareAndSet(false, true)) {
        leave();
      }
    }
  }
}
