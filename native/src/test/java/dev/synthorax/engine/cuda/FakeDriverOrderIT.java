package dev.synthorax.engine.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The fake driver sees what is not ordered: each mistake is made once, on purpose. */
@Tag("fake-gpu")
@SuppressWarnings("restricted") // native memory and functions, as the driver gives them
final class FakeDriverOrderIT extends RawDriverFixture {

  @Test
  void free_ofWorkThatTheHostDoesNotKnowDone_isARace() {
    fill(stream, memory);
    fake.drain();
    free();

    assertReported("race: ");
  }

  @Test
  void write_besideAWriteOfAnotherStream_isARace() {
    fill(stream, memory);
    fill(other, memory);

    assertReported("race: ");
  }

  @Test
  void read_besideAWriteOfAnotherStream_isARace() {
    fill(stream, memory);
    copyToNew(other);

    assertReported("race: ");
  }

  @Test
  void write_besideAReadOfAnotherStream_isARace() {
    copyToNew(stream);
    fill(other, memory);

    assertReported("race: ");
  }

  @Test
  void read_besideAPartOfAWriteThatWasWrittenOver_isARace() {
    fill(stream, memory);
    call(DriverCall.cuMemsetD8Async, memory + 64, 1, 64, stream);
    long event = create(DriverCall.cuEventCreate, 2);
    call(DriverCall.cuMemcpyAsync, create(DriverCall.cuMemAlloc_v2, 64), memory + 192, 64, other);

    assertThat(event).isNotZero();
    assertReported("race: ");
  }

  @Test
  void reads_ofTwoStreams_areNoRace() {
    copyToNew(stream);
    copyToNew(other);

    assertThat(fake.violations()).isEmpty();
  }

  @Test
  void writes_ofTwoStreamsSideBySide_areNoRace() {
    call(DriverCall.cuMemsetD8Async, memory, 0, BYTES / 2, stream);
    call(DriverCall.cuMemsetD8Async, memory + BYTES / 2, 0, BYTES / 2, other);

    assertThat(fake.violations()).isEmpty();
  }

  @Test
  void write_afterAnEventOfTheOtherStream_isNoRace() {
    long event = create(DriverCall.cuEventCreate, 2);
    fill(stream, memory);
    call(DriverCall.cuEventRecord, event, stream);
    call(DriverCall.cuStreamWaitEvent, other, event, 0);
    fill(other, memory);

    assertThat(fake.violations()).isEmpty();
  }

  @Test
  void write_afterAnEventRecordedTooEarly_isARace() {
    long event = create(DriverCall.cuEventCreate, 2);
    call(DriverCall.cuEventRecord, event, stream);
    fill(stream, memory);
    call(DriverCall.cuStreamWaitEvent, other, event, 0);
    fill(other, memory);

    assertReported("race: ");
  }

  @Test
  void use_ofPoolMemoryOnAnotherStream_isARace() {
    fill(other, create(DriverCall.cuMemAllocAsync, BYTES, stream));

    assertReported(
        "race: cuMemsetD8Async writes bytes of allocation 2 that cuMemAllocAsync writes");
  }

  @Test
  void hostRead_beforeTheStreamIsDone_seesWhatWasThere() {
    MemorySegment pinned =
        MemorySegment.ofAddress(create(DriverCall.cuMemHostAlloc, BYTES, 0)).reinterpret(BYTES);
    pinned.fill((byte) 7);
    fill(stream, memory);
    call(DriverCall.cuMemcpyAsync, pinned.address(), memory, BYTES, stream);
    byte early = pinned.get(JAVA_BYTE, 0);
    call(DriverCall.cuStreamSynchronize, stream);

    assertThat(early).isEqualTo((byte) 7);
    assertThat(pinned.get(JAVA_BYTE, 0)).isZero();
  }

  @Test
  void hostFunction_thatCallsTheDriver_isReported() throws ReflectiveOperationException {
    enqueueHost("callDriver");

    assertReported("host function: calls cuStreamSynchronize");
  }

  @Test
  void hostFunction_declaredToReadWhatAnotherStreamWrites_isARace()
      throws ReflectiveOperationException {
    fill(other, memory);
    fake.call("fakecu_declare", stream, memory, BYTES, 0);
    enqueueHost("doNothing");

    assertReported("race: ");
  }

  @Test
  void kernelsRange_touchedOutsideOfAKernel_isReported() {
    fake.call("fakecu_touch", memory, BYTES, 1);

    assertReported("touch: outside of a kernel");
  }

  @Test
  void recording_thatWaits_isBroken() {
    call(DriverCall.cuStreamBeginCapture_v2, stream, 1);
    int waited = library.call(DriverCall.cuStreamSynchronize, other);
    int ended = library.call(DriverCall.cuStreamEndCapture, stream, out());

    assertThat(waited).isEqualTo(900);
    assertThat(ended).isEqualTo(901);
  }

  @Test
  void recording_ofAllThreads_isReported() {
    library.call(DriverCall.cuStreamBeginCapture_v2, stream, 0);

    assertReported("recording: of no stream, twice, or not of one thread alone");
  }

  @Test
  void replay_ofMemoryThatWasFreed_isUseAfterFree() {
    call(DriverCall.cuStreamBeginCapture_v2, stream, 1);
    fill(stream, memory);
    long out = out();
    call(DriverCall.cuStreamEndCapture, stream, out);
    long graph = MemorySegment.ofAddress(out).reinterpret(8).get(JAVA_LONG, 0);
    long instance = create(DriverCall.cuGraphInstantiateWithFlags, graph, 0);
    free();
    call(DriverCall.cuGraphLaunch, instance, stream);

    assertReported("use after free: cuMemsetD8Async touches allocation 1");
  }

  @SuppressWarnings("unused") // by its name
  private static void doNothing(MemorySegment data) {
    assertThat(data.address()).isZero();
  }

  @SuppressWarnings("unused") // by its name
  private static void callDriver(MemorySegment data) {
    assertThat(FakeDriver.load().call("cuStreamSynchronize", data.address())).isEqualTo(800);
  }

  /** Enqueues one of the two methods above. */
  private void enqueueHost(String method) throws ReflectiveOperationException {
    MemorySegment stub =
        Linker.nativeLinker()
            .upcallStub(
                MethodHandles.lookup()
                    .findStatic(
                        FakeDriverOrderIT.class,
                        method,
                        MethodType.methodType(void.class, MemorySegment.class)),
                FunctionDescriptor.ofVoid(ADDRESS),
                arena);
    assertThat(fake.call("cuLaunchHostFunc", stream, stub, 0L)).isZero();
    fake.drain();
  }
}
