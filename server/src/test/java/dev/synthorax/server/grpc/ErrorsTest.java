package dev.synthorax.server.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.ResourceInfo;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import io.grpc.Status.Code;
import io.grpc.protobuf.StatusProto;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ErrorsTest {
  @ParameterizedTest
  @CsvSource({
    "INVALID_ARGUMENT,INVALID_ARGUMENT,google.rpc.BadRequest",
    "SHAPE_MISMATCH,INVALID_ARGUMENT,google.rpc.BadRequest",
    "TOO_LARGE,INVALID_ARGUMENT,google.rpc.BadRequest",
    "MODEL_FAILED,FAILED_PRECONDITION,google.rpc.PreconditionFailure",
    "OUT_OF_MEMORY,RESOURCE_EXHAUSTED,google.rpc.RetryInfo",
    "UNSUPPORTED,UNIMPLEMENTED,",
    "BACKEND_FAILURE,INTERNAL,",
    "DEVICE_LOST,UNAVAILABLE,google.rpc.RetryInfo",
    "INTERNAL,INTERNAL,"
  })
  void of_everyReasonOfNumbers_hasItsCodeAndDetail(
      ErrorReason reason, Code code, @Nullable String detail)
      throws InvalidProtocolBufferException {
    assertMapped(new InferenceException(reason, "what was wrong"), reason, code, detail);
  }

  @ParameterizedTest
  @CsvSource({
    "MODEL_NOT_FOUND,NOT_FOUND,google.rpc.ResourceInfo",
    "MODEL_LOADING,UNAVAILABLE,google.rpc.RetryInfo",
    "MODEL_FAILED,FAILED_PRECONDITION,google.rpc.PreconditionFailure",
    "REVIEW_NOT_FOUND,NOT_FOUND,google.rpc.ResourceInfo",
    "REVIEW_CONFLICT,FAILED_PRECONDITION,google.rpc.PreconditionFailure",
    "RECORDS_BUSY,UNAVAILABLE,google.rpc.RetryInfo",
    "RECORDS_FAILED,FAILED_PRECONDITION,google.rpc.PreconditionFailure",
    "DRAINING,UNAVAILABLE,google.rpc.RetryInfo",
    "QUEUE_FULL,RESOURCE_EXHAUSTED,google.rpc.RetryInfo",
    "DEADLINE_EXCEEDED,DEADLINE_EXCEEDED,",
    "CANCELLED,CANCELLED,"
  })
  void of_everyReasonOfTheServer_hasItsCodeAndDetail(
      ServerReason reason, Code code, @Nullable String detail)
      throws InvalidProtocolBufferException {
    assertMapped(new ServerException(reason, "what was wrong"), reason, code, detail);
  }

  private static void assertMapped(
      RuntimeException thrown, Enum<?> reason, Code code, @Nullable String detail)
      throws InvalidProtocolBufferException {
    var failure = Errors.of(thrown);

    assertThat(failure.getStatus().getCode()).isEqualTo(code);
    var status = requireNonNull(StatusProto.fromThrowable(failure));
    assertThat(status.getDetails(0).unpack(ErrorInfo.class).getReason()).isEqualTo(reason.name());
    if (detail == null) {
      assertThat(status.getDetailsCount()).isEqualTo(1);
    } else {
      assertThat(status.getDetailsList())
          .extracting(Any::getTypeUrl)
          .last()
          .isEqualTo("type.googleapis.com/" + detail);
    }
  }

  @Test
  void of_anythingUnexpected_isInternalAndKeepsItsSecrets() {
    var failure = Errors.of(new IllegalStateException("/etc/secret"));

    assertThat(failure.getStatus().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(failure.getStatus().getDescription()).doesNotContain("secret");
  }

  @Test
  void of_whatAStrangerNamed_isShownWithoutItsControls() throws InvalidProtocolBufferException {
    var failure =
        Errors.of(
            new ServerException(
                ServerReason.MODEL_NOT_FOUND, "model: a\u001b[2J\nb", "a\u001b[2J\nb"));

    assertThat(failure.getStatus().getDescription()).isEqualTo("model: a\\u001b[2J\\nb");
    var resource = BadInputTest.detail(failure, ResourceInfo.class);
    assertThat(resource.getResourceName()).isEqualTo("a\\u001b[2J\\nb");
  }
}
