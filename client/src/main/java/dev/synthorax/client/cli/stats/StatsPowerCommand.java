package dev.synthorax.client.cli.stats;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.stats.Alternative;
import dev.synthorax.client.stats.TTestPower;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Plans a paired t-test: two of pairs, effect and power give the third. */
@Command(
    name = "power",
    description = "Plans a paired t-test: give two of --n, --effect and --power, get the third.",
    sortOptions = false,
    footer = {
      "",
      "The effect is d_z: the true mean difference over the standard deviation of the differences.",
      "",
      "Examples:",
      "  synthorax stats power --n 3 --effect 0.8",
      "  synthorax stats power --n 5 --power 0.8 --alpha 0.01",
      "  synthorax stats power --effect 0.8 --power 0.8 --alternative two-sided"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class StatsPowerCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--n", paramLabel = "N", description = "Pairs: seeds or images.")
  private @Nullable Integer n;

  @Option(names = "--effect", paramLabel = "DZ", description = "True effect size d_z.")
  private @Nullable Double effect;

  @Option(names = "--power", paramLabel = "P", description = "Chance of finding the effect.")
  private @Nullable Double power;

  @Option(
      names = "--alpha",
      paramLabel = "A",
      defaultValue = "0.05",
      description = "Level, divided by the number of comparisons (default: ${DEFAULT-VALUE}).")
  private double alpha;

  @Option(
      names = "--alternative",
      paramLabel = "SIDE",
      defaultValue = "greater",
      converter = StatsOptionNames.OfAlternative.class,
      description = "greater, less or two-sided (default: greater).")
  private Alternative alternative;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    Study study;
    try {
      study = solve();
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(output.json() ? json(study) : words(study));
    return ExitCode.OK;
  }

  private record Study(int n, double effect, double power) {}

  private Study solve() {
    if (n != null && effect != null && power == null) {
      return new Study(n, effect, TTestPower.power(n, effect, alpha, alternative));
    }
    if (n != null && power != null && effect == null) {
      double smallest = TTestPower.minimumDetectableEffect(n, power, alpha, alternative);
      return new Study(n, alternative == Alternative.LESS ? -smallest : smallest, power);
    }
    if (effect != null && power != null && n == null) {
      int pairs = TTestPower.pairsNeeded(effect, power, alpha, alternative);
      return new Study(pairs, effect, TTestPower.power(pairs, effect, alpha, alternative));
    }
    throw new IllegalArgumentException(
        "power: give exactly two of --n, --effect and --power; the third is the answer");
  }

  private String json(Study study) throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("n", study.n());
    json.put("effect", study.effect());
    json.put("power", study.power());
    json.put("alpha", alpha);
    json.put("alternative", alternative.wireName());
    return new JsonMapper().writeValueAsString(json);
  }

  private String words(Study study) {
    return String.format(
        Locale.ROOT,
        "%d pairs find an effect of d_z = %.4f with %.1f %% power (paired t-test, %s, alpha = %s)",
        study.n(),
        study.effect(),
        100 * study.power(),
        alternative.wireName(),
        alpha);
  }
}
