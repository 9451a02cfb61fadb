package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import com.google.rpc.Code;
import dev.synthorax.proto.v1.Failure;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class InBandFailureTest {
  @Test
  void of_badField_namesItsPath() {
    var wrong = FieldException.invalid("count", "0 (expected: 1 to 256)").within("spec");

    Failure failure = InBandFailure.of(Errors.of(wrong));

    assertThat(failure)
        .isEqualTo(
            Failure.newBuilder()
                .setCode(Code.INVALID_ARGUMENT_VALUE)
                .setReason("INVALID_ARGUMENT")
                .setMessage(String.valueOf(wrong.getMessage()))
                .setField("spec.count")
                .build());
  }

  @Test
  void of_fullQueue_tellsWhenToAskAgain() {
    var full = new ServerException(ServerReason.QUEUE_FULL, "full", Duration.ofMillis(1500));

    Failure failure = InBandFailure.of(Errors.of(full));

    assertThat(failure.getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED_VALUE);
    assertThat(failure.getReason()).isEqualTo("QUEUE_FULL");
    assertThat(failure.getRetryDelay()).isEqualTo(Durations.fromMillis(1500));
  }

  @Test
  void of_unknownModel_namesIt() {
    var unknown = new ServerException(ServerReason.MODEL_NOT_FOUND, "no such model", "a-model");

    assertThat(InBandFailure.of(Errors.of(unknown)).getResource()).isEqualTo("a-model");
  }
}
