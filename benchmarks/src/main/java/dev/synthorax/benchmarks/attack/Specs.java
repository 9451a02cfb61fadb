package dev.synthorax.benchmarks.attack;

import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.OutputFormat;

/** What the attacks ask for. */
final class Specs {
  private Specs() {}

  /** An image as people ask for it, with guidance. */
  static GenerationSpec usual(int steps) {
    return GenerationSpec.newBuilder()
        .setPrompt("large pleural effusion")
        .setSeed(7)
        .setNumInferenceSteps(steps)
        .build();
  }

  /** Images that cost the server least and weigh most. */
  static GenerationSpec cheapAndHeavy(int count) {
    return GenerationSpec.newBuilder()
        .setSeed(7)
        .setNumInferenceSteps(1)
        .setGuidanceScale(1)
        .setCount(count)
        .setOutputFormat(OutputFormat.OUTPUT_FORMAT_RAW_FLOAT32)
        .build();
  }
}
