package dev.synthorax.client.cli;

import dev.synthorax.client.stats.Adjustment;
import dev.synthorax.client.stats.Alternative;
import dev.synthorax.client.stats.ClusterBootstrap.IntervalMethod;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the names of the statistics options, such as {@code two-sided}. */
final class StatsOptionNames {
  private StatsOptionNames() {}

  static final class OfTest implements ITypeConverter<ComparisonOptions.TestName> {
    @Override
    public ComparisonOptions.TestName convert(String text) {
      return find(ComparisonOptions.TestName.values(), text);
    }
  }

  static final class OfAlternative implements ITypeConverter<Alternative> {
    @Override
    public Alternative convert(String text) {
      return find(Alternative.values(), text);
    }
  }

  static final class OfAdjustment implements ITypeConverter<Adjustment> {
    @Override
    public Adjustment convert(String text) {
      return find(Adjustment.values(), text);
    }
  }

  static final class OfInterval implements ITypeConverter<IntervalMethod> {
    @Override
    public IntervalMethod convert(String text) {
      return find(IntervalMethod.values(), text);
    }
  }

  static String kebab(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static <E extends Enum<E>> E find(E[] values, String text) {
    for (E value : values) {
      if (kebab(value).equals(text)) {
        return value;
      }
    }
    throw new TypeConversionException(
        "'"
            + text
            + "' (expected: "
            + String.join(", ", Arrays.stream(values).map(StatsOptionNames::kebab).toList())
            + ")");
  }
}
