package dev.synthorax.client.generation;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.Png;
import dev.synthorax.proto.v1.EffectiveSettings;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.ImageTimings;
import dev.synthorax.proto.v1.NoiseScheduler;
import dev.synthorax.proto.v1.StructureMask;
import java.util.List;

/** Finished images without a server. Their pixels are words: nothing here decodes them. */
public final class RunsForTests {
  private static final EffectiveSettings SETTINGS =
      EffectiveSettings.newBuilder()
          .setModel("fake-cxr")
          .setModelVersion("0123456789abcdef")
          .setNumInferenceSteps(20)
          .setGuidanceScale(4.5f)
          .setNoiseScheduler(NoiseScheduler.NOISE_SCHEDULER_DPM_SOLVER_PP_2M)
          .build();

  private RunsForTests() {}

  /** Returns an image made from text. */
  public static MadeImage text(String id, long seed) {
    return image(
        id,
        GenerationSpec.newBuilder()
            .setPrompt("large pleural effusion")
            .setNegativePrompt("cardiomegaly")
            .setSeed(seed)
            .build(),
        seed);
  }

  /** Returns an image made from two masks, and from {@code prompt} where it is not empty. */
  public static MadeImage masked(String id, String prompt) {
    GenerationSpec request =
        GenerationSpec.newBuilder()
            .setPrompt(prompt)
            .setSeed(3)
            .addMasks(mask("lungs", "lung mask"))
            .addMasks(mask("heart", "heart mask"))
            .build();
    return image(id, request, 3);
  }

  /** Returns an image under a real mask: a square in the middle of 8 x 8 pixels. */
  public static MadeImage squareMask(String id, String prompt, String structure) {
    byte[] cells = new byte[64];
    for (int i = 0; i < 64; i++) {
      cells[i] = (byte) (i % 8 >= 2 && i % 8 < 6 && i / 8 >= 2 && i / 8 < 6 ? 1 : 0);
    }
    ByteString png = ByteString.copyFrom(Png.encode(BinaryMask.of(8, 8, cells).toImage()));
    return image(
        id,
        GenerationSpec.newBuilder()
            .setPrompt(prompt)
            .setSeed(5)
            .addMasks(StructureMask.newBuilder().setStructure(structure).setPng(png))
            .build(),
        5);
  }

  private static StructureMask mask(String structure, String content) {
    return StructureMask.newBuilder()
        .setStructure(structure)
        .setPng(ByteString.copyFromUtf8(content))
        .build();
  }

  private static MadeImage image(String id, GenerationSpec request, long seed) {
    return new MadeImage(
        id,
        id,
        request,
        SETTINGS,
        seed,
        8,
        8,
        ByteString.copyFromUtf8("pixels of " + id),
        ImageTimings.newBuilder()
            .setQueued(millis(10))
            .setDenoising(millis(480))
            .setDecoding(millis(10))
            .build(),
        List.of(),
        null);
  }

  private static Duration millis(int millis) {
    return Duration.newBuilder().setNanos(millis * 1_000_000).build();
  }
}
