package dev.synthorax.server.inference;

import static dev.synthorax.server.inference.InferenceFixture.request;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.proto.inference.GRPCInferenceServiceGrpc;
import dev.synthorax.proto.inference.ModelInferRequest;
import dev.synthorax.proto.inference.ModelInferResponse;
import dev.synthorax.proto.inference.ModelStreamInferResponse;
import dev.synthorax.server.config.AccessConfig;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However a call ends, nothing of it is left; and what a stream says in between. */
@Timeout(60)
final class EndsTest {
  private static final byte[] LARGE = new byte[200_000];

  @TempDir private Path folder;
  private InferenceFixture server;

  @BeforeEach
  void start() throws IOException {
    server = InferenceFixture.open(folder, AccessConfig.DEFAULT);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** How a request is sent. */
  private enum Way {
    UNARY,
    STREAM
  }

  /** How its call ends. */
  enum End {
    OK,
    CANCEL,
    DEADLINE,
    ERROR,
    SHUTDOWN
  }

  /** What one call heard: answers, then its status. */
  private static class Heard<A> implements ClientResponseObserver<ModelInferRequest, A> {
    final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
    volatile @Nullable ClientCallStreamObserver<ModelInferRequest> call;

    @Override
    public void beforeStart(ClientCallStreamObserver<ModelInferRequest> started) {
      call = started;
    }

    @Override
    public void onNext(A answer) {
      events.add(answer);
    }

    @Override
    public void onError(Throwable failure) {
      events.add(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      events.add(Status.OK);
    }

    Object next() throws InterruptedException {
      Object event = events.poll(30, TimeUnit.SECONDS);
      if (event == null) {
        throw new AssertionError("nothing came");
      }
      return event;
    }

    Code end() throws InterruptedException {
      Object event = next();
      while (!(event instanceof Status)) {
        event = next();
      }
      return ((Status) event).getCode();
    }

    void cancel() {
      var open = call;
      if (open != null) {
        open.cancel("the test leaves", null);
      }
    }
  }

  private static ModelInferRequest large(String id) {
    return ModelInferRequest.newBuilder()
        .setModelName("echo")
        .setId(id)
        .addInputs(InferenceFixture.input("x", "UINT8", LARGE.length))
        .addRawInputContents(ByteString.copyFrom(LARGE))
        .build();
  }

  private Heard<?> send(Way way, End end) {
    var stub =
        GRPCInferenceServiceGrpc.newStub(server.channel)
            .withDeadlineAfter(end == End.DEADLINE ? 300 : 60_000, TimeUnit.MILLISECONDS);
    if (way == Way.UNARY) {
      var heard = new Heard<ModelInferResponse>();
      stub.modelInfer(large("1"), heard);
      return heard;
    }
    var heard = new Heard<ModelStreamInferResponse>();
    StreamObserver<ModelInferRequest> requests = stub.modelStreamInfer(heard);
    requests.onNext(large("1"));
    if (end == End.OK || end == End.ERROR) {
      requests.onCompleted();
    }
    return heard;
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void modelInfer_howeverItEnds_leavesNothing(End end) throws InterruptedException {
    assertNothingIsLeft(Way.UNARY, end);
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void modelStreamInfer_howeverItEnds_leavesNothing(End end) throws InterruptedException {
    assertNothingIsLeft(Way.STREAM, end);
  }

  private void assertNothingIsLeft(Way way, End end) throws InterruptedException {
    server.echo.hold();
    Heard<?> heard = send(way, end);
    var waiting = server.echo.next();
    assertThat(server.service.tensorBytes()).isPositive();

    Code expected =
        switch (end) {
          case OK -> {
            waiting.answer();
            yield Code.OK;
          }
          case CANCEL -> {
            heard.cancel();
            yield Code.CANCELLED;
          }
          case DEADLINE -> Code.DEADLINE_EXCEEDED;
          case ERROR -> {
            waiting.fail(new InferenceException(ErrorReason.DEVICE_LOST, "gone"));
            yield way == Way.UNARY ? Code.UNAVAILABLE : Code.OK;
          }
          case SHUTDOWN -> {
            var _ = server.drain(Duration.ZERO);
            yield Code.UNAVAILABLE;
          }
        };

    assertThat(heard.end()).isEqualTo(expected);
    server.awaitNothingLeft();
  }

  private static String id(Object event) {
    return ((ModelStreamInferResponse) event).getInferResponse().getId();
  }

  @Test
  void stream_severalRequests_areAnsweredAsTheyAreReady() throws InterruptedException {
    server.echo.hold();
    var heard = new Heard<ModelStreamInferResponse>();
    var requests = GRPCInferenceServiceGrpc.newStub(server.channel).modelStreamInfer(heard);
    requests.onNext(request(1).setId("first").build());
    requests.onNext(request(2).setId("second").build());
    requests.onCompleted();
    var first = server.echo.next();
    var second = server.echo.next();

    second.answer();
    Object early = heard.next();
    first.answer();
    Object late = heard.next();

    assertThat(id(early)).isEqualTo("second");
    assertThat(id(late)).isEqualTo("first");
    var answer = ((ModelStreamInferResponse) late).getInferResponse();
    assertThat(answer.getParametersOrThrow("triton_final_response").getBoolParam()).isTrue();
    assertThat(answer.getRawOutputContents(0)).isEqualTo(InferenceFixture.raw(1));
    assertThat(heard.end()).isEqualTo(Code.OK);
  }

  @Test
  void stream_aRequestThatFails_isAnsweredInItAndTheRestGoesOn() throws InterruptedException {
    var heard = new Heard<ModelStreamInferResponse>();
    var requests = GRPCInferenceServiceGrpc.newStub(server.channel).modelStreamInfer(heard);

    requests.onNext(request(1).setModelName("nobody").setId("bad").build());
    var failed = (ModelStreamInferResponse) heard.next();
    requests.onNext(request(1).setId("good").build());
    Object good = heard.next();
    requests.onCompleted();

    assertThat(failed.getErrorMessage())
        .startsWith("Request for unknown model: 'nobody' is not found");
    assertThat(id(failed)).isEqualTo("bad");
    assertThat(id(good)).isEqualTo("good");
    assertThat(heard.end()).isEqualTo(Code.OK);
  }

  @Test
  void stream_thatWantsStatuses_endsWithTheFirstFailure() throws InterruptedException {
    var headers = new Metadata();
    headers.put(Metadata.Key.of("triton_grpc_error", Metadata.ASCII_STRING_MARSHALLER), "true");
    var heard = new Heard<ModelStreamInferResponse>();
    server.echo.hold();
    var requests =
        GRPCInferenceServiceGrpc.newStub(server.channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
            .modelStreamInfer(heard);
    requests.onNext(request(1).build());
    var _ = server.echo.next();

    requests.onNext(request(1).setModelName("nobody").build());

    assertThat(heard.end()).isEqualTo(Code.NOT_FOUND);
    server.awaitNothingLeft();
  }

  @Test
  void stream_aClientThatDoesNotRead_hasFewRequestsTaken() throws InterruptedException {
    var heard =
        new Heard<ModelStreamInferResponse>() {
          @Override
          public void beforeStart(ClientCallStreamObserver<ModelInferRequest> started) {
            super.beforeStart(started);
            started.disableAutoRequestWithInitial(0);
          }
        };
    var requests = GRPCInferenceServiceGrpc.newStub(server.channel).modelStreamInfer(heard);
    for (int i = 0; i < 200; i++) {
      requests.onNext(large(Integer.toString(i)));
    }
    requests.onCompleted();

    var call = requireNonNull(heard.call);
    for (int i = 0; i < 200; i++) {
      call.request(1);
      assertThat(id(heard.next())).isEqualTo(Integer.toString(i));
      assertThat(server.echo.live()).isLessThanOrEqualTo(130);
    }
    call.request(1);
    assertThat(heard.end()).isEqualTo(Code.OK);
  }
}
