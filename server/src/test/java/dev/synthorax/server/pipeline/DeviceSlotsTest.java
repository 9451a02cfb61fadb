package dev.synthorax.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many slots a device is said to have. */
final class DeviceSlotsTest {
  /** Latents with history, two texts and a mask, each on its own cache lines. */
  private static final long SLOT_BYTES = 256 + 2 * 128 + 2048;

  @TempDir private Path folder;
  private final long mark = NativeHandles.mark();
  private final FakeBackend networks = new FakeBackend();
  private final DeferredBackend backend = new DeferredBackend(networks);

  @BeforeEach
  void write() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML);
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(networks.open()).isZero();
    assertThat(NativeHandles.leaksSince(mark)).isEmpty();
  }

  private int slots() {
    try (var pipeline = FakePipelines.loader(backend).load("squares", folder, _ -> {})) {
      return pipeline.instances().getFirst().executor().slots();
    }
  }

  @Test
  void slots_muchMemory_areAsManyAsMayBeQueued() {
    assertThat(slots()).isEqualTo(40);
  }

  @Test
  void slots_littleMemory_areAQuarterOfIt() {
    backend.free(4 * 11 * SLOT_BYTES + 4 * SLOT_BYTES - 1);

    assertThat(slots()).isEqualTo(11);
  }

  @Test
  void load_noRoomForABatch_isRefusedInOneSentence() {
    backend.free(4 * 7 * SLOT_BYTES);

    assertThatThrownBy(this::slots)
        .isInstanceOfSatisfying(
            InferenceException.class,
            refused -> assertThat(refused.reason()).isEqualTo(ErrorReason.OUT_OF_MEMORY))
        .hasMessage(
            "GPU 0: 0 MiB are free (expected: at least 1 MiB, for 8 images under way beside the"
                + " networks; free some, or lower row-counts)");
  }
}
