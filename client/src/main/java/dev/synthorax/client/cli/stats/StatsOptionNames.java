package dev.synthorax.client.cli.stats;

import dev.synthorax.client.cli.option.KebabNames;
import dev.synthorax.client.metrics.Metric;
import dev.synthorax.client.stats.Adjustment;
import dev.synthorax.client.stats.Alternative;
import dev.synthorax.client.stats.ClusterBootstrap.IntervalMethod;
import picocli.CommandLine.ITypeConverter;

/** Reads the names of the statistics options, such as {@code two-sided}. */
final class StatsOptionNames {
  private StatsOptionNames() {}

  static final class OfMetric implements ITypeConverter<Metric> {
    @Override
    public Metric convert(String text) {
      return Metric.of(text);
    }
  }

  static final class OfTest implements ITypeConverter<ComparisonOptions.TestName> {
    @Override
    public ComparisonOptions.TestName convert(String text) {
      return KebabNames.find(ComparisonOptions.TestName.values(), text);
    }
  }

  static final class OfAlternative implements ITypeConverter<Alternative> {
    @Override
    public Alternative convert(String text) {
      return KebabNames.find(Alternative.values(), text);
    }
  }

  static final class OfAdjustment implements ITypeConverter<Adjustment> {
    @Override
    public Adjustment convert(String text) {
      return KebabNames.find(Adjustment.values(), text);
    }
  }

  static final class OfInterval implements ITypeConverter<IntervalMethod> {
    @Override
    public IntervalMethod convert(String text) {
      return KebabNames.find(IntervalMethod.values(), text);
    }
  }
}
