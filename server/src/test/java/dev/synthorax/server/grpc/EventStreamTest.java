package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EventStreamTest {
  private final FakeCall call = new FakeCall();
  private final EventStream<String> stream = new EventStream<>(call);
  private final List<String> taken = new ArrayList<>();

  /** A call that is ready until so many events were sent. */
  private static final class FakeCall extends ServerCallStreamObserver<String> {
    private final List<String> sent = new ArrayList<>();
    private int room;
    private Runnable onReady = () -> {};
    private Runnable onCancel = () -> {};
    private Runnable onClose = () -> {};

    private void makeRoom(int events) {
      room = events;
      onReady.run();
    }

    @Override
    public boolean isReady() {
      return room > 0;
    }

    @Override
    public void onNext(String event) {
      room--;
      sent.add(event);
    }

    @Override
    public void onError(Throwable failure) {
      sent.add(Status.fromThrowable(failure).getCode().name());
    }

    @Override
    public void onCompleted() {
      sent.add("end");
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
      onReady = handler;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
      onCancel = handler;
    }

    @Override
    public void setOnCloseHandler(Runnable handler) {
      onClose = handler;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setCompression(String compression) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}
  }

  private void send(String event) {
    stream.send(event, () -> taken.add(event));
  }

  @Test
  void send_readerIsSlow_isTakenOnlyWhenTheTransportWantsMore() {
    call.makeRoom(1);
    send("one");
    send("two");

    assertThat(call.sent).containsExactly("one");
    assertThat(taken).isEmpty();

    call.makeRoom(1);
    assertThat(call.sent).containsExactly("one", "two");
    assertThat(taken).containsExactly("one");

    call.makeRoom(1);
    assertThat(taken).containsExactly("one", "two");
  }

  @Test
  void sendLatest_readerIsSlow_keepsTheNewestAlone() {
    stream.sendLatest("10 %");
    stream.sendLatest("20 %");
    send("image");

    call.makeRoom(9);

    assertThat(call.sent).containsExactly("image", "20 %");
  }

  @Test
  void complete_eventsWait_endsAfterThem() {
    send("one");
    stream.complete();
    assertThat(call.sent).isEmpty();

    call.makeRoom(9);

    assertThat(call.sent).containsExactly("one", "end");
  }

  @Test
  void fail_eventsWait_failsAfterThem() {
    send("one");
    stream.fail(Status.INTERNAL.asRuntimeException());

    call.makeRoom(9);

    assertThat(call.sent).containsExactly("one", "INTERNAL");
  }

  @Test
  void end_silentReaderLeaves_freesAllAndTellsTheHandler() {
    stream.onEnd(() -> taken.add("handler"));
    call.makeRoom(1);
    send("handed");
    send("waiting");

    call.onCancel.run();
    call.onClose.run();
    send("late");

    assertThat(taken).containsExactly("handed", "waiting", "handler", "handler", "late");
    assertThat(call.sent).containsExactly("handed");
  }
}
