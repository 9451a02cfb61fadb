package dev.synthorax.engine.tensorrt;

import org.jspecify.annotations.Nullable;

/**
 * How plans are compiled; part of every plan's key.
 *
 * @param optimizationLevel TensorRT's, 0 (fast to compile) to 5 (fast to run)
 * @param workspaceBytes most that a layer may use beside its tensors
 */
record BuilderSettings(int optimizationLevel, long workspaceBytes) {

  /** Moves whenever this package compiles other plans from the same graph and settings. */
  static final int REVISION = 1;

  /** System property with another optimization level, for a host where time is short. */
  static final String LEVEL_PROPERTY = "dev.synthorax.tensorrt.level";

  static final BuilderSettings DEFAULT = new BuilderSettings(3, 4L << 30);

  private static final int HIGHEST_LEVEL = 5;

  /** Least that compiling is tried with. */
  private static final long LEAST_WORKSPACE_BYTES = 64L << 20;

  BuilderSettings {
    if (optimizationLevel < 0 || optimizationLevel > HIGHEST_LEVEL) {
      throw new IllegalArgumentException(
          "optimizationLevel: " + optimizationLevel + " (expected: 0 to " + HIGHEST_LEVEL + ")");
    }
  }

  /**
   * The default with the level that the property names.
   *
   * @param level null: none is named
   * @throws IllegalArgumentException if it is no level
   */
  static BuilderSettings of(@Nullable String level) {
    if (level == null) {
      return DEFAULT;
    }
    if (!level.matches("[0-" + HIGHEST_LEVEL + "]")) {
      throw new IllegalArgumentException(
          "%s: %s (expected: 0 to %d)".formatted(LEVEL_PROPERTY, level, HIGHEST_LEVEL));
    }
    return new BuilderSettings(Integer.parseInt(level), DEFAULT.workspaceBytes);
  }

  /**
   * What compiling may use on a device as it is now: half of what is free, since the plan's weights
   * and the tensors of the layer that is measured want room too.
   */
  long workspaceBytes(long freeBytes) {
    return Math.clamp(freeBytes / 2, LEAST_WORKSPACE_BYTES, workspaceBytes);
  }

  /** All of it, for keys. */
  String text() {
    return "level %d, workspace %d, one stream, no TF32, revision %d"
        .formatted(optimizationLevel, workspaceBytes, REVISION);
  }
}
