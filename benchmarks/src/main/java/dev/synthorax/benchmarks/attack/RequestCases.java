package dev.synthorax.benchmarks.attack;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.NoiseScheduler;
import dev.synthorax.proto.v1.OutputFormat;
import dev.synthorax.proto.v1.Priority;
import dev.synthorax.proto.v1.StructureMask;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Twenty requests that together use every field which decides a pixel. */
final class RequestCases {
  private static final int LATENTS = 4 * 16 * 16;

  private RequestCases() {}

  /** By name, in order. */
  static Map<String, GenerationSpec> all() throws IOException {
    ByteString small = MaskFiles.bits(128);
    ByteString large = MaskFiles.bits(513);
    ByteString deep = MaskFiles.deepColour(96);
    var all = new LinkedHashMap<String, GenerationSpec>();
    all.put("text", text(1).build());
    all.put("no text", base(2).build());
    all.put("negative prompt", text(3).setNegativePrompt("cardiomegaly").build());
    all.put("one mask", mask(base(4), "lungs", small).build());
    all.put("text and mask", mask(text(5), "heart", large).build());
    all.put("two masks", mask(mask(text(6), "lungs", small), "pneumothorax", deep).build());
    all.put("no guidance", text(7).setGuidanceScale(1).build());
    all.put("mask without guidance", mask(base(8), "lungs", deep).setGuidanceScale(0).build());
    all.put("guidance 7.5", text(9).setGuidanceScale(7.5f).build());
    all.put("DDIM", text(10).setNoiseScheduler(NoiseScheduler.NOISE_SCHEDULER_DDIM).build());
    all.put("Euler", text(11).setNoiseScheduler(NoiseScheduler.NOISE_SCHEDULER_EULER).build());
    all.put(
        "DPM-Solver++ 2M, 11 steps",
        text(12)
            .setNoiseScheduler(NoiseScheduler.NOISE_SCHEDULER_DPM_SOLVER_PP_2M)
            .setNumInferenceSteps(11)
            .build());
    all.put("one step", text(13).setNumInferenceSteps(1).build());
    all.put("default steps", text(14).clearNumInferenceSteps().build());
    all.put("five images", text(15).setCount(5).build());
    all.put("given latents", text(16).setInitialLatents(latents(2)).setCount(2).build());
    all.put("16 bits", text(17).setOutputFormat(OutputFormat.OUTPUT_FORMAT_PNG_GRAY16).build());
    all.put("raw bytes", text(18).setOutputFormat(OutputFormat.OUTPUT_FORMAT_RAW_GRAY8).build());
    all.put(
        "raw floats, high priority",
        text(19)
            .setOutputFormat(OutputFormat.OUTPUT_FORMAT_RAW_FLOAT32)
            .setPriority(Priority.PRIORITY_HIGH)
            .build());
    all.put(
        "greatest seed, low priority",
        text(20).setSeed(-2).setPriority(Priority.PRIORITY_LOW).setCount(2).build());
    return all;
  }

  private static GenerationSpec.Builder base(long seed) {
    return GenerationSpec.newBuilder().setSeed(seed).setNumInferenceSteps(6);
  }

  private static GenerationSpec.Builder text(long seed) {
    return base(seed).setPrompt("chest x-ray with large left pleural effusion and cardiomegaly");
  }

  private static GenerationSpec.Builder mask(
      GenerationSpec.Builder spec, String structure, ByteString png) {
    return spec.addMasks(StructureMask.newBuilder().setStructure(structure).setPng(png));
  }

  private static ByteString latents(int count) {
    var random = new Random(count);
    var bytes = ByteBuffer.allocate(count * LATENTS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count * LATENTS; i++) {
      bytes.putFloat((float) random.nextGaussian());
    }
    return ByteString.copyFrom(bytes.flip());
  }
}
