package dev.synthorax.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.v1.Classification;
import dev.synthorax.proto.v1.ClassificationSpec;
import dev.synthorax.proto.v1.Radiograph;
import dev.synthorax.proto.v1.RawImage;
import dev.synthorax.proto.v1.Segmentation;
import dev.synthorax.proto.v1.SegmentationSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@SuppressWarnings("NullAway.Init") // started before each test
class ReadingClientTest {
  private final FakeReadings readings = new FakeReadings();
  private final Queue<String> heard = new ConcurrentLinkedQueue<>();
  private FakeServer server;
  private SynthoraxClient client;

  @BeforeEach
  void open() throws IOException {
    server = FakeServer.start(new FakeServices(), readings.services());
    client = SynthoraxClient.open(server.target(), ClientOptions.DEFAULT);
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  private static Radiograph image(int level) {
    return Radiograph.newBuilder()
        .setRaw(
            RawImage.newBuilder()
                .setWidth(4)
                .setHeight(4)
                .setData(ByteString.copyFrom(new byte[] {(byte) level}).concat(rest())))
        .build();
  }

  private static ByteString rest() {
    return ByteString.copyFrom(new byte[15]);
  }

  private static SegmentationSpec spec(String id) {
    return SegmentationSpec.newBuilder().setImage(image(0)).setRequestId(id).build();
  }

  private final class Listener<A> implements ReadingListener<A> {
    @Override
    public void answered(String requestId, A answer) {
      heard.add(requestId);
    }

    @Override
    public void failed(String requestId, SynthoraxException failure) {
      heard.add(
          requestId + " " + failure.code() + " " + failure.field() + " " + failure.retryDelay());
    }
  }

  @Test
  void segment_oneImage_answersItsMasks() {
    Segmentation answer = client.reading().segment(spec("a"));

    assertThat(answer.getStructures(0).getArea()).isEqualTo(8);
    assertThat(readings.segmented).containsExactly(spec("a"));
  }

  @Test
  void classify_oneImage_answersItsFindings() {
    Classification answer =
        client
            .reading()
            .classify(
                ClassificationSpec.newBuilder().setImage(image(255)).setThreshold(0.5).build());

    assertThat(answer.getFindings(0).getPresent()).isTrue();
    assertThat(answer.getFindings(1).getPresent()).isFalse();
  }

  @Test
  void segmentStream_aBadImageAmongOthers_failsAlone() {
    try (var stream = client.reading().segmentStream(new Listener<Segmentation>())) {
      for (String id : List.of("a", "bad", "b")) {
        stream.send(spec(id));
      }
      stream.finish();
    }

    assertThat(heard)
        .containsExactly("a", "bad INVALID_ARGUMENT spec.image.png " + Duration.ofMillis(5), "b");
  }

  @Test
  void classifyStream_manyImages_answersEach() {
    try (var stream = client.reading().classifyStream(new Listener<Classification>())) {
      for (int i = 0; i < 200; i++) {
        stream.send(
            ClassificationSpec.newBuilder()
                .setImage(image(i))
                .setRequestId(Integer.toString(i))
                .build());
      }
      stream.finish();
    }

    assertThat(heard).hasSize(200).first().isEqualTo("0");
  }

  @Test
  void segmentStream_aListenerThatThrows_endsTheStreamWithThat() {
    var wrong = new IllegalStateException("the listener's own");
    var listener =
        new ReadingListener<Segmentation>() {
          @Override
          public void answered(String requestId, Segmentation answer) {
            throw wrong;
          }

          @Override
          public void failed(String requestId, SynthoraxException failure) {
            heard.add(requestId);
          }
        };

    try (var stream = client.reading().segmentStream(listener)) {
      stream.send(spec("a"));
      assertThatThrownBy(stream::finish).isSameAs(wrong);
    }
  }

  @Test
  @SuppressWarnings("try") // closed by hand: that is what is tested
  void segmentStream_closedBeforeItWasFinished_takesNoMore() {
    try (var stream = client.reading().segmentStream(new Listener<Segmentation>())) {
      stream.close();

      assertThatThrownBy(() -> stream.send(spec("a"))).isInstanceOf(SynthoraxException.class);
    }
  }

  @Test
  void segmentStream_aServerThatEnds_failsWithItsStatus() throws InterruptedException {
    try (var stream = client.reading().segmentStream(new Listener<Segmentation>())) {
      stream.send(spec("a"));
      server.end();

      assertThatThrownBy(stream::finish).isInstanceOf(SynthoraxException.class);
    }
  }
}
