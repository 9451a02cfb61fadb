package dev.synthorax.engine.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The fake driver sees wrong memory, handles and contexts: each mistake is made once, on purpose.
 */
@Tag("fake-gpu")
@SuppressWarnings("restricted") // native memory and functions, as the driver gives them
final class FakeDriverMemoryIT extends RawDriverFixture {

  @Test
  void calls_thatAreRight_areNotReported() {
    fill(stream, memory);
    call(DriverCall.cuStreamSynchronize, stream);
    free();
    call(DriverCall.cuStreamDestroy_v2, stream);
    call(DriverCall.cuStreamDestroy_v2, other);
    call(DriverCall.cuDevicePrimaryCtxRelease_v2, 0);

    assertThat(fake.violations()).isEmpty();
    assertThat(fake.leaks()).isEmpty();
  }

  @Test
  void free_twice_isReported() {
    free();
    library.call(DriverCall.cuMemFree_v2, memory);

    assertReported("double free: cuMemFree of allocation 1");
  }

  @Test
  void freeAsync_twice_isReported() {
    call(DriverCall.cuMemFreeAsync, memory, stream);
    library.call(DriverCall.cuMemFreeAsync, memory, stream);

    assertReported("double free: cuMemFreeAsync of allocation 1");
  }

  @Test
  void free_ofAnotherAddress_isReported() {
    library.call(DriverCall.cuMemFree_v2, memory + 8);

    assertReported("free: cuMemFree of what nobody allocated so");
  }

  @Test
  void free_pinnedAsDevice_isReported() {
    library.call(DriverCall.cuMemFree_v2, create(DriverCall.cuMemHostAlloc, BYTES, 0));

    assertReported("free: cuMemFree of what nobody allocated so");
  }

  @Test
  void leak_ofEachKind_isCounted() {
    create(DriverCall.cuMemHostAlloc, BYTES, 0);
    create(DriverCall.cuEventCreate, 2);

    assertThat(fake.leaks())
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).startsWith("context of GPU 0"),
            line -> assertThat(line).startsWith("stream"),
            line -> assertThat(line).startsWith("stream"),
            line -> assertThat(line).startsWith("event"),
            line -> assertThat(line).startsWith("allocation 1, 256 bytes"),
            line -> assertThat(line).startsWith("pinned allocation 2, 256 bytes"));
  }

  @Test
  void free_whileEnqueuedWorkUsesIt_isUseAfterFree() {
    fill(stream, memory);
    free();

    assertReported("use after free: cuMemsetD8Async touches allocation 1");
  }

  @Test
  void work_afterFreeAsync_isUseAfterFree() {
    call(DriverCall.cuMemFreeAsync, memory, stream);
    fill(stream, memory);

    assertReported("use after free: cuMemsetD8Async touches allocation 1");
  }

  @Test
  void copy_beyondTheEnd_isReported() {
    long target = create(DriverCall.cuMemAlloc_v2, 2 * BYTES);
    call(DriverCall.cuMemcpyAsync, target, memory, BYTES + 1, stream);

    assertReported("bounds: cuMemcpyAsync touches bytes 0 to 257 of allocation 1, which has 256");
  }

  @Test
  void fill_beforeTheStart_isReported() {
    call(DriverCall.cuMemsetD8Async, memory - 1, 0, 2, stream);

    assertReported("bounds: cuMemsetD8Async touches bytes -1 to 1 of allocation 1");
  }

  @Test
  void hostFunction_thatWritesBesideItsMemory_isReportedWhereThatIsFreed() {
    MemorySegment.ofAddress(memory + BYTES).reinterpret(1).fill((byte) 0);
    free();

    assertReported("bounds: bytes beside allocation 1 were written");
  }

  @Test
  void work_onADestroyedStream_isReported() {
    call(DriverCall.cuStreamDestroy_v2, stream);
    library.call(DriverCall.cuMemsetD8Async, memory, 0, BYTES, stream);

    assertReported("use after destroy: stream");
  }

  @Test
  void record_aDestroyedEvent_isReported() {
    long event = create(DriverCall.cuEventCreate, 2);
    call(DriverCall.cuEventDestroy_v2, event);
    library.call(DriverCall.cuEventRecord, event, stream);

    assertReported("use after destroy: event");
  }

  @Test
  void handle_ofAnotherKind_isReported() {
    library.call(DriverCall.cuEventSynchronize, stream);

    assertReported("is no event");
  }

  @Test
  void memory_justAllocated_isNotZero() {
    MemorySegment bytes = MemorySegment.ofAddress(memory).reinterpret(BYTES);

    assertThat(bytes.get(JAVA_BYTE, 9)).isNotZero();
  }

  @Test
  void work_underAnotherContext_isReported() {
    fake.setDevices(2);
    call(DriverCall.cuCtxSetCurrent, create(DriverCall.cuDevicePrimaryCtxRetain, 1));
    library.call(DriverCall.cuMemsetD8Async, memory, 0, BYTES, stream);

    assertReported("context: cuMemsetD8Async for a stream of GPU 0 under that of GPU 1");
  }

  @Test
  void work_onMemoryOfAnotherDevice_isReported() {
    fake.setDevices(2);
    call(DriverCall.cuCtxSetCurrent, create(DriverCall.cuDevicePrimaryCtxRetain, 1));
    fill(create(DriverCall.cuStreamCreate, 1), memory);

    assertReported("device: cuMemsetD8Async on GPU 1 touches allocation 1 of GPU 0");
  }

  @Test
  void call_withoutAContext_isReported() {
    call(DriverCall.cuCtxSetCurrent, 0);
    library.call(DriverCall.cuStreamSynchronize, stream);

    assertReported("context: cuStreamSynchronize without a current one");
  }

  @Test
  void context_releasedTwice_isReported() {
    call(DriverCall.cuDevicePrimaryCtxRelease_v2, 0);
    library.call(DriverCall.cuDevicePrimaryCtxRelease_v2, 0);

    assertReported("context: of GPU 0 is released more often than retained");
  }

  @Test
  void stream_thatWaitsForTheDefaultOne_isReported() {
    create(DriverCall.cuStreamCreate, 0);

    assertReported("stream: flags 0");
  }

  @Test
  void fill_ofBytesThatNobodyAllocated_isReportedAndNotDone() {
    fill(stream, 64);

    assertReported("bounds: cuMemsetD8Async touches 256 bytes that nobody allocated");
  }

  @Test
  void record_anEventOfAnotherDevice_isReported() {
    fake.setDevices(2);
    call(DriverCall.cuCtxSetCurrent, create(DriverCall.cuDevicePrimaryCtxRetain, 1));
    library.call(DriverCall.cuEventRecord, create(DriverCall.cuEventCreate, 2), stream);

    assertReported("device: event of GPU 1 is recorded on GPU 0");
  }

  @Test
  void context_madeCurrentAfterItsRelease_isReported() {
    long context = create(DriverCall.cuDevicePrimaryCtxRetain, 0);
    call(DriverCall.cuDevicePrimaryCtxRelease_v2, 0);
    call(DriverCall.cuDevicePrimaryCtxRelease_v2, 0);
    library.call(DriverCall.cuCtxSetCurrent, context);

    assertReported("is none, or released");
  }

  @Test
  void attribute_thatTheFakeDoesNotKnow_isReported() {
    library.call(DriverCall.cuDeviceGetAttribute, arena.allocate(8).address(), 9999, 0);

    assertReported("attribute: 9999 is asked for");
  }

  @Test
  void launch_ofAnUnloadedModule_isReported() {
    byte[] code =
        fake.compile("const unsigned fakecu_params_rest = 8; void fakecu_launch_rest(void) {}");
    long image = arena.allocateFrom(JAVA_BYTE, code).address();
    long module = create(DriverCall.cuModuleLoadData, image);
    long function =
        create(DriverCall.cuModuleGetFunction, module, arena.allocateFrom("rest").address());
    call(DriverCall.cuModuleUnload, module);
    library.launch(function, 1, 1, 1, stream, arena.allocate(8).address());

    assertReported("module: rest is launched on GPU 0 (unloaded, or of another)");
  }
}
