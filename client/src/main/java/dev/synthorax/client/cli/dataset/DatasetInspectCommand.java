package dev.synthorax.client.cli.dataset;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Splits;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.ReadOptions;
import dev.synthorax.client.dataset.format.Warnings;
import dev.synthorax.client.image.file.PixelSize;
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
    description =
        "Tells what the tables of a dataset say and which files are missing; reads no pixels.",
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
    PrintWriter err = spec.commandLine().getErr();
    Dataset dataset = source.open(err, ReadOptions.DEFAULT);
    Set<String> patients = new HashSet<>();
    Set<String> studies = new HashSet<>();
    Map<String, Integer> splits = new LinkedHashMap<>();
    for (Split split : Split.values()) {
      splits.put(split.wireName(), 0);
    }
    Map<String, Counts> labels = new LinkedHashMap<>();
    Map<String, Integer> masks = new LinkedHashMap<>();
    Warnings beyond = new Warnings();
    int boxes = 0;
    for (DatasetImage image : dataset.images()) {
      ImageInfo info = image.info();
      patients.add(info.patientId());
      studies.add(info.studyId());
      boxes += info.boxes().size();
      checkBoxes(image, beyond);
      image
          .source()
          .structures()
          .forEach(structure -> masks.merge(structure.wireName(), 1, Integer::sum));
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
    Warnings missing = DatasetLoading.missing(dataset.images());
    facts.put("missing", missing.count(DatasetLoading.MISSING));
    facts.put("masks", masks);
    facts.put("boxes", boxes);
    facts.put("boxes_beyond_image", beyond.count(DatasetFormat.BOXES_BEYOND));
    facts.put("splits", splits);
    beyond.lines().forEach(line -> err.println("warning: " + line));
    missing.lines().forEach(line -> err.println("warning: " + line));
    print(facts, labels, dataset.images().size());
    try {
      Splits.requireDisjoint(dataset.images());
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
    return ExitCode.OK;
  }

  /** Looks at the header of a picture that has boxes. */
  private static void checkBoxes(DatasetImage image, Warnings warnings) {
    if (image.info().boxes().isEmpty() || image.source().files().isEmpty()) {
      return;
    }
    PixelSize size = PixelSize.of(image.source().files().getFirst());
    for (Box box : image.info().boxes()) {
      String problem =
          size == null
              ? box.beyond(Integer.MAX_VALUE, Integer.MAX_VALUE)
              : box.beyond(size.width(), size.height());
      if (problem != null) {
        warnings.add(DatasetFormat.BOXES_BEYOND, image.source().at() + ": " + problem);
      }
    }
  }

  private void print(Map<String, Object> facts, Map<String, Counts> labels, int images)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (output.json()) {
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
    facts.forEach((name, value) -> out.println(name.replace('_', ' ') + ": " + words(value)));
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
    return value instanceof Map<?, ?> counts && counts.isEmpty()
        ? "none"
        : value.toString().replace("{", "").replace("}", "").replace("=", " ");
  }
}
