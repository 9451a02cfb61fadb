package dev.synthorax.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * A call that can be ended from outside while its service works on it: what the service says
 * afterwards is dropped.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor. Nothing blocks on the network.
 */
final class ClosedOnceCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
  @GuardedBy("this")
  private boolean closed;

  ClosedOnceCall(ServerCall<Q, A> call) {
    super(call);
  }

  /** Ends the call, unless it has ended. */
  void end(StatusRuntimeException reason) {
    Metadata trailers = reason.getTrailers();
    close(reason.getStatus(), trailers == null ? new Metadata() : trailers);
  }

  @Override
  public synchronized void sendHeaders(Metadata headers) {
    if (!closed) {
      super.sendHeaders(headers);
    }
  }

  @Override
  public synchronized void sendMessage(A message) {
    if (!closed) {
      super.sendMessage(message);
    }
  }

  @Override
  public synchronized void close(Status status, Metadata trailers) {
    if (!closed) {
      closed = true;
      super.close(status, trailers);
    }
  }
}
