package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EventStreamTest {
  private final FakeServerCall<String> call = new FakeServerCall<>();
  private final EventStream<String> stream = new EventStream<>(call);
  private final List<String> taken = new ArrayList<>();

  private void send(String event) {
    stream.send(event, () -> taken.add(event));
  }

  @Test
  void send_readerIsSlow_isTakenOnlyWhenTheTransportWantsMore() {
    call.makeRoom(1);
    send("one");
    send("two");

    assertThat(call.sent()).containsExactly("one");
    assertThat(taken).isEmpty();

    call.makeRoom(1);
    assertThat(call.sent()).containsExactly("one", "two");
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

    assertThat(call.sent()).containsExactly("image", "20 %");
  }

  @Test
  void complete_eventsWait_endsAfterThem() {
    send("one");
    stream.complete();
    assertThat(call.end()).isEmpty();

    call.makeRoom(9);

    assertThat(call.sent()).containsExactly("one");
    assertThat(call.end()).isEqualTo("OK");
  }

  @Test
  void fail_eventsWait_failsAfterThem() {
    send("one");
    stream.fail(Status.INTERNAL.asRuntimeException());

    call.makeRoom(9);

    assertThat(call.sent()).containsExactly("one");
    assertThat(call.end()).isEqualTo("INTERNAL");
  }

  @Test
  void end_silentReaderLeaves_freesAllAndTellsTheHandler() {
    stream.onEnd(() -> taken.add("handler"));
    call.makeRoom(1);
    send("handed");
    send("waiting");

    call.leave();
    send("late");

    assertThat(taken).containsExactly("handed", "waiting", "handler", "handler", "late");
    assertThat(call.sent()).containsExactly("handed");
  }
}
