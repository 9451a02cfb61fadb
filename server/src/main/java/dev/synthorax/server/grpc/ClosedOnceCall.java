package dev.synthorax.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * A call that can be ended from outside while its service works on it: what the service says
 * afterwards is dropped.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor. Nothing blocks on the network.
 */
final class ClosedOnceCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
  @GuardedBy("this")
  private Status.@Nullable Code code; // null: it is open

  ClosedOnceCall(ServerCall<Q, A> call) {
    super(call);
  }

  /** Ends the call, unless it has ended. */
  void end(StatusRuntimeException reason) {
    Metadata trailers = reason.getTrailers();
    close(reason.getStatus(), trailers == null ? new Metadata() : trailers);
  }

  /** How it was ended; as a cancelled call, where its client did that. */
  synchronized Status.Code code() {
    return code == null ? Status.Code.CANCELLED : code;
  }

  @Override
  public synchronized void sendHeaders(Metadata headers) {
    if (code == null) {
      super.sendHeaders(headers);
    }
  }

  @Override
  public synchronized void sendMessage(A message) {
    if (code == null) {
      super.sendMessage(message);
    }
  }

  @Override
  public synchronized void close(Status status, Metadata trailers) {
    if (code == null) {
      code = status.getCode();
      super.close(status, trailers);
    }
  }
}
