package dev.synthorax.engine.cuda;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Modules and kernels on the fake driver, which sees what kernels must not do. */
@Tag("fake-gpu")
@SuppressWarnings("MustBeClosedChecker") // closed after each test
final class CudaModuleIT {

  /** Writes {@code value} to {@code count} numbers, and says that it writes {@code told} bytes. */
  private static final String SOURCE =
      """
      struct fill { long *to; long count; long value; long told; };
      void (*fakecu_touch_hook)(const void *, unsigned long, int);
      const unsigned fakecu_params_fill = sizeof(struct fill);
      void fakecu_launch_fill(unsigned gx, unsigned gy, unsigned gz,
                              unsigned bx, unsigned by, unsigned bz, void **parameters) {
        const struct fill *fill = parameters[0];
        fakecu_touch_hook(fill->to, (unsigned long) fill->told, 1);
        for (long i = 0; i < fill->count; i++) {
          fill->to[i] = fill->value * gx * gy * bx;
        }
      }
      """;

  private final FakeDriver fake = FakeDriver.load();
  private final Arena arena = Arena.ofConfined();
  private CudaDriver driver;
  private Device device;
  private DeviceMemory memory;
  private DeviceMemory staging;
  private DeviceStream stream;
  private CudaModule module;

  @BeforeEach
  void openAll() {
    fake.reset();
    driver = CudaDriver.open();
    device = driver.devices().getFirst();
    memory = driver.openMemory(device, 16);
    staging = driver.openStaging(device, 16);
    stream = driver.openStream(device);
    module = CudaModule.load(driver.context(device), fake.compile(SOURCE));
  }

  @AfterEach
  void closeAll() {
    stream.close();
    module.close();
    staging.close();
    memory.close();
    driver.close();
    arena.close();
    assertThat(fake.leaks()).isEmpty();
    fake.reset();
  }

  private void fill(DeviceStream on, long count, long value, long told) {
    MemorySegment parameter =
        arena.allocateFrom(JAVA_LONG, memory.buffer().address(), count, value, told);
    module.function("fill").launch(on, 2, 3, 4, parameter);
    parameter.fill((byte) 0); // was copied
  }

  @Test
  void launch_kernel_runsInTheStreamsOrderWithItsParameter() {
    fill(stream, 2, 7, 16);
    stream.copy(memory.buffer(), staging.buffer());
    stream.zero(memory.buffer());

    stream.synchronize();

    assertThat(staging.buffer().host().toArray(JAVA_LONG)).containsExactly(168, 168);
    assertThat(fake.violations()).isEmpty();
  }

  @Test
  void launch_recorded_runsAgain() {
    try (CudaDriver.Graph graph = driver.capture(stream, () -> fill(stream, 1, 1, 8))) {
      stream.zero(memory.buffer());
      graph.launch(stream);
      stream.copy(memory.buffer(), staging.buffer());
      stream.synchronize();

      assertThat(staging.buffer().host().toArray(JAVA_LONG)).containsExactly(24, 0);
    }
  }

  @Test
  void launch_beyondItsMemory_isReported() {
    fill(stream, 2, 1, 17);

    assertThat(fake.violations())
        .containsExactly("bounds: fill touches bytes 0 to 17 of allocation 1, which has 16");
  }

  @Test
  void launch_besideAnotherStream_isReported() {
    try (DeviceStream other = driver.openStream(device)) {
      stream.zero(memory.buffer());
      fill(other, 1, 1, 8);

      assertThat(fake.violations()).singleElement().asString().startsWith("race: ");
    }
  }

  @Test
  void close_moduleWithEnqueuedKernel_isReported() {
    fill(stream, 1, 1, 8);
    module.close();

    assertThat(fake.violations())
        .containsExactly("module: unloaded while a kernel of it is enqueued");
  }

  @Test
  void launch_afterClose_isRefused() {
    CudaFunction function = module.function("fill");
    module.close();

    assertThatThrownBy(() -> function.launch(stream, 1, 1, 1, arena.allocate(32)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("cuda.Module GPU 0 is closed");
  }

  @Test
  void launch_noGrid_isAFailureOfThatCallAlone() {
    CudaFunction function = module.function("fill");

    assertThatThrownBy(() -> function.launch(stream, 0, 1, 1, arena.allocate(32)))
        .isInstanceOfSatisfying(
            InferenceException.class,
            failure -> assertThat(failure.reason()).isEqualTo(ErrorReason.BACKEND_FAILURE))
        .hasMessage("GPU 0: CUDA_ERROR_INVALID_VALUE (1) from cuLaunchKernel");
    stream.synchronize();
  }

  @Test
  void function_unknownName_isAFailure() {
    assertThatThrownBy(() -> module.function("none"))
        .hasMessage("GPU 0: CUDA_ERROR_NOT_FOUND (500) from cuModuleGetFunction");
  }

  @Test
  void load_noModule_isAFailure() {
    assertThatThrownBy(() -> CudaModule.load(driver.context(device), new byte[64]).close())
        .hasMessage("GPU 0: CUDA_ERROR_INVALID_IMAGE (200) from cuModuleLoadData");
  }
}
