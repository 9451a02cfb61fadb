package dev.synthorax.server.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import dev.synthorax.proto.v1.Failure;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

/** A call's status as a message, for streams that go on after one request of theirs failed. */
public final class InBandFailure {
  private InBandFailure() {}

  /** What {@link Errors} made, laid flat. */
  public static Failure of(StatusRuntimeException failure) {
    var status = StatusProto.fromThrowable(failure);
    if (status == null) { // no throwable with a status is without one
      throw new IllegalStateException("no status", failure);
    }
    var flat = Failure.newBuilder().setCode(status.getCode()).setMessage(status.getMessage());
    try {
      for (Any detail : status.getDetailsList()) {
        add(detail, flat);
      }
    } catch (InvalidProtocolBufferException e) { // packed a moment ago by Errors
      throw new IllegalStateException("a detail of our own cannot be read", e);
    }
    return flat.build();
  }

  private static void add(Any detail, Failure.Builder flat) throws InvalidProtocolBufferException {
    if (detail.is(ErrorInfo.class)) {
      flat.setReason(detail.unpack(ErrorInfo.class).getReason());
    } else if (detail.is(BadRequest.class)) {
      flat.setField(detail.unpack(BadRequest.class).getFieldViolations(0).getField());
    } else if (detail.is(ResourceInfo.class)) {
      flat.setResource(detail.unpack(ResourceInfo.class).getResourceName());
    } else if (detail.is(RetryInfo.class)) {
      flat.setRetryDelay(detail.unpack(RetryInfo.class).getRetryDelay());
    }
  }
}
