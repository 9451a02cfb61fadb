package dev.synthorax.server.grpc;

import static java.util.Objects.requireNonNull;

import dev.synthorax.proto.inference.GRPCInferenceServiceGrpc;
import dev.synthorax.server.edge.CallGate;
import dev.synthorax.server.edge.CallTimes;
import io.grpc.Context;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every call's top: it passes the gate, ends with a status of ours whatever its service throws, and
 * is off the gate's list whatever becomes of it. Health, reflection, reports of load and what other
 * contracts have for health always pass and are not counted.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class GatedCalls implements ServerInterceptor {
  /** The tenant whose call it is, as the door says; empty where nobody was asked. */
  public static final Context.Key<String> TENANT = Context.keyWithDefault("tenant", "");

  private static final String GRPC_OWN = "grpc.";
  private static final String HEALTH = "grpc.health.";

  /** Reports of load: streams that go on for as long as the server does, as a watch of health. */
  private static final String LOAD = "xds.service.orca.";

  /** How a server stands, in the Open Inference Protocol. */
  private static final Set<String> LIKE_HEALTH =
      Set.of(
          GRPCInferenceServiceGrpc.getServerLiveMethod().getFullMethodName(),
          GRPCInferenceServiceGrpc.getServerReadyMethod().getFullMethodName());

  private static final Duration RETRY = Duration.ofSeconds(5);

  private final CallGate gate;

  GatedCalls(CallGate gate) {
    this.gate = requireNonNull(gate, "gate");
  }

  /** Whether a method tells how the server stands, or what it speaks, and holds up no end of it. */
  static boolean isOwn(String fullMethodName) {
    return fullMethodName.startsWith(GRPC_OWN)
        || fullMethodName.startsWith(LOAD)
        || isHealth(fullMethodName);
  }

  /** Whether a method tells how the server stands. */
  public static boolean isHealth(String fullMethodName) {
    return fullMethodName.startsWith(HEALTH) || LIKE_HEALTH.contains(fullMethodName);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String method = call.getMethodDescriptor().getFullMethodName();
    if (isOwn(method)) {
      return next.startCall(call, headers);
    }
    long startNanos = System.nanoTime();
    var once = new ClosedOnceCall<>(call);
    Runnable ended =
        () ->
            gate.times()
                .ended(
                    new CallTimes.Kind(method, once.code().name()), System.nanoTime() - startNanos);
    CallGate.Pass pass = gate.enter(() -> once.end(Errors.draining(RETRY)));
    if (pass == null) {
      once.end(Errors.draining(RETRY));
      ended.run();
      return new ServerCall.Listener<>() {};
    }
    var top = new Top<Q>(once, pass, ended);
    top.run(() -> top.delegate = next.startCall(once, headers));
    return top;
  }

  private static final class Top<Q> extends SimpleForwardingServerCallListener<Q> {
    private final ClosedOnceCall<Q, ?> call;
    private final CallGate.Pass pass;
    private final Runnable ended;
    private ServerCall.@Nullable Listener<Q> delegate; // null: it did not start

    /** A call's top; {@code ended} is run when nothing more comes of it. */
    private Top(ClosedOnceCall<Q, ?> call, CallGate.Pass pass, Runnable ended) {
      super(new ServerCall.Listener<>() {});
      this.call = call;
      this.pass = pass;
      this.ended = ended;
    }

    @Override
    protected ServerCall.Listener<Q> delegate() {
      ServerCall.Listener<Q> started = delegate;
      return started == null ? super.delegate() : started;
    }

    /** Runs a part of the call; what it throws ends the call. */
    private void run(Runnable part) {
      try {
        part.run();
      } catch (RuntimeException e) {
        fail(Errors.of(e));
      } catch (Error e) {
        fail(Errors.broken(e));
        throw e;
      }
    }

    private void fail(StatusRuntimeException failure) {
      try (pass) {
        call.end(failure);
      }
    }

    @Override
    public void onMessage(Q message) {
      run(() -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      run(super::onHalfClose);
    }

    @Override
    public void onReady() {
      run(super::onReady);
    }

    @Override
    public void onComplete() {
      ended.run();
      pass.close();
      run(super::onComplete);
    }

    @Override
    public void onCancel() {
      ended.run();
      pass.close();
      run(super::onCancel);
    }
  }
}
