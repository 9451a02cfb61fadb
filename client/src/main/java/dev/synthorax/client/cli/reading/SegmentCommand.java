package dev.synthorax.client.cli.reading;

import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.option.ServerOptions;
import dev.synthorax.client.reading.FilmFile;
import dev.synthorax.client.reading.Films;
import dev.synthorax.client.reading.SegmentationFolder;
import dev.synthorax.client.reading.SegmentationFolder.Segmented;
import dev.synthorax.proto.v1.SegmentationSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Marks structures in radiographs. */
@Command(
    name = "segment",
    description = {
      "Marks structures in radiographs: masks, outlines over the image, and a table.",
      "",
      "Needs a trained segmenter: --models names its folder, or a running server has one."
    },
    sortOptions = false,
    footer = {
      "",
      "In DIR: masks/NAME-STRUCTURE.png, as 'metrics segmentation' takes them,",
      "overlays/NAME.png, and segment.csv with area, box and cardiothoracic ratio (of the",
      "masks of heart and lungs; it means something on an upright PA film alone).",
      "",
      "Examples:",
      "  synthorax segment film.dcm --models thorax-segmenter --out marked",
      "  synthorax segment films --server localhost:8001 --structure heart \\",
      "      --out hearts"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
public final class SegmentCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private FilmOptions filmOptions;

  @Option(
      names = "--structure",
      paramLabel = "NAME",
      description = "Only this structure; repeat it for more. Default: all that the model knows.")
  private List<String> structures = new ArrayList<>();

  @Option(
      names = "--probabilities",
      description = "Also write probabilities/NAME-STRUCTURE.png, 255 for a probability of 1.")
  private boolean probabilities;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder for the results; made if it is missing.")
  private Path out;

  @Mixin private ServerOptions serverOptions;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    List<FilmFile> films = filmOptions.films(err);
    var request =
        SegmentationSpec.newBuilder()
            .setModel(filmOptions.model())
            .setThreshold(filmOptions.threshold())
            .setProbabilities(probabilities)
            .addAllStructures(structures)
            .build();
    var tally = new ReadingTally(spec.commandLine().getOut(), err, output.json());
    Set<String> models = new LinkedHashSet<>();
    List<Films.Left> left;
    try (SegmentationFolder folder = SegmentationFolder.open(out);
        Connection connection = serverOptions.open(err, output.json())) {
      left =
          tally.read(
              films,
              (film, image) -> folder.segment(connection.client(), request, film, image),
              (_, segmented) -> keep(folder, segmented, models));
    }
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("images", films.size() - left.size());
    facts.put("models", models);
    facts.put("out", out.toString());
    String words =
        "%s segmented by %s: %s"
            .formatted(
                ReadingTally.count(films.size(), left.size()),
                String.join(", ", models),
                out.resolve("segment.csv"));
    return tally.tell(models.isEmpty() ? "no image was segmented" : words, facts, left);
  }

  private static void keep(SegmentationFolder folder, Segmented segmented, Set<String> models)
      throws IOException {
    folder.add(segmented);
    models.add(segmented.model() + " " + segmented.version());
  }
}
