package dev.synthorax.client.cli.option;

import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.TypeConversionException;

/** Constants by the names that options give them: {@code TWO_SIDED} is {@code two-sided}. */
public final class KebabNames {
  private KebabNames() {}

  /** Returns the name that options give a constant. */
  public static String of(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Returns the constant called {@code text}.
   *
   * @throws TypeConversionException if there is none; the message lists them
   */
  public static <E extends Enum<E>> E find(E[] values, String text) {
    for (E value : values) {
      if (of(value).equals(text)) {
        return value;
      }
    }
    throw new TypeConversionException(
        "'"
            + text
            + "' (expected: "
            + String.join(", ", Arrays.stream(values).map(KebabNames::of).toList())
            + ")");
  }
}
