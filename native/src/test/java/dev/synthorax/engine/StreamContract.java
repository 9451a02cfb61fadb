package dev.synthorax.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** What every backend promises of memory, streams and fences. */
@SuppressWarnings("MustBeClosedChecker") // where nothing opens
abstract class StreamContract extends BackendFixture {

  @Test
  void openMemory_anySize_isAlignedZeroedAndOfTheDevice() {
    try (DeviceMemory memory = backend.openMemory(device, 100)) {
      DeviceBuffer buffer = memory.buffer();

      assertThat(buffer.byteSize()).isEqualTo(100);
      assertThat(buffer.device()).isEqualTo(device);
      assertThat(buffer.address() % 64).isZero();
      assertThat(bytes(buffer)).containsOnly(0).hasSize(100);
    }
  }

  @Test
  void openStaging_always_isHostMemory() {
    try (DeviceMemory staging = backend.openStaging(device, 8)) {
      assertThat(staging.buffer().isHost()).isTrue();
      assertThat(staging.buffer().host().byteSize()).isEqualTo(8);
      assertThat(staging.buffer().host().getAtIndex(ValueLayout.JAVA_LONG, 0)).isZero();
    }
  }

  @Test
  void host_memoryOfTheDevice_isGivenOnlyWhereTheProcessorReachesIt() {
    try (DeviceMemory memory = backend.openMemory(device, 8)) {
      if (memory.buffer().isHost()) {
        assertThat(memory.buffer().host().byteSize()).isEqualTo(8);
      } else {
        assertThatThrownBy(() -> memory.buffer().host())
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("memory of " + device.name() + " (expected: host memory");
      }
    }
  }

  @Test
  void slice_ofMemory_sharesItsBytesAndStaysWithin() {
    try (DeviceMemory memory = backend.openMemory(device, 16)) {
      DeviceBuffer second = memory.buffer().slice(8, 8);

      write(second.slice(4, 4), 3.5f);

      assertThat(second.address()).isEqualTo(memory.buffer().address() + 8);
      assertThat(floats(memory.buffer())).containsExactly(0, 0, 0, 3.5f);
      assertThatThrownBy(() -> second.slice(4, 8)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> second.slice(-4, 4)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void copy_otherSize_isRefused() {
    try (DeviceMemory small = backend.openMemory(device, 8);
        DeviceMemory large = backend.openMemory(device, 16)) {
      assertThatThrownBy(() -> stream.copy(small.buffer(), large.buffer()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("to: 16 bytes (expected: 8, as from)");
    }
  }

  @Test
  void enqueued_severalPieces_runInTheirOrder() {
    try (DeviceMemory staging = backend.openStaging(device, 16);
        DeviceMemory memory = backend.openMemory(device, 8)) {
      DeviceBuffer first = staging.buffer().slice(0, 8);
      DeviceBuffer last = staging.buffer().slice(8, 8);
      first.host().setAtIndex(ValueLayout.JAVA_LONG, 0, 11);

      stream.copy(first, memory.buffer());
      stream.copy(memory.buffer(), last);
      stream.zero(memory.buffer());
      stream.copy(memory.buffer(), first);
      stream.synchronize();

      assertThat(last.host().getAtIndex(ValueLayout.JAVA_LONG, 0)).isEqualTo(11);
      assertThat(first.host().getAtIndex(ValueLayout.JAVA_LONG, 0)).isZero();
    }
  }

  @Test
  void fence_awaited_meansThatTheWorkBeforeItIsDone() {
    try (DeviceMemory staging = backend.openStaging(device, 8);
        DeviceMemory memory = backend.openMemory(device, 8);
        DeviceFence fence = backend.openFence(device)) {
      writeLongs(memory.buffer(), 5L);
      stream.copy(memory.buffer(), staging.buffer());
      stream.record(fence);

      fence.await();

      assertThat(fence.passed()).isTrue();
      assertThat(staging.buffer().host().getAtIndex(ValueLayout.JAVA_LONG, 0)).isEqualTo(5);
    }
  }

  @Test
  void fence_recordedAgain_standsForTheLastMark() {
    try (DeviceMemory staging = backend.openStaging(device, 8);
        DeviceMemory memory = backend.openMemory(device, 8);
        DeviceFence fence = backend.openFence(device)) {
      stream.record(fence);
      fence.await();
      staging.buffer().host().setAtIndex(ValueLayout.JAVA_LONG, 0, 9);
      stream.copy(staging.buffer(), memory.buffer());
      stream.zero(staging.buffer());
      stream.record(fence);

      fence.await();

      assertThat(staging.buffer().host().getAtIndex(ValueLayout.JAVA_LONG, 0)).isZero();
      assertThat(longs(memory.buffer())).containsExactly(9);
    }
  }

  @Test
  void fence_neverRecorded_holdsNothingBack() {
    try (DeviceFence fence = backend.openFence(device)) {
      stream.waitFor(fence);
      stream.synchronize();
      fence.await();

      assertThat(fence.passed()).isTrue();
    }
  }

  @Test
  void waitFor_workOfAnotherStream_comesAfterIt() {
    try (DeviceStream other = backend.openStream(device);
        DeviceFence fence = backend.openFence(device);
        DeviceMemory staging = backend.openStaging(device, 16);
        DeviceMemory memory = backend.openMemory(device, 8)) {
      DeviceBuffer from = staging.buffer().slice(0, 8);
      DeviceBuffer to = staging.buffer().slice(8, 8);
      from.host().setAtIndex(ValueLayout.JAVA_LONG, 0, 42);

      stream.copy(from, memory.buffer());
      stream.record(fence);
      other.waitFor(fence);
      other.copy(memory.buffer(), to);
      other.synchronize();

      assertThat(to.host().getAtIndex(ValueLayout.JAVA_LONG, 0)).isEqualTo(42);
    }
  }

  @Test
  void close_stream_runsWhatIsEnqueued() {
    try (DeviceMemory staging = backend.openStaging(device, 8)) {
      staging.buffer().host().setAtIndex(ValueLayout.JAVA_LONG, 0, 1);
      DeviceStream other = backend.openStream(device);
      other.zero(staging.buffer());

      other.close();

      assertThat(staging.buffer().host().getAtIndex(ValueLayout.JAVA_LONG, 0)).isZero();
    }
  }

  @Test
  void stream_afterClose_refusesEveryCall() {
    DeviceStream closed = backend.openStream(device);
    try (DeviceMemory memory = backend.openMemory(device, 8);
        DeviceFence fence = backend.openFence(device)) {
      closed.close();
      closed.close();

      assertClosed(closed::device);
      assertClosed(() -> closed.copy(memory.buffer(), memory.buffer()));
      assertClosed(() -> closed.zero(memory.buffer()));
      assertClosed(() -> closed.record(fence));
      assertClosed(() -> closed.waitFor(fence));
      assertClosed(closed::synchronize);
    }
  }

  @Test
  void fence_afterClose_refusesEveryCall() {
    DeviceFence closed = backend.openFence(device);
    closed.close();
    closed.close();

    assertClosed(closed::passed);
    assertClosed(closed::await);
    assertClosed(() -> stream.record(closed));
    assertClosed(() -> stream.waitFor(closed));
  }

  @Test
  void memory_afterClose_refusesEveryUseOfItsBytes() {
    try (DeviceMemory open = backend.openMemory(device, 8)) {
      DeviceMemory closed = backend.openMemory(device, 8);
      DeviceBuffer buffer = closed.buffer();
      DeviceBuffer slice = buffer.slice(0, 8);
      closed.close();
      closed.close();

      assertClosed(closed::buffer);
      assertClosed(buffer::address);
      assertClosed(buffer::host);
      assertClosed(() -> buffer.slice(0, 4));
      assertClosed(() -> stream.zero(slice));
      assertClosed(() -> stream.copy(slice, open.buffer()));
      assertClosed(() -> stream.copy(open.buffer(), slice));
    }
  }

  @Test
  void open_onAnotherDevice_isRefused() {
    var other = new Device(Device.Kind.GPU, 77, "none");

    assertThatThrownBy(() -> backend.openStream(other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("device: GPU 77 (expected: one of [" + device.name() + "])");
    assertThatThrownBy(() -> backend.openFence(other)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> backend.openMemory(other, 8))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> backend.openStaging(other, 8))
        .isInstanceOf(IllegalArgumentException.class);
  }

  static void assertClosed(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageEndingWith("is closed");
  }
}
