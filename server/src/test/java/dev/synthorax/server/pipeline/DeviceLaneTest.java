package dev.synthorax.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.NativeHandles;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("MustBeClosed") // closed after each test
final class DeviceLaneTest {
  private static final int HALF_A_MIB = 1 << 19;

  private final long mark = NativeHandles.mark();
  private final FakeBackend networks = new FakeBackend();
  private final AtomicInteger allocations = new AtomicInteger();
  private final Backend backend = new DeferredBackend(networks);
  private final DeviceLane lane = new DeviceLane(backend, backend.devices().getFirst());
  private final DeviceMemory memory = lane.openMemory(8 * HALF_A_MIB);

  @AfterEach
  void close() {
    lane.settle();
    memory.close();
    lane.close();
    assertThat(NativeHandles.leaksSince(mark)).isEmpty();
  }

  private void write(int piece, int value) {
    lane.write(
        memory.buffer().slice((long) piece * HALF_A_MIB, HALF_A_MIB),
        bytes -> bytes.fill((byte) value));
  }

  private byte read(int piece) {
    var bytes = lane.read(memory.buffer().slice((long) piece * HALF_A_MIB, HALF_A_MIB));
    return bytes.get(ValueLayout.JAVA_BYTE, HALF_A_MIB - 1);
  }

  @Test
  void write_moreThanAStagingHoldsBeforeAnyIsDone_bringsEach() {
    for (int piece = 0; piece < 8; piece++) {
      write(piece, piece + 1);
    }

    for (int piece = 0; piece < 8; piece++) {
      assertThat(read(piece)).isEqualTo((byte) (piece + 1));
    }
  }

  @Test
  void write_afterWhatCameBeforeIsDone_takesTheSameStagingAgain() {
    for (int piece = 0; piece < 8; piece++) {
      write(piece, piece + 1);
    }
    lane.stream().synchronize();
    networks.onCall(allocations::incrementAndGet);

    for (int round = 0; round < 10; round++) {
      write(round % 8, round);
      lane.stream().synchronize();
    }

    assertThat(allocations).as("pieces of staging opened").hasValue(0);
  }

  @Test
  void write_largerThanAnyStaging_opensOneThatHoldsIt() {
    lane.write(memory.buffer(), bytes -> bytes.fill((byte) 9));

    assertThat(read(7)).isEqualTo((byte) 9);
  }

  @Test
  void dropStaging_thenWrite_bringsIt() {
    write(0, 1);
    lane.stream().synchronize();
    lane.dropStaging();
    write(0, 2);

    assertThat(read(0)).isEqualTo((byte) 2);
  }
}
