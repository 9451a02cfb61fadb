package dev.synthorax.client.cli.metrics;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.terminal.CountProgress;
import dev.synthorax.client.evaluation.Evaluation;
import java.io.IOException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** How a command that measures tells its progress, its warnings and its tables. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields before the command runs
final class EvaluationOutput {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Mixin private OutputOptions output;

  /** Opens a view of work on {@code total} things; the caller closes it. */
  CountProgress progress(String things, int total) {
    return CountProgress.open(spec.commandLine().getErr(), output.json(), things, total);
  }

  /** Tells what was measured: warnings beside, tables or JSON as the answer. */
  void tell(Evaluation evaluation) throws IOException {
    evaluation
        .warnings()
        .forEach(warning -> spec.commandLine().getErr().println("warning: " + warning));
    if (output.json()) {
      spec.commandLine().getOut().println(new JsonMapper().writeValueAsString(evaluation.json()));
    } else {
      evaluation.lines().forEach(spec.commandLine().getOut()::println);
    }
  }
}
