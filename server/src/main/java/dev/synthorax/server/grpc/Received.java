package dev.synthorax.server.grpc;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.server.edge.LogLimit;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request's bytes as they came: a message, or why they are none. gRPC itself answers bytes that
 * are no message with UNKNOWN and logs a stack trace for each.
 *
 * @param <Q> type of the message
 * @param message null where the bytes are none
 * @param failure why; null where there is a message
 */
record Received<Q>(@Nullable Q message, @Nullable FieldException failure) {
  private static final Logger logger = LoggerFactory.getLogger(Received.class);
  private static final LogLimit LIMIT = LogLimit.everyTenSeconds();

  /** The same service, but for what it answers to bytes that are no message. */
  static ServerServiceDefinition checked(ServerServiceDefinition service) {
    var descriptor =
        ServiceDescriptor.newBuilder(service.getServiceDescriptor().getName())
            .setSchemaDescriptor(service.getServiceDescriptor().getSchemaDescriptor());
    var methods = service.getMethods().stream().map(Received::checked).toList();
    methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
    var definition = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(definition::addMethod);
    return definition.build();
  }

  private static <Q, A> ServerMethodDefinition<Received<Q>, A> checked(
      ServerMethodDefinition<Q, A> method) {
    MethodDescriptor<Q, A> plain = method.getMethodDescriptor();
    return ServerMethodDefinition.create(
        plain.toBuilder(new Reader<>(plain.getRequestMarshaller()), plain.getResponseMarshaller())
            .build(),
        (call, headers) -> {
          ServerCall<Q, A> seen = new PlainCall<>(call, plain);
          return new Unwrapping<>(call, method.getServerCallHandler().startCall(seen, headers));
        });
  }

  /** Reads a message; never throws. */
  private record Reader<Q>(Marshaller<Q> plain) implements Marshaller<Received<Q>> {
    @Override
    public InputStream stream(Received<Q> received) {
      return plain.stream(requireNonNull(received.message, "message"));
    }

    @Override
    public Received<Q> parse(InputStream bytes) {
      try {
        return new Received<>(plain.parse(bytes), null);
      } catch (RuntimeException e) { // the marshaller's way to say that it cannot read them
        boolean large =
            e instanceof StatusRuntimeException status
                && status.getStatus().getCode() == Code.RESOURCE_EXHAUSTED;
        return new Received<>(
            null,
            large
                ? new FieldException(
                    "", ErrorReason.TOO_LARGE, "the message is too large once decompressed")
                : new FieldException(
                    "",
                    ErrorReason.INVALID_ARGUMENT,
                    "the bytes are no message of this method (expected: its request message, as"
                        + " protocol buffers encode it)"));
      }
    }
  }

  /** The call as the service knows it. */
  private static final class PlainCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final MethodDescriptor<Q, A> method;

    @SuppressWarnings("unchecked") // a server call takes no requests, so their type is of no matter
    private PlainCall(ServerCall<Received<Q>, A> call, MethodDescriptor<Q, A> method) {
      super((ServerCall<Q, A>) (ServerCall<?, A>) call);
      this.method = method;
    }

    @Override
    public MethodDescriptor<Q, A> getMethodDescriptor() {
      return method;
    }
  }

  private static final class Unwrapping<Q> extends ServerCall.Listener<Received<Q>> {
    private final ServerCall<?, ?> call;
    private final ServerCall.Listener<Q> service;
    private boolean refused; // the call's own thread

    private Unwrapping(ServerCall<?, ?> call, ServerCall.Listener<Q> service) {
      this.call = call;
      this.service = service;
    }

    @Override
    public void onMessage(Received<Q> received) {
      if (refused) {
        return;
      }
      Q message = received.message;
      if (message != null) {
        service.onMessage(message);
        return;
      }
      refused = true;
      LIMIT.run(
          unsaid ->
              logger
                  .atDebug()
                  .addKeyValue("method", call.getMethodDescriptor().getFullMethodName())
                  .addKeyValue("unsaid", unsaid)
                  .log("Bytes that are no message"));
      StatusRuntimeException answer = Errors.of(requireNonNull(received.failure, "failure"));
      call.close(answer.getStatus(), requireNonNull(answer.getTrailers(), "trailers"));
    }

    @Override
    public void onHalfClose() {
      if (!refused) {
        service.onHalfClose();
      }
    }

    @Override
    public void onReady() {
      if (!refused) {
        service.onReady();
      }
    }

    @Override
    public void onCancel() {
      service.onCancel();
    }

    @Override
    public void onComplete() {
      service.onComplete();
    }
  }
}
