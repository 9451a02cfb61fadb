package dev.synthorax.server.access;

import com.google.protobuf.MessageLite;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.proto.v1.ReviewServiceGrpc;
import dev.synthorax.proto.v1.TrainingServiceGrpc;
import dev.synthorax.server.config.SecurityConfig;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.grpc.Errors;
import dev.synthorax.server.grpc.GatedCalls;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets a call in if its token's holder may ask it now; the call's context says who that is. Health
 * is for everybody.
 *
 * <p><b>Threading:</b> any thread.
 */
final class Door implements ServerInterceptor {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final String BEARER = "bearer ";

  /** Calls whose messages are kept on the server's disk. */
  private static final Set<String> UPLOADS =
      Set.of(
          TrainingServiceGrpc.getUploadDatasetMethod().getFullMethodName(),
          ReviewServiceGrpc.getCreateReviewSetMethod().getFullMethodName());

  private final @Nullable Tokens tokens; // null: everybody may all

  private Door(@Nullable Tokens tokens) {
    this.tokens = tokens;
  }

  /**
   * As configured.
   *
   * @throws InferenceException {@code INVALID_ARGUMENT} in one line, naming the file of tokens, if
   *     it cannot be used
   */
  static Door of(SecurityConfig config) {
    try {
      return of(config, System::nanoTime);
    } catch (IllegalArgumentException e) {
      throw new InferenceException(ErrorReason.INVALID_ARGUMENT, "tokens: " + e.getMessage(), e);
    }
  }

  static Door of(SecurityConfig config, LongSupplier nanoClock) {
    return config.tokens().isEmpty()
        ? new Door(null)
        : new Door(new Tokens(Path.of(config.tokens()), nanoClock));
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Tokens known = tokens;
    if (known == null || GatedCalls.isHealth(call.getMethodDescriptor().getFullMethodName())) {
      return next.startCall(call, headers);
    }
    Tenant tenant;
    Runnable leave;
    try {
      tenant = known.holder(token(headers.get(AUTHORIZATION)));
      tenant.require(MethodRoles.of(call.getMethodDescriptor()));
      leave = tenant.enter();
    } catch (ServerException e) {
      StatusRuntimeException refused = Errors.of(e);
      Metadata trailers = refused.getTrailers();
      call.close(refused.getStatus(), trailers == null ? new Metadata() : trailers);
      return new ServerCall.Listener<>() {};
    }
    boolean started = false;
    try {
      var context = Context.current().withValue(GatedCalls.TENANT, tenant.name());
      boolean uploads = UPLOADS.contains(call.getMethodDescriptor().getFullMethodName());
      var inside =
          new Inside<>(
              Contexts.interceptCall(context, call, headers, next), uploads ? tenant : null, leave);
      started = true;
      return inside;
    } finally {
      if (!started) {
        leave.run();
      }
    }
  }

  /**
   * Lets a reader of a page in.
   *
   * @param authorization header of the request
   * @throws ServerException {@code UNAUTHENTICATED} or {@code PERMISSION_DENIED}
   */
  void admit(@Nullable String authorization) {
    Tokens known = tokens;
    if (known != null) {
      known.holder(token(authorization)).require(MethodRoles.WATCHING);
    }
  }

  /** Whether callers are asked for tokens. */
  boolean asksForTokens() {
    return tokens != null;
  }

  private static String token(@Nullable String given) {
    if (given == null || !given.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
      throw new ServerException(
          ServerReason.UNAUTHENTICATED,
          "no token (expected: metadata 'authorization: Bearer TOKEN'; commands take"
              + " --token-file)");
    }
    return given.substring(BEARER.length()).strip();
  }

  /** A call that was let in. */
  private static final class Inside<Q> extends SimpleForwardingServerCallListener<Q> {
    private final @Nullable Tenant uploader;
    private final Runnable leave;

    private Inside(ServerCall.Listener<Q> call, @Nullable Tenant uploader, Runnable leave) {
      super(call);
      this.uploader = uploader;
      this.leave = leave;
    }

    @Override
    public void onMessage(Q message) {
      if (uploader != null && message instanceof MessageLite wire) {
        uploader.upload(wire.getSerializedSize());
      }
      super.onMessage(message);
    }

    @Override
    public void onComplete() {
      leave.run();
      super.onComplete();
    }

    @Override
    public void onCancel() {
      leave.run();
      super.onCancel();
    }
  }
}
