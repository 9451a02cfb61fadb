package dev.synthorax.nn;

import org.jspecify.annotations.Nullable;

/** Elementwise non-linear functions, named as in {@code config.json}. */
public enum Activation {
  /** {@code x * sigmoid(x)}; {@code swish} is the same function. */
  SILU("silu"),
  /** {@code x * Phi(x)} with the exact normal distribution function (erf), not the tanh form. */
  GELU("gelu"),
  /** {@code x * sigmoid(1.702 x)}, of CLIP. */
  QUICK_GELU("quick_gelu"),
  /** {@code max(x, 0)}. */
  RELU("relu"),
  /** {@code 1 / (1 + exp(-x))}. */
  SIGMOID("sigmoid");

  private final String configName;

  Activation(String configName) {
    this.configName = configName;
  }

  /** The name in {@code config.json}. */
  public String configName() {
    return configName;
  }

  /** The function of that name, or null; {@code swish} is {@link #SILU}. */
  static @Nullable Activation find(String name) {
    for (Activation activation : values()) {
      if (activation.configName.equals(name)) {
        return activation;
      }
    }
    return name.equals("swish") ? SILU : null;
  }
}
