package dev.synthorax.benchmarks.gpu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Puts together what the steps of {@code benchmarks/gpu/run} left: one table, one JSON file. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = "The table of a run of benchmarks/gpu/run, from what its steps left.",
    footer = {"", "Example: synthorax bench gpu report --logs FOLDER --json gpu.json"})
final class StepsReport implements Callable<Integer> {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String STEPS = "steps.tsv";

  @Option(
      names = "--logs",
      required = true,
      description = "Folder with " + STEPS + " and the steps' JSON files.")
  private Path logs = Path.of("");

  @Mixin private JsonFile json = new JsonFile();

  /**
   * A step.
   *
   * @param figures what it wrote; null: nothing
   */
  record Outcome(
      String name, String outcome, int seconds, String command, @Nullable JsonNode figures) {}

  /** The whole run. */
  record Run(List<Outcome> steps, List<GpuGoals.Goal> goals) {}

  @Override
  public Integer call() throws IOException {
    List<Outcome> steps = steps();
    Map<String, JsonNode> figures = new LinkedHashMap<>();
    for (Outcome step : steps) {
      JsonNode found = step.figures();
      if (found != null) {
        figures.put(step.name(), found);
      }
    }
    List<GpuGoals.Goal> goals = GpuGoals.of(figures);
    json.write(new Run(steps, goals));
    System.out.println("\n| step | outcome | seconds |\n| --- | --- | --- |");
    steps.forEach(
        step ->
            System.out.printf("| %s | %s | %d |%n", step.name(), step.outcome(), step.seconds()));
    System.out.println("\n| what | measured | expected | |\n| --- | --- | --- | --- |");
    goals.forEach(
        goal ->
            System.out.printf(
                "| %s | %s | %s | %s |%n",
                goal.what(), goal.measured(), goal.expected(), goal.reached() ? "yes" : "**no**"));
    return 0;
  }

  private List<Outcome> steps() throws IOException {
    var steps = new ArrayList<Outcome>();
    for (String line : Files.readAllLines(logs.resolve(STEPS))) {
      String[] parts = line.split("\t", -1);
      if (parts.length != 4) {
        throw new IOException(
            STEPS + ": " + line + " (expected: name, outcome, seconds and command)");
      }
      Path file = logs.resolve(parts[0] + ".json");
      JsonNode figures = Files.isRegularFile(file) ? MAPPER.readTree(file.toFile()) : null;
      steps.add(new Outcome(parts[0], parts[1], Integer.parseInt(parts[2]), parts[3], figures));
    }
    return steps;
  }
}
