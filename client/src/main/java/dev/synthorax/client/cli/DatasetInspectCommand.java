package dev.synthorax.client.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Splits;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Tells what a dataset's tables say. */
@Command(
    name = "inspect",
    description = "Tells what the tables of a dataset say; reads no pixels.",
    sortOptions = false,
    footer = {
      "",
      "Exit code 1 where a patient is in two splits, or a synthetic image in validation or test.",
      "",
      "Example:",
      "  synthorax dataset inspect CheXpert-v1.0-small"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class DatasetInspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private DatasetSource source;

  @Mixin private OutputOptions output;

  /** How often each value of one label occurs. */
  private static final class Counts {
    private int positive;
    private int negative;
    private int uncertain;

    void add(Label label) {
      switch (label) {
        case POSITIVE -> positive++;
        case NEGATIVE -> negative++;
        case UNCERTAIN -> uncertain++;
      }
    }
  }

  @Override
  public Integer call() throws IOException {
    Dataset dataset = source.open(spec.commandLine().getErr());
    Set<String> patients = new HashSet<>();
    Set<String> studies = new HashSet<>();
    Map<String, Integer> splits = new LinkedHashMap<>();
    for (Split split : Split.values()) {
      splits.put(split.wireName(), 0);
    }
    Map<String, Counts> labels = new LinkedHashMap<>();
    int boxes = 0;
    for (DatasetImage image : dataset.images()) {
      ImageInfo info = image.info();
      patients.add(info.patientId());
      studies.add(info.studyId());
      boxes += info.boxes().size();
      Split split = info.split();
      splits.merge(split == null ? "none" : split.wireName(), 1, Integer::sum);
      info.labels()
          .forEach((name, label) -> labels.computeIfAbsent(name, key -> new Counts()).add(label));
    }
    splits.values().removeIf(number -> number == 0);
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("format", dataset.format());
    facts.put("images", dataset.images().size());
    facts.put("patients", patients.size());
    facts.put("studies", studies.size());
    facts.put("boxes", boxes);
    facts.put("splits", splits);
    print(facts, labels, dataset.images().size());
    try {
      Splits.requireDisjoint(dataset.images());
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
    return SynthoraxCommand.OK;
  }

  private void print(Map<String, Object> facts, Map<String, Counts> labels, int images)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (output.json) {
      Map<String, Map<String, Integer>> counts = new LinkedHashMap<>();
      labels.forEach(
          (name, count) -> {
            Map<String, Integer> values = new LinkedHashMap<>();
            values.put("positive", count.positive);
            values.put("negative", count.negative);
            values.put("uncertain", count.uncertain);
            counts.put(name, values);
          });
      facts.put("labels", counts);
      out.println(new JsonMapper().writeValueAsString(facts));
      return;
    }
    facts.forEach((name, value) -> out.println(name + ": " + words(value)));
    if (!labels.isEmpty()) {
      String line = "%-28s%10s%10s%10s%10s";
      out.println(
          String.format(
              Locale.ROOT, line, "label", "positive", "negative", "uncertain", "no word"));
      labels.forEach(
          (name, count) ->
              out.println(
                  String.format(
                      Locale.ROOT,
                      line,
                      name,
                      count.positive,
                      count.negative,
                      count.uncertain,
                      images - count.positive - count.negative - count.uncertain)));
    }
  }

  private static String words(Object value) {
    return value.toString().replace("{", "").replace("}", "").replace("=", " ");
  }
}
