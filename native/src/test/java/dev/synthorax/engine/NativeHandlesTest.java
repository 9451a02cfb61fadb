package dev.synthorax.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NativeHandlesTest {

  @Test
  void register_untilClosed_isCountedAndNamedWithItsSite() {
    long mark = NativeHandles.mark();
    NativeHandles.Handle handle = NativeHandles.register("test.Owner", "first");

    var counted = NativeHandles.live().get("test.Owner");
    var leaks = NativeHandles.leaksSince(mark);
    handle.close();

    assertThat(counted).isEqualTo(1);
    assertThat(leaks).hasSize(1);
    assertThat(leaks.getFirst())
        .startsWith("LEAK: test.Owner first opened at ")
        .contains("NativeHandlesTest.register_untilClosed_isCountedAndNamedWithItsSite");
    assertThat(NativeHandles.live()).doesNotContainKey("test.Owner");
    assertThat(NativeHandles.leaksSince(mark)).isEmpty();
  }

  @Test
  void close_twice_onlyTheFirstFrees() {
    NativeHandles.Handle handle = NativeHandles.register("test.Owner", "twice");

    boolean first = handle.close();
    boolean second = handle.close();

    assertThat(first).isTrue();
    assertThat(second).isFalse();
  }

  @Test
  void requireOpen_afterClose_namesTheOwner() {
    NativeHandles.Handle handle = NativeHandles.register("test.Owner", "late");
    handle.requireOpen();
    handle.close();

    assertThatThrownBy(handle::requireOpen)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("test.Owner late is closed");
  }

  @Test
  void leaksSince_ownerFromBefore_isNotListed() {
    NativeHandles.Handle before = NativeHandles.register("test.Owner", "before");
    long mark = NativeHandles.mark();

    var leaks = NativeHandles.leaksSince(mark);
    before.close();

    assertThat(leaks).isEmpty();
  }
}
