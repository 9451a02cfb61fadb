package dev.synthorax.benchmarks.attack;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a call ended.
 *
 * @param reason of its {@code ErrorInfo}; empty where it has none
 * @param retry of its {@code RetryInfo}
 * @param messages that arrived before
 * @param nanos from start to end
 */
record Answer(
    Status.Code code, String reason, @Nullable Duration retry, List<byte[]> messages, long nanos) {
  Answer {
    messages = List.copyOf(messages);
  }

  static Answer of(Status status, Metadata trailers, List<byte[]> messages, long nanos) {
    String reason = "";
    Duration retry = null;
    var details = StatusProto.fromStatusAndTrailers(status, trailers);
    if (details != null) {
      try {
        for (Any detail : details.getDetailsList()) {
          if (detail.is(ErrorInfo.class)) {
            reason = detail.unpack(ErrorInfo.class).getReason();
          } else if (detail.is(RetryInfo.class)) {
            retry =
                Duration.ofNanos(Durations.toNanos(detail.unpack(RetryInfo.class).getRetryDelay()));
          }
        }
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("a detail of " + status + " is no protobuf", e);
      }
    }
    return new Answer(status.getCode(), reason, retry, messages, nanos);
  }

  boolean ok() {
    return code == Status.Code.OK;
  }

  /** Status and reason, as tables show them. */
  String shown() {
    return code + (reason.isEmpty() ? "" : " " + reason) + (retry == null ? "" : " +retry");
  }
}
