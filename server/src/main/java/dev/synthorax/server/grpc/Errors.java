package dev.synthorax.server.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.PreconditionFailure;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.scheduler.Admission;
import dev.synthorax.server.text.PlainText;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Failures as gRPC statuses: a sentence for people, {@code ErrorInfo} and a detail for programs.
 */
public final class Errors {
  private static final Logger logger = LoggerFactory.getLogger(Errors.class);
  private static final String DOMAIN = "synthorax.dev";
  private static final Duration SOON = Duration.ofSeconds(1);

  private Errors() {}

  /** Where on the wire a reason goes, and what stands beside it. */
  private record Mapped(Code code, @Nullable Message detail) {}

  /**
   * The status of whatever ended a call; what only the operator should see goes to the log instead.
   */
  public static StatusRuntimeException of(RuntimeException failure) {
    String message = PlainText.line(String.valueOf(failure.getMessage())); // quotes strangers
    return switch (failure) {
      case FieldException wrong ->
          status(wrong.reason(), message, map(wrong.reason(), wrong.field(), message));
      case ServerException refused ->
          status(refused.reason(), message, map(refused, message, retryDelay(refused)));
      case InferenceException known when !isOurs(known.reason()) ->
          status(known.reason(), message, map(known.reason(), "", message));
      case InferenceException known -> ours(known.reason(), known);
      default -> ours(ErrorReason.INTERNAL, failure); // an invariant of ours is broken
    };
  }

  /** The status of a call under which something broke that is not the call's own. */
  static StatusRuntimeException broken(Error failure) {
    return ours(ErrorReason.INTERNAL, failure);
  }

  private static Duration retryDelay(ServerException refused) {
    Duration known = refused.retryDelay();
    return known == null ? SOON : known;
  }

  private static StatusRuntimeException ours(ErrorReason reason, Throwable failure) {
    logger.error("A request failed for a reason of our own", failure);
    String message = "the server failed while it worked on this (its log says why)";
    return status(reason, message, map(reason, "", message));
  }

  /** The status of a request that found no room. */
  static StatusRuntimeException of(Admission.Rejected rejected) {
    var full =
        new ServerException(
            ServerReason.QUEUE_FULL,
            "the queue is full: %s; try again in %d s"
                .formatted(rejected.full(), seconds(rejected.retryDelay())));
    String message = String.valueOf(full.getMessage());
    return status(full.reason(), message, map(full, message, rejected.retryDelay()));
  }

  /** The status of a request that came too late. */
  static StatusRuntimeException draining(Duration retryDelay) {
    var late =
        new ServerException(
            ServerReason.DRAINING, "the server is shutting down (try another one, or again later)");
    String message = String.valueOf(late.getMessage());
    return status(late.reason(), message, map(late, message, retryDelay));
  }

  private static long seconds(Duration delay) {
    return Math.max(1, delay.plusMillis(999).toSeconds());
  }

  private static boolean isOurs(ErrorReason reason) {
    return reason == ErrorReason.BACKEND_FAILURE || reason == ErrorReason.INTERNAL;
  }

  private static StatusRuntimeException status(Enum<?> reason, String message, Mapped mapped) {
    var status = com.google.rpc.Status.newBuilder();
    status.setCode(mapped.code().getNumber()).setMessage(message);
    status.addDetails(
        Any.pack(ErrorInfo.newBuilder().setReason(reason.name()).setDomain(DOMAIN).build()));
    if (mapped.detail() != null) {
      status.addDetails(Any.pack(mapped.detail()));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }

  private static Mapped map(ErrorReason reason, String field, String message) {
    return switch (reason) {
      case INVALID_ARGUMENT, SHAPE_MISMATCH, TOO_LARGE ->
          new Mapped(Code.INVALID_ARGUMENT, badRequest(field, message));
      case MODEL_FAILED -> new Mapped(Code.FAILED_PRECONDITION, precondition(reason, "", message));
      case OUT_OF_MEMORY -> new Mapped(Code.RESOURCE_EXHAUSTED, retry(SOON));
      case UNSUPPORTED -> new Mapped(Code.UNIMPLEMENTED, null);
      case DEVICE_LOST -> new Mapped(Code.UNAVAILABLE, retry(SOON)); // another may be left
      case BACKEND_FAILURE, INTERNAL -> new Mapped(Code.INTERNAL, null);
    };
  }

  private static Mapped map(ServerException failure, String message, Duration delay) {
    String subject = failure.subject() == null ? "" : PlainText.line(failure.subject());
    return switch (failure.reason()) {
      case MODEL_NOT_FOUND -> new Mapped(Code.NOT_FOUND, resource("model", subject, message));
      case DATASET_NOT_FOUND -> new Mapped(Code.NOT_FOUND, resource("dataset", subject, message));
      case TRAINING_NOT_FOUND -> new Mapped(Code.NOT_FOUND, resource("training", subject, message));
      case REVIEW_NOT_FOUND -> new Mapped(Code.NOT_FOUND, resource("review", subject, message));
      case MODEL_FAILED,
          DATASET_CONFLICT,
          TRAINING_CONFLICT,
          TRAINING_UNAVAILABLE,
          REVIEW_CONFLICT,
          RECORDS_FAILED ->
          new Mapped(Code.FAILED_PRECONDITION, precondition(failure.reason(), subject, message));
      case MODEL_LOADING, RECORDS_BUSY, DRAINING, QUEUE_TIMEOUT ->
          new Mapped(Code.UNAVAILABLE, retry(delay));
      case QUEUE_FULL, QUOTA_EXCEEDED, DISK_FULL ->
          new Mapped(Code.RESOURCE_EXHAUSTED, retry(delay));
      case DEADLINE_EXCEEDED -> new Mapped(Code.DEADLINE_EXCEEDED, null);
      case CANCELLED -> new Mapped(Code.CANCELLED, null);
      case UNAUTHENTICATED -> new Mapped(Code.UNAUTHENTICATED, null);
      case PERMISSION_DENIED -> new Mapped(Code.PERMISSION_DENIED, null);
    };
  }

  private static BadRequest badRequest(String field, String message) {
    var violation =
        BadRequest.FieldViolation.newBuilder().setField(field).setDescription(message).build();
    return BadRequest.newBuilder().addFieldViolations(violation).build();
  }

  private static ResourceInfo resource(String type, String name, String message) {
    return ResourceInfo.newBuilder()
        .setResourceType(type)
        .setResourceName(name)
        .setDescription(message)
        .build();
  }

  private static PreconditionFailure precondition(Enum<?> reason, String name, String message) {
    var violation =
        PreconditionFailure.Violation.newBuilder()
            .setType(reason.name())
            .setSubject(name)
            .setDescription(message)
            .build();
    return PreconditionFailure.newBuilder().addViolations(violation).build();
  }

  private static RetryInfo retry(Duration delay) {
    return RetryInfo.newBuilder().setRetryDelay(Durations.fromNanos(delay.toNanos())).build();
  }
}
