package dev.synthorax.client.cli.option;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a seed: a whole number from 0 to 2^64 - 1. */
public final class UnsignedSeed implements ITypeConverter<Long> {
  @Override
  public Long convert(String value) {
    try {
      if (value.startsWith("+")) {
        throw new NumberFormatException(value);
      }
      return Long.parseUnsignedLong(value);
    } catch (NumberFormatException e) {
      throw new TypeConversionException(
          "'" + value + "' (expected: a whole number from 0 to 18446744073709551615)");
    }
  }
}
