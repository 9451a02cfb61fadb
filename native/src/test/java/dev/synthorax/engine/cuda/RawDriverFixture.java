package dev.synthorax.engine.cuda;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The fake driver, called as it is: two streams and an allocation on one device. */
abstract class RawDriverFixture {
  static final long BYTES = 256;

  final FakeDriver fake = FakeDriver.load();
  final Arena arena = Arena.ofConfined();
  CudaLibrary library;
  long stream;
  long other;
  long memory; // allocation 1

  @BeforeEach
  void openDriver() {
    fake.reset();
    library = CudaLibrary.open();
    call(DriverCall.cuCtxSetCurrent, create(DriverCall.cuDevicePrimaryCtxRetain, 0));
    stream = create(DriverCall.cuStreamCreate, 1);
    other = create(DriverCall.cuStreamCreate, 1);
    memory = create(DriverCall.cuMemAlloc_v2, BYTES);
  }

  @AfterEach
  void forget() {
    fake.reset();
    arena.close();
  }

  final void fill(long on, long address) {
    call(DriverCall.cuMemsetD8Async, address, 0, BYTES, on);
  }

  final void copyToNew(long on) {
    long target = create(DriverCall.cuMemAlloc_v2, BYTES);
    call(DriverCall.cuMemcpyAsync, target, memory, BYTES, on);
  }

  final void free() {
    call(DriverCall.cuMemFree_v2, memory);
  }

  final void assertReported(String start) {
    assertThat(fake.violations()).anySatisfy(line -> assertThat(line).contains(start));
  }

  final long out() {
    return arena.allocate(JAVA_LONG).address();
  }

  final long create(DriverCall function, long... others) {
    return library.read(function, others);
  }

  final void call(DriverCall function, long first) {
    library.require(function, library.call(function, first));
  }

  final void call(DriverCall function, long first, long second) {
    library.require(function, library.call(function, first, second));
  }

  final void call(DriverCall function, long first, long second, long third) {
    library.require(function, library.call(function, first, second, third));
  }

  final void call(DriverCall function, long first, long second, long third, long fourth) {
    library.require(function, library.call(function, first, second, third, fourth));
  }
}
