package dev.synthorax.server.grpc;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.v1.TrainingMetrics;
import dev.synthorax.proto.v1.TrainingPictures;
import dev.synthorax.proto.v1.WatchTrainingResponse;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.training.TrainingListener;
import dev.synthorax.server.training.TrainingStatus;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells one client of one job. A client that does not read is told no more after a while.
 *
 * <p><b>Threading:</b> the thread that owns training tells; any thread ends it.
 */
final class WatchCall implements TrainingListener {
  private static final int MAX_UNREAD = 256;
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final EventStream<WatchTrainingResponse> stream;
  private final AtomicInteger unread = new AtomicInteger();

  WatchCall(EventStream<WatchTrainingResponse> stream) {
    this.stream = stream;
  }

  private static WatchTrainingResponse.Builder event() {
    return WatchTrainingResponse.newBuilder();
  }

  private void send(WatchTrainingResponse event) {
    if (unread.incrementAndGet() > MAX_UNREAD) {
      fail(
          Errors.of(
              new ServerException(
                  ServerReason.QUEUE_FULL,
                  "%d events wait for this client to read (expected: fewer; watch again)"
                      .formatted(MAX_UNREAD),
                  AGAIN)));
      return;
    }
    stream.send(event, unread::decrementAndGet);
  }

  @Override
  public void changed(TrainingStatus status) {
    send(event().setTraining(TrainingWires.wire(status)).build());
  }

  @Override
  public void ended() {
    stream.complete();
  }

  @Override
  public void progressed(TrainingStatus.Progress progress) {
    stream.sendLatest(event().setProgress(TrainingWires.wire(progress)).build());
  }

  @Override
  public void measured(String stage, long step, SequencedMap<String, Double> values) {
    send(
        event()
            .setMetrics(
                TrainingMetrics.newBuilder().setStage(stage).setStep(step).putAllValues(values))
            .build());
  }

  @Override
  public void drew(String stage, long step, byte[] png, int columns) {
    send(
        event()
            .setPictures(
                TrainingPictures.newBuilder()
                    .setStage(stage)
                    .setStep(step)
                    .setPng(ByteString.copyFrom(png))
                    .setColumns(columns))
            .build());
  }

  @Override
  public void noted(String sentence) {
    send(event().setNotice(sentence).build());
  }

  /** Ends it; the client may ask again. */
  void fail(StatusRuntimeException failure) {
    stream.fail(failure);
  }
}
