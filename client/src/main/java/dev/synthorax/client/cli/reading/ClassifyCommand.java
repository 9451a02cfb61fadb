package dev.synthorax.client.cli.reading;

import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.option.ServerOptions;
import dev.synthorax.client.reading.FilmFile;
import dev.synthorax.client.reading.Films;
import dev.synthorax.client.reading.FindingsTable;
import dev.synthorax.proto.v1.Classification;
import dev.synthorax.proto.v1.ClassificationSpec;
import dev.synthorax.proto.v1.ClassifiedFinding;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Finds findings in radiographs. */
@Command(
    name = "classify",
    description = {
      "Finds findings in radiographs: a table of probabilities.",
      "",
      "Needs a trained classifier: --models names its folder, or a running server has one."
    },
    sortOptions = false,
    footer = {
      "",
      "The table has a line for each image and finding: image,label,score,present,",
      "threshold,model,version; with patient,split,truth added 'metrics classification'",
      "measures it.",
      "",
      "Examples:",
      "  synthorax classify film.dcm --models cxr-classifier --out findings.csv",
      "  synthorax classify films --server localhost:8001 --threshold 0.3 --out read"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
public final class ClassifyCommand implements Callable<Integer> {
  private static final String ENDING = ".csv";

  @Spec private CommandSpec spec;
  @Mixin private FilmOptions filmOptions;

  @Option(
      names = "--out",
      paramLabel = "FILE.csv|DIR",
      required = true,
      description =
          "The table, or a folder for classify.csv; made if it is missing, replaced if not.")
  private Path out;

  @Mixin private ServerOptions serverOptions;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    List<FilmFile> films = filmOptions.films(err);
    var request =
        ClassificationSpec.newBuilder()
            .setModel(filmOptions.model())
            .setThreshold(filmOptions.threshold())
            .build();
    var tally = new ReadingTally(spec.commandLine().getOut(), err, output.json());
    Path file = table();
    Set<String> models = new LinkedHashSet<>();
    List<Map<String, Object>> told = new ArrayList<>();
    List<Films.Left> left;
    try (Connection connection = serverOptions.open(err, output.json());
        var findings = new FindingsTable(file)) {
      left =
          tally.read(
              films,
              (_, image) -> FindingsTable.classify(connection.client(), request, image),
              (film, answer) -> {
                findings.add(film, answer);
                models.add(answer.getModel() + " " + answer.getModelVersion());
                told.add(facts(film, answer));
              });
    }
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("images", told);
    facts.put("models", models);
    facts.put("out", file.toString());
    String words =
        "%s classified by %s: %s"
            .formatted(
                ReadingTally.count(films.size(), left.size()), String.join(", ", models), file);
    return tally.tell(models.isEmpty() ? "no image was classified" : words, facts, left);
  }

  private Path table() {
    boolean folder =
        Files.isDirectory(out) || !out.toString().toLowerCase(Locale.ROOT).endsWith(ENDING);
    return folder ? out.resolve("classify" + ENDING) : out;
  }

  private static Map<String, Object> facts(FilmFile film, Classification answer) {
    Map<String, Double> scores = new LinkedHashMap<>();
    for (ClassifiedFinding finding : answer.getFindingsList()) {
      scores.put(finding.getFinding(), finding.getProbability());
    }
    return Map.of("image", film.name(), "scores", scores);
  }
}
