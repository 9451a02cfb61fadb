package dev.synthorax.server.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.Precision;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a model's networks compute in. */
public enum PrecisionChoice {
  /** FP32 on a processor, FP16 on a graphics processor. */
  AUTO,
  /** Single precision. */
  FP32,
  /** Half precision. */
  FP16,
  /** The upper half of a single: FP32's range, 8 bits. */
  BF16;

  /** The precision on a device. */
  public Precision on(Device device) {
    return switch (this) {
      case AUTO ->
          switch (device.kind()) {
            case CPU -> Precision.FP32;
            case GPU -> Precision.FP16;
          };
      case FP32 -> Precision.FP32;
      case FP16 -> Precision.FP16;
      case BF16 -> Precision.BF16;
    };
  }

  /** From YAML: {@code auto}, {@code fp32}, {@code fp16} or {@code bf16}. */
  @JsonCreator
  static PrecisionChoice of(String name) {
    return Arrays.stream(values())
        .filter(value -> value.yaml().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "precision: %s (expected: %s)"
                        .formatted(
                            name,
                            Arrays.stream(values())
                                .map(PrecisionChoice::yaml)
                                .collect(Collectors.joining(", ")))));
  }

  /** To YAML. */
  @JsonValue
  String yaml() {
    return name().toLowerCase(Locale.ROOT);
  }
}
