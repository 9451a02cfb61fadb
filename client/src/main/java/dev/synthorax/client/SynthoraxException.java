package dev.synthorax.client;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import dev.synthorax.proto.v1.Failure;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A call that failed: what a program matches on, and one line for people.
 *
 * <p>{@link #reason()} is stable; the message is not.
 */
public final class SynthoraxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Status.Code code;
  private final String reason;
  private final @Nullable String field;
  private final @Nullable String resource;
  private final @Nullable Duration retryDelay;

  private SynthoraxException(
      Status.Code code, String message, Details details, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.reason = details.reason;
    this.field = details.field;
    this.resource = details.resource;
    this.retryDelay = details.retryDelay;
  }

  /**
   * Creates a failure that arose on this side of the wire.
   *
   * @param code the nearest gRPC status
   * @param message one line: what was wrong, what was expected, what to do
   */
  public static SynthoraxException of(Status.Code code, String message, @Nullable Throwable cause) {
    return new SynthoraxException(
        requireNonNull(code, "code"), oneLine(message), new Details(), cause);
  }

  /**
   * Creates what a server answers to a bad field, found on this side already.
   *
   * @param reason {@code INVALID_ARGUMENT} or {@code TOO_LARGE}
   * @param field proto path of the field, such as {@code masks[0].png}
   * @param message one line: {@code field: value (expected: range)}
   */
  public static SynthoraxException ofBadField(String reason, String field, String message) {
    Details details = new Details();
    details.reason = requireNonNull(reason, "reason");
    details.field = requireNonNull(field, "field");
    return new SynthoraxException(Status.Code.INVALID_ARGUMENT, oneLine(message), details, null);
  }

  /** Creates a failure that a server would answer with {@code reason}, found on this side. */
  static SynthoraxException ofReason(Status.Code code, String reason, String message) {
    Details details = new Details();
    details.reason = requireNonNull(reason, "reason");
    return new SynthoraxException(code, oneLine(message), details, null);
  }

  /** Reads a call's failure, with the details that came beside its status. */
  static SynthoraxException ofCall(Throwable failure, String target) {
    if (failure instanceof SynthoraxException known) {
      return known;
    }
    Status status = Status.fromThrowable(failure);
    Details details = new Details();
    com.google.rpc.Status sent = StatusProto.fromThrowable(failure);
    if (sent != null) {
      sent.getDetailsList().forEach(details::read);
    }
    return new SynthoraxException(
        status.getCode(), message(status, details, target), details, failure);
  }

  /** Reads the failure of one request of a stream that goes on. */
  static SynthoraxException ofFailure(Failure failure) {
    Details details = new Details();
    details.reason = failure.getReason();
    details.field = failure.getField().isEmpty() ? null : failure.getField();
    details.resource = failure.getResource().isEmpty() ? null : failure.getResource();
    if (failure.hasRetryDelay()) {
      details.retryDelay = duration(failure.getRetryDelay());
    }
    return new SynthoraxException(
        Status.fromCodeValue(failure.getCode()).getCode(),
        oneLine(failure.getMessage()),
        details,
        null);
  }

  private static Duration duration(com.google.protobuf.Duration wire) {
    return Duration.ofSeconds(wire.getSeconds(), wire.getNanos());
  }

  private static String message(Status status, Details details, String target) {
    String description = status.getDescription();
    boolean fromServer = !details.reason.isEmpty();
    return switch (status.getCode()) {
      case UNAVAILABLE ->
          fromServer && description != null
              ? oneLine(description)
              : oneLine(Unreachable.message(status, target));
      case DEADLINE_EXCEEDED ->
          fromServer && description != null
              ? oneLine(description)
              : "the deadline passed before "
                  + target
                  + " answered; give it more time with --timeout, or ask for less";
      default ->
          description == null || description.isBlank()
              ? target
                  + " failed with "
                  + status.getCode().name().toLowerCase(Locale.ROOT).replace('_', ' ')
              : oneLine(description);
    };
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  /** Returns the gRPC status code. */
  public Status.Code code() {
    return code;
  }

  /**
   * Returns the stable reason, such as {@code MODEL_NOT_FOUND}; empty where the server sent none.
   */
  public String reason() {
    return reason;
  }

  /** Returns the proto path of the field at fault, such as {@code masks[0].png}, or null. */
  public @Nullable String field() {
    return field;
  }

  /** Returns the name of the resource that is missing, such as a model, or null. */
  public @Nullable String resource() {
    return resource;
  }

  /** Returns how long the server asks to wait before the next try, or null. */
  public @Nullable Duration retryDelay() {
    return retryDelay;
  }

  /** What google.rpc details say. */
  private static final class Details {
    private String reason = "";
    private @Nullable String field;
    private @Nullable String resource;
    private @Nullable Duration retryDelay;

    private void read(Any any) {
      ErrorInfo info = unpack(any, ErrorInfo.class);
      if (info != null) {
        reason = info.getReason();
      }
      BadRequest badRequest = unpack(any, BadRequest.class);
      if (badRequest != null && badRequest.getFieldViolationsCount() > 0) {
        field = badRequest.getFieldViolations(0).getField();
      }
      ResourceInfo missing = unpack(any, ResourceInfo.class);
      if (missing != null) {
        resource = missing.getResourceName();
      }
      RetryInfo retry = unpack(any, RetryInfo.class);
      if (retry != null) {
        retryDelay = duration(retry.getRetryDelay());
      }
    }

    private static <T extends Message> @Nullable T unpack(Any any, Class<T> type) {
      try {
        return any.is(type) ? any.unpack(type) : null;
      } catch (InvalidProtocolBufferException e) {
        return null; // a detail that cannot be read is a detail that is not there
      }
    }
  }
}
