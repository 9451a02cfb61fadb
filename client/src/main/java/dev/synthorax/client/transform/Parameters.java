package dev.synthorax.client.transform;

import java.util.Map;

/** Reads a parameter map as it comes back from JSON. */
final class Parameters {
  private Parameters() {}

  static double number(Map<?, ?> parameters, String name) {
    return value(parameters, name).doubleValue();
  }

  static Number value(Map<?, ?> parameters, String name) {
    if (parameters.get(name) instanceof Number number) {
      return number;
    }
    throw new IllegalArgumentException(
        "transform: " + name + ": " + parameters.get(name) + " (expected: a number)");
  }
}
