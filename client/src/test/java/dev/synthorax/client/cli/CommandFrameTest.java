package dev.synthorax.client.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.cli.terminal.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

final class CommandFrameTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private static CommandLine root() {
    return SynthoraxCommand.commandLine(
        Map.of(), new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()));
  }

  private int run(String... args) {
    return SynthoraxCommand.execute(
        Map.of(), new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  static Stream<List<String>> commands() {
    List<List<String>> paths = new ArrayList<>();
    collect(root(), List.of(), paths);
    return paths.stream();
  }

  private static void collect(CommandLine command, List<String> path, List<List<String>> paths) {
    paths.add(path);
    command
        .getSubcommands()
        .forEach(
            (name, below) -> {
              List<String> longer = new ArrayList<>(path);
              longer.add(name);
              collect(below, longer, paths);
            });
  }

  private static String[] with(List<String> path, String option) {
    return Stream.concat(path.stream(), Stream.of(option)).toArray(String[]::new);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void version_everyCommand_isOneLineWithTheJdk(List<String> path) {
    int exit = run(with(path, "--version"));

    assertThat(exit).isZero();
    assertThat(out.toString().lines())
        .singleElement()
        .asString()
        .startsWith("synthorax ")
        .contains("JDK " + Runtime.version());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void help_everyCommand_fitsEightyColumns(List<String> path) {
    int exit = run(with(path, "--help"));

    assertThat(exit).isZero();
    assertThat(out.toString().lines()).allMatch(line -> line.length() <= Terminal.WIDTH);
    CommandLine command = root();
    for (String name : path) {
      command = requireNonNull(command.getSubcommands().get(name));
    }
    assertThat(command.getCommandSpec().usageMessage().footer()) // what can be copied stays whole
        .filteredOn(line -> line.startsWith("  "))
        .allMatch(line -> line.length() < Terminal.WIDTH);
  }

  @Test
  void help_root_listsEveryCommandOnceInItsGroup() {
    run("--help");

    for (String name : root().getSubcommands().keySet()) {
      assertThat(out.toString().lines().filter(line -> line.startsWith("  " + name + " ")))
          .describedAs(name)
          .hasSize(1);
    }
    assertThat(CommandFrame.names())
        .containsExactlyInAnyOrderElementsOf(root().getSubcommands().keySet());
    assertThat(out.toString()).containsSubsequence("Images:", "demo", "Datasets:", "phantom");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "generat            | no command generat (expected: demo, | did you mean generate?",
        "generat --prompt x | no command generat (expected: demo, | did you mean generate?",
        "dataset inspct --splt x | no command inspct (expected: inspect, | did you mean inspect?",
        "srve               | no command srve (expected: demo,    | did you mean serve?",
        "dataset inspct x   | no command inspct (expected: inspect, | did you mean inspect?",
        "help metrisc       | no command metrisc (expected: demo, | did you mean metrics?",
        "generate --promt x | no option --promt                   | did you mean --prompt?",
        "phantom --splt=test --out x | no option --splt           | did you mean --split?",
        "phantom --split tset --out x | split: 'tset' (expected: train, validation or test)"
            + " | did you mean test?",
        "phantom --format chexprt --out x | --format: 'chexprt' (expected: chexpert,"
            + " | did you mean chexpert?",
        "phantom --finding pneumotorax --out x | finding: 'pneumotorax' (expected: "
            + " | did you mean pneumothorax?",
      })
  void misspelt_word_isNamedWithWhatWasMeant(String line, String problem, String meant) {
    int exit = run(line.split(" "));

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("error: " + problem).contains("; " + meant + " See '");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "frobnicate               | no command frobnicate (expected: demo,",
        "generate --frobnicate    | no option --frobnicate; see 'synthorax generate --help'",
        "generate this            | argument 'this' (expected: none here); see",
        "phantom --site Z --out x | --site: 'Z' (expected: A, B, C, D, E); see",
        "phantom --size big --out x | --size: 'big' (expected: a whole number); see",
      })
  void strange_word_isNamedWithoutAGuess(String line, String problem) {
    int exit = run(line.split(" "));

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).startsWith("error: " + problem).doesNotContain("did you mean");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "model: cxr-mni (expected: one of cxr-mini)                     | cxr-mini",
        "masks[0].structure: lung (expected: one of lungs, heart)       | lungs",
        "--baseline: 'realonly' (expected: an arm of x.csv: real_only, classical) | real_only",
        "--view: 'PB' (expected: PA or AP)                              | PA",
        "--count: 0 (expected: 1 to 256)                                |",
        "--threads: 0 (expected: >= 1)                                  |",
        "--server: 'localhst' (expected: HOST:PORT, such as localhost:8001) |",
        "out is a file (expected: a folder)                             |",
      })
  void withSuggestion_message_namesWhatWasMeantOrStaysAsItIs(String message, String meant) {
    assertThat(Misuse.withSuggestion(message))
        .isEqualTo(message + (meant == null ? "" : "; did you mean " + meant + "?"));
  }

  @Test
  void completion_script_knowsCommandsOptionsAndFormats() {
    int exit = run("completion");

    assertThat(exit).isZero();
    assertThat(out.toString())
        .contains("complete -F _complete_synthorax -o default synthorax")
        .contains("--confound")
        .contains("\"candid-ptx\"");
  }
}
