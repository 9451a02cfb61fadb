package dev.synthorax.client.cli.metrics;

import dev.synthorax.client.cli.option.KebabNames;
import dev.synthorax.client.metrics.EmptyPolicy;
import dev.synthorax.client.metrics.PixelSpacing;
import dev.synthorax.client.metrics.SurfaceConvention;
import dev.synthorax.client.metrics.ZeroDivision;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the values of the metrics options, such as {@code edge-pixels}. */
final class MetricsOptionNames {
  private MetricsOptionNames() {}

  static final class OfEmptyPolicy implements ITypeConverter<EmptyPolicy> {
    @Override
    public EmptyPolicy convert(String text) {
      return KebabNames.find(EmptyPolicy.values(), text);
    }
  }

  static final class OfConvention implements ITypeConverter<SurfaceConvention> {
    @Override
    public SurfaceConvention convert(String text) {
      return KebabNames.find(SurfaceConvention.values(), text);
    }
  }

  static final class OfZeroDivision implements ITypeConverter<ZeroDivision> {
    @Override
    public ZeroDivision convert(String text) {
      return KebabNames.find(ZeroDivision.values(), text);
    }
  }

  static final class OfSpacing implements ITypeConverter<PixelSpacing> {
    @Override
    public PixelSpacing convert(String text) {
      String[] parts = text.split(",", -1);
      try {
        if (parts.length == 2) {
          return new PixelSpacing(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]));
        }
      } catch (IllegalArgumentException _) {
        // said below, with the text as it was typed
      }
      throw new TypeConversionException(
          "'" + text + "' (expected: row,column, two numbers above 0, such as 0.7,0.7)");
    }
  }
}
