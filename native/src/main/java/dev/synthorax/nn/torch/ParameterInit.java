package dev.synthorax.nn.torch;

import dev.synthorax.nn.Init;
import dev.synthorax.nn.ParameterSpec;
import java.util.SplittableRandom;

/**
 * First values of parameters. Each depends on the seed and the parameter's own name alone, so that
 * adding a layer changes no other.
 */
final class ParameterInit {

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private ParameterInit() {}

  static float[] values(ParameterSpec spec, long seed) {
    float[] values = new float[Math.toIntExact(spec.elements())];
    SplittableRandom random = new SplittableRandom(seed ^ hash(spec.name()));
    switch (spec.init()) {
      case Init.Constant constant -> java.util.Arrays.fill(values, (float) constant.value());
      case Init.Uniform uniform -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) ((2 * random.nextDouble() - 1) * uniform.bound());
        }
      }
      case Init.Normal normal -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (normal.standardDeviation() * gaussian(random));
        }
      }
    }
    return values;
  }

  /** Box and Muller's transform in strict arithmetic: the same on every machine. */
  private static double gaussian(SplittableRandom random) {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
    return radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
  }

  /** FNV-1a, 64 bits. */
  private static long hash(String name) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * FNV_PRIME;
    }
    return hash;
  }
}
