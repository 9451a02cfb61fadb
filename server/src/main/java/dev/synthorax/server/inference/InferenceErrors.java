package dev.synthorax.server.inference;

import static java.util.Objects.requireNonNull;

import com.google.rpc.Code;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.grpc.Errors;
import dev.synthorax.server.text.PlainText;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import org.jspecify.annotations.Nullable;

/**
 * Failures as this protocol's clients know them: the house's statuses with their details, but for
 * the codes and first words that clients of Triton match on.
 */
final class InferenceErrors {
  private InferenceErrors() {}

  /** What stands on the wire instead. */
  private record Instead(Code code, String beginning) {}

  /**
   * The status of a failure.
   *
   * @param model that was asked for
   * @param version that was asked for; empty: the latest
   */
  static StatusRuntimeException of(RuntimeException failure, String model, String version) {
    StatusRuntimeException ours = Errors.of(failure);
    Instead instead =
        failure instanceof ServerException refused ? instead(refused, model, version) : null;
    if (instead == null) {
      return ours;
    }
    com.google.rpc.Status status = requireNonNull(StatusProto.fromThrowable(ours), "status");
    return StatusProto.toStatusRuntimeException(
        status.toBuilder()
            .setCode(instead.code.getNumber())
            .setMessage(instead.beginning + " (" + status.getMessage() + ")")
            .build());
  }

  private static @Nullable Instead instead(ServerException refused, String model, String version) {
    ServerReason reason = refused.reason();
    return switch (reason) {
      case QUEUE_FULL -> new Instead(Code.UNAVAILABLE, "Exceeds maximum queue size");
      case QUEUE_TIMEOUT -> new Instead(Code.UNAVAILABLE, "Request timeout expired");
      case MODEL_NOT_FOUND -> new Instead(Code.NOT_FOUND, unknown(model, version) + "is not found");
      case MODEL_LOADING, MODEL_FAILED ->
          new Instead(
              Code.UNAVAILABLE,
              unknown(model, version)
                  + (version.isEmpty() ? "has no available versions" : "is not at ready state"));
      case REVIEW_NOT_FOUND,
          REVIEW_CONFLICT,
          RECORDS_BUSY,
          RECORDS_FAILED,
          DATASET_NOT_FOUND,
          DATASET_CONFLICT,
          TRAINING_NOT_FOUND,
          TRAINING_CONFLICT,
          TRAINING_UNAVAILABLE,
          DISK_FULL,
          UNAUTHENTICATED,
          PERMISSION_DENIED,
          QUOTA_EXCEEDED,
          DRAINING,
          DEADLINE_EXCEEDED,
          CANCELLED ->
          null;
    };
  }

  private static String unknown(String model, String version) {
    return "Request for unknown model: '%s' %s"
        .formatted(
            PlainText.line(model),
            version.isEmpty() ? "" : "version " + PlainText.line(version) + " ");
  }
}
