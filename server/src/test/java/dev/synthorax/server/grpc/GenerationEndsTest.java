package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.engine.NativeHandles;
import dev.synthorax.proto.v1.GenerateManyRequest;
import dev.synthorax.proto.v1.GenerateManyResponse;
import dev.synthorax.proto.v1.GenerateRequest;
import dev.synthorax.proto.v1.GenerateResponse;
import dev.synthorax.proto.v1.GenerateStreamRequest;
import dev.synthorax.proto.v1.GenerateStreamResponse;
import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.GenerationSpec;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** However a call for images ends, nothing of it is left. */
@Timeout(60)
final class GenerationEndsTest {
  private static final GenerationSpec SPEC =
      ServerFixture.request(1)
          .setNumInferenceSteps(4)
          .setCount(3)
          .setRequestId("r")
          .addMasks(ServerFixture.mask("lungs"))
          .build();

  @TempDir private Path folder;

  /** How images are asked for. */
  enum Way {
    UNARY,
    STREAM,
    MANY
  }

  /** How the call ends. */
  enum End {
    OK,
    CANCEL,
    DEADLINE,
    ERROR,
    SHUTDOWN
  }

  /** What a client hears. */
  private static final class Heard<Q, R> implements ClientResponseObserver<Q, R> {
    private final List<R> answers = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Code> end = new CompletableFuture<>();
    private volatile @Nullable ClientCallStreamObserver<Q> call;

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> started) {
      call = started;
    }

    void cancel() {
      var open = call;
      if (open != null) {
        open.cancel("the test leaves", null);
      }
    }

    @Override
    public void onNext(R answer) {
      answers.add(answer);
    }

    @Override
    public void onError(Throwable failure) {
      end.complete(Status.fromThrowable(failure).getCode());
    }

    @Override
    public void onCompleted() {
      end.complete(Code.OK);
    }
  }

  private static Heard<?, ?> ask(ServerFixture server, Way way, End end) {
    var stub =
        GenerationServiceGrpc.newStub(server.channel)
            .withDeadlineAfter(end == End.DEADLINE ? 500 : 60_000, TimeUnit.MILLISECONDS);
    return switch (way) {
      case UNARY -> {
        var heard = new Heard<GenerateRequest, GenerateResponse>();
        stub.generate(GenerateRequest.newBuilder().setSpec(SPEC).build(), heard);
        yield heard;
      }
      case STREAM -> {
        var heard = new Heard<GenerateStreamRequest, GenerateStreamResponse>();
        stub.generateStream(GenerateStreamRequest.newBuilder().setSpec(SPEC).build(), heard);
        yield heard;
      }
      case MANY -> {
        var heard = new Heard<GenerateManyRequest, GenerateManyResponse>();
        var requests = stub.generateMany(heard);
        requests.onNext(GenerateManyRequest.newBuilder().setSpec(SPEC).build());
        if (end == End.OK || end == End.ERROR) {
          requests.onCompleted();
        }
        yield heard;
      }
    };
  }

  static Stream<Arguments> everyEndOfEveryWay() {
    return Arrays.stream(Way.values())
        .flatMap(way -> Arrays.stream(End.values()).map(end -> Arguments.of(way, end)));
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      assertThat(Thread.currentThread().isInterrupted()).as("the test's limit").isFalse();
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @MethodSource("everyEndOfEveryWay")
  void call_howeverItEnds_leavesNothing(Way way, End end) throws Exception {
    long handles = NativeHandles.mark();
    try (var server = ServerFixture.loaded(folder)) {
      var steps = server.backend.holdSteps();
      Heard<?, ?> heard = ask(server, way, end);
      await(() -> server.models.unfinishedImages() == 3);

      Code expected =
          switch (end) {
            case OK -> {
              steps.release(1_000);
              yield Code.OK;
            }
            case CANCEL -> {
              heard.cancel();
              yield Code.CANCELLED;
            }
            case DEADLINE -> Code.DEADLINE_EXCEEDED;
            case ERROR -> {
              server.backend.fail(true);
              steps.release(1_000);
              yield way == Way.MANY ? Code.OK : Code.INTERNAL; // a stream of many says it inside
            }
            case SHUTDOWN -> {
              var _ = server.drain(Duration.ZERO);
              yield Code.UNAVAILABLE;
            }
          };

      assertThat(heard.end.get(30, TimeUnit.SECONDS)).isEqualTo(expected);
      steps.release(1); // the step under way, and no other
      await(() -> server.gate.calls() + server.models.unfinishedImages() == 0);
      await(() -> server.responses.taken() + server.services.maskBytes() == 0);
    }
    assertThat(NativeHandles.leaksSince(handles)).isEmpty();
  }
}
