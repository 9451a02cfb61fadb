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
final class Errors {
  private static final Logger logger = LoggerFactory.getLogger(Errors.class);
  private static final String DOMAIN = "synthorax.dev";
  private static final Duration SOON = Duration.ofSeconds(1);

  private Errors() {}

  /** Where on the wire a reason goes, and what stands beside it. */
  private record Mapped(Code code, @Nullable Message detail) {}

  /** The status of a failure; what only the operator should see goes to the log instead. */
  static StatusRuntimeException of(InferenceException failure) {
    String message = String.valueOf(failure.getMessage());
    if (isOurs(failure.reason())) {
      logger.error("A request failed for a reason of our own", failure);
      message = "the server failed while it worked on this (its log says why)";
    }
    return status(failure.reason(), message, failure.subject(), SOON);
  }

  /** The status of anything else that was thrown: an invariant of ours is broken. */
  static StatusRuntimeException of(RuntimeException failure) {
    return failure instanceof InferenceException known
        ? of(known)
        : of(new InferenceException(ErrorReason.INTERNAL, "unexpected", null, failure));
  }

  /** The status of a request that found no room. */
  static StatusRuntimeException of(Admission.Rejected rejected) {
    return status(
        ErrorReason.QUEUE_FULL,
        "the queue is full: %d images wait (expected: at most %d; try again in %d s)"
            .formatted(rejected.waiting(), rejected.limit(), seconds(rejected.retryDelay())),
        null,
        rejected.retryDelay());
  }

  /** The status of a request that came too late. */
  static StatusRuntimeException draining(Duration retryDelay) {
    return status(
        ErrorReason.DRAINING,
        "the server is shutting down (try another one, or again later)",
        null,
        retryDelay);
  }

  private static long seconds(Duration delay) {
    return Math.max(1, delay.plusMillis(999).toSeconds());
  }

  private static boolean isOurs(ErrorReason reason) {
    return reason == ErrorReason.BACKEND_FAILURE || reason == ErrorReason.INTERNAL;
  }

  private static StatusRuntimeException status(
      ErrorReason reason, String message, @Nullable String subject, Duration retryDelay) {
    String about = subject == null ? "" : PlainText.line(subject);
    String line = PlainText.line(message); // it may quote what the client sent
    Mapped mapped = map(reason, line, about, retryDelay);
    var status = com.google.rpc.Status.newBuilder();
    status.setCode(mapped.code().getNumber()).setMessage(line);
    status.addDetails(
        Any.pack(ErrorInfo.newBuilder().setReason(reason.name()).setDomain(DOMAIN).build()));
    if (mapped.detail() != null) {
      status.addDetails(Any.pack(mapped.detail()));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }

  private static Mapped map(ErrorReason reason, String message, String about, Duration delay) {
    return switch (reason) {
      case INVALID_ARGUMENT, SHAPE_MISMATCH, TOO_LARGE ->
          new Mapped(Code.INVALID_ARGUMENT, badRequest(about, message));
      case MODEL_NOT_FOUND -> new Mapped(Code.NOT_FOUND, resource(about, message));
      case MODEL_FAILED ->
          new Mapped(Code.FAILED_PRECONDITION, precondition(reason, about, message));
      case MODEL_LOADING, DRAINING -> new Mapped(Code.UNAVAILABLE, retry(delay));
      case QUEUE_FULL -> new Mapped(Code.RESOURCE_EXHAUSTED, retry(delay));
      case UNSUPPORTED -> new Mapped(Code.UNIMPLEMENTED, null);
      case DEADLINE_EXCEEDED -> new Mapped(Code.DEADLINE_EXCEEDED, null);
      case CANCELLED -> new Mapped(Code.CANCELLED, null);
      case BACKEND_FAILURE, INTERNAL -> new Mapped(Code.INTERNAL, null);
    };
  }

  private static BadRequest badRequest(String field, String message) {
    var violation =
        BadRequest.FieldViolation.newBuilder().setField(field).setDescription(message).build();
    return BadRequest.newBuilder().addFieldViolations(violation).build();
  }

  private static ResourceInfo resource(String name, String message) {
    return ResourceInfo.newBuilder()
        .setResourceType("model")
        .setResourceName(name)
        .setDescription(message)
        .build();
  }

  private static PreconditionFailure precondition(ErrorReason reason, String name, String message) {
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
