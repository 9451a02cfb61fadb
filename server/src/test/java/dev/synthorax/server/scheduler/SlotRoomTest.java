package dev.synthorax.server.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.engine.DeviceBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@SuppressWarnings("MustBeClosedChecker") // when a seat is closed is what is tested
final class SlotRoomTest {
  private final List<String> told = new ArrayList<>();
  private final SlotRoom room = new SlotRoom(1, () -> told.add("room for " + room().free()));

  private SlotRoom room() {
    return room;
  }

  private final class Slot implements LatentSlot {
    @Override
    public DeviceBuffer latents() {
      throw new UnsupportedOperationException("no numbers");
    }

    @Override
    public void close() {
      told.add("slot closed, room for " + room.free());
    }
  }

  @Test
  void close_lastSlot_isGivenBackBeforeThereIsRoom() {
    SlotRoom.Seat seat = room.seat(new Slot());

    seat.close();
    seat.close();

    assertThat(told).containsExactly("slot closed, room for 0", "room for 1");
  }

  @Test
  void giveUp_stepsUnderWay_closesAfterTheLastOne() {
    SlotRoom.Seat seat = room.seat(new Slot());
    seat.enqueued();
    seat.enqueued();

    seat.giveUp();
    seat.landed();
    assertThat(told).isEmpty();
    seat.landed();

    assertThat(told).containsExactly("slot closed, room for 0", "room for 1");
  }
}
