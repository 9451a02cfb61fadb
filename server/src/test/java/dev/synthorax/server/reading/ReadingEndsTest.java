package dev.synthorax.server.reading;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.proto.v1.ClassificationServiceGrpc;
import dev.synthorax.proto.v1.ClassificationSpec;
import dev.synthorax.proto.v1.ClassifyRequest;
import dev.synthorax.proto.v1.ClassifyResponse;
import dev.synthorax.proto.v1.SegmentStreamRequest;
import dev.synthorax.proto.v1.SegmentStreamResponse;
import dev.synthorax.proto.v1.SegmentationServiceGrpc;
import dev.synthorax.proto.v1.SegmentationSpec;
import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However a call about radiographs ends, nothing of it is left; and what a stream says. */
@Timeout(60)
final class ReadingEndsTest {
  @TempDir private Path folder;
  private ReadingFixture server;

  @BeforeEach
  void start() throws IOException {
    server = ReadingFixture.open(folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** How a call ends. */
  enum End {
    OK,
    CANCEL,
    DEADLINE,
    ERROR,
    SHUTDOWN
  }

  private static long millis(End end) {
    return end == End.DEADLINE ? 500 : 60_000;
  }

  private static SegmentStreamRequest request(String id, int level) {
    return SegmentStreamRequest.newBuilder()
        .setSpec(
            SegmentationSpec.newBuilder()
                .setImage(ReadingFixture.plain(4, 4, level))
                .setRequestId(id))
        .build();
  }

  private HeardAnswers<SegmentStreamRequest, SegmentStreamResponse> heard() {
    return new HeardAnswers<>(SegmentStreamResponse.class);
  }

  private StreamObserver<SegmentStreamRequest> stream(
      HeardAnswers<SegmentStreamRequest, SegmentStreamResponse> heard, End end) {
    return SegmentationServiceGrpc.newStub(server.channel)
        .withDeadlineAfter(millis(end), TimeUnit.MILLISECONDS)
        .segmentStream(heard);
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void unary_howeverItEnds_leavesNothing(End end) throws InterruptedException {
    server.readers.hold();
    var heard = new HeardAnswers<ClassifyRequest, ClassifyResponse>(ClassifyResponse.class);
    ClassificationServiceGrpc.newStub(server.channel)
        .withDeadlineAfter(millis(end), TimeUnit.MILLISECONDS)
        .classify(
            ClassifyRequest.newBuilder()
                .setSpec(ClassificationSpec.newBuilder().setImage(ReadingFixture.plain(4, 4, 200)))
                .build(),
            heard);

    Code expected = end(end, heard);

    assertThat(heard.end()).isEqualTo(end == End.ERROR ? Code.UNAVAILABLE : expected);
    server.awaitNothingLeft();
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void stream_howeverItEnds_leavesNothing(End end) throws InterruptedException {
    server.readers.hold();
    var heard = heard();
    var requests = stream(heard, end);
    requests.onNext(request("1", 200));
    if (end == End.OK || end == End.ERROR) {
      requests.onCompleted();
    }

    Code expected = end(end, heard);

    assertThat(heard.end()).isEqualTo(expected);
    server.awaitNothingLeft();
  }

  private Code end(End end, HeardAnswers<?, ?> heard) throws InterruptedException {
    FakeReaders.Waiting waiting = server.readers.next();
    assertThat(server.reading.heldBytes()).isPositive();
    return switch (end) {
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
        yield Code.OK; // of a stream, which says so in it
      }
      case SHUTDOWN -> {
        var _ = server.drain(Duration.ZERO);
        yield Code.UNAVAILABLE;
      }
    };
  }

  @Test
  void stream_severalImages_areAnsweredAsTheyAreReady() throws InterruptedException {
    server.readers.hold();
    var heard = heard();
    var requests = stream(heard, End.OK);
    requests.onNext(request("first", 255));
    requests.onNext(request("second", 0));
    requests.onCompleted();
    var first = server.readers.next();
    var second = server.readers.next();

    second.answer();
    SegmentStreamResponse early = heard.next();
    first.answer();
    SegmentStreamResponse late = heard.next();

    assertThat(List.of(early.getRequestId(), late.getRequestId()))
        .containsExactly("second", "first");
    assertThat(early.getSegmentation().getStructures(0).getArea()).isZero();
    assertThat(late.getSegmentation().getStructures(0).getArea()).isEqualTo(16);
    assertThat(heard.end()).isEqualTo(Code.OK);
  }

  @Test
  void stream_aBadImage_failsInTheStreamAndTheRestGoesOn() throws InterruptedException {
    var heard = heard();
    var requests = stream(heard, End.OK);

    var unreadable = request("bad", 0).toBuilder();
    unreadable.getSpecBuilder().getImageBuilder().getRawBuilder().setWidth(5);
    requests.onNext(unreadable.build());
    SegmentStreamResponse failed = heard.next();
    requests.onNext(request("good", 0));
    SegmentStreamResponse good = heard.next();
    requests.onCompleted();

    assertThat(failed.getRequestId()).isEqualTo("bad");
    assertThat(failed.getFailure().getCode()).isEqualTo(Code.INVALID_ARGUMENT.value());
    assertThat(failed.getFailure().getReason()).isEqualTo("INVALID_ARGUMENT");
    assertThat(failed.getFailure().getField()).isEqualTo("spec.image.raw.data");
    assertThat(good.getRequestId()).isEqualTo("good");
    assertThat(heard.end()).isEqualTo(Code.OK);
    server.awaitNothingLeft();
  }

  @Test
  void stream_moreThanThereIsRoomFor_waitsAndIsAnsweredAll() throws Exception {
    try (var small = ReadingFixture.open(folder.resolve("small"), 1 << 20)) {
      var heard = heard();
      var requests = SegmentationServiceGrpc.newStub(small.channel).segmentStream(heard);
      for (int i = 0; i < 10; i++) { // of which the room holds two
        requests.onNext(
            SegmentStreamRequest.newBuilder()
                .setSpec(
                    SegmentationSpec.newBuilder()
                        .setImage(ReadingFixture.plain(500, 500, 255))
                        .setRequestId(Integer.toString(i)))
                .build());
      }
      requests.onCompleted();

      for (int i = 0; i < 10; i++) {
        SegmentStreamResponse answer = heard.next();
        assertThat(answer.hasSegmentation()).as("%s", answer.getFailure()).isTrue();
      }
      assertThat(heard.end()).isEqualTo(Code.OK);
      small.awaitNothingLeft();
    }
  }

  @Test
  void unary_whereOthersHaveTheRoom_isToldToComeBack() throws Exception {
    try (var small = ReadingFixture.open(folder.resolve("small"), 1 << 20)) {
      small.readers.hold();
      var heard = heard();
      var requests = SegmentationServiceGrpc.newStub(small.channel).segmentStream(heard);
      for (int i = 0; i < 2; i++) {
        requests.onNext(
            SegmentStreamRequest.newBuilder()
                .setSpec(
                    SegmentationSpec.newBuilder().setImage(ReadingFixture.plain(500, 500, 255)))
                .build());
        small.readers.next();
      }
      var late = new HeardAnswers<ClassifyRequest, ClassifyResponse>(ClassifyResponse.class);
      ClassificationServiceGrpc.newStub(small.channel)
          .classify(
              ClassifyRequest.newBuilder()
                  .setSpec(
                      ClassificationSpec.newBuilder().setImage(ReadingFixture.plain(700, 700, 0)))
                  .build(),
              late);

      assertThat(late.end()).isEqualTo(Code.RESOURCE_EXHAUSTED);
      heard.cancel();
      small.awaitNothingLeft();
    }
  }
}
