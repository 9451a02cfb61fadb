package dev.synthorax.benchmarks.judges;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.benchmarks.judges.Generator.Told;
import dev.synthorax.client.ClientOptions;
import dev.synthorax.client.ServerCommand;
import dev.synthorax.client.ServerProcess;
import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.metrics.Features;
import dev.synthorax.client.phantom.PhantomSpec;
import dev.synthorax.client.phantom.Phantoms;
import dev.synthorax.client.phantom.SeedRange;
import dev.synthorax.client.phantom.Site;
import dev.synthorax.proto.v1.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Judges a generator: what it was asked for and how like real images its own are. */
@Command(
    name = "judges",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Judges a generator's images: masks, findings, sides, detail, likeness and memorisation.",
    footer = {"", "Example: benchmarks/judges.sh (which trains the judges first)"})
public final class JudgesCommand implements Callable<Integer> {
  private static final int SHEET_IMAGES = 24;
  private static final int SHEET_COLUMNS = 6;
  private static final int VALIDATION = 400;
  private static final int LEARNED = 2000;

  @Option(names = "--segmenter", required = true, description = "Folder of the trained segmenter.")
  private Path segmenterFolder = Path.of("");

  @Option(
      names = "--classifier",
      required = true,
      description = "Folder of a classifier of findings.")
  private Path classifierFolder = Path.of("");

  @Option(
      names = "--sides",
      description = "Folder of a classifier with labels such as pleural_effusion_side=left.")
  private @Nullable Path sidesFolder;

  @Option(names = "--model", defaultValue = "", description = "Model (default: the server's).")
  private String model = "";

  @Option(names = "--server-option", description = "Handed to 'serve', such as --models=DIR.")
  private List<String> serverOptions = new ArrayList<>();

  @Option(names = "--steps", description = "Denoising steps (default: the model's).")
  private @Nullable Integer steps;

  @Option(names = "--guidance", description = "Guidance scale (default: the model's).")
  private @Nullable Float guidance;

  @Option(
      names = "--first-seed",
      defaultValue = "2700000",
      description = "First test phantom; later ones follow (default: ${DEFAULT-VALUE}).")
  private long firstSeed;

  @Option(
      names = "--prompts",
      defaultValue = "400",
      description = "Images drawn from prompts (default: ${DEFAULT-VALUE}).")
  private int prompts;

  @Option(
      names = "--masks",
      defaultValue = "96",
      description =
          "Phantoms whose masks are given; every third has a pneumothorax (default:"
              + " ${DEFAULT-VALUE}).")
  private int masks;

  @Option(
      names = "--films",
      description =
          "Dataset of real films with splits; the generator learned from its train split.")
  private @Nullable Path filmsFolder;

  @Option(names = "--out", required = true, description = "Folder of the report.")
  private Path out = Path.of("");

  @Override
  public Integer call() throws IOException {
    ServerCommand command = ServerCommand.ofEnvironment(System.getenv());
    if (command == null) {
      throw new IllegalStateException(
          ServerCommand.VARIABLE + " is not set (run this through ./synthorax bench)");
    }
    Files.createDirectories(out);
    List<Verdict> verdicts = new ArrayList<>();
    String heading;
    try (ServerProcess server =
            ServerProcess.start(command, serverOptions, Duration.ofMinutes(3), line -> {});
        SynthoraxClient client = SynthoraxClient.open(server.target(), ClientOptions.DEFAULT)) {
      Model served = client.model(model, "");
      int side = served.getDiffusion().getSizes(0).getWidth();
      var generator = new Generator(client, served.getName(), steps, guidance);
      heading = heading(served);
      judgeMasks(generator, side, verdicts);
      judgePrompts(generator, side, verdicts);
    }
    write(heading, verdicts);
    return 0;
  }

  private void judgeMasks(Generator generator, int side, List<Verdict> verdicts)
      throws IOException {
    if (masks == 0) {
      return;
    }
    var samples = new ArrayList<Sample>();
    for (int i = 0; i < masks; i++) {
      long seed = firstSeed + prompts + i;
      samples.add(
          i % 3 == 0
              ? Phantoms.sample(new PhantomSpec(seed, side, Set.of(Finding.PNEUMOTHORAX)))
              : Phantoms.sample(seed, side));
    }
    try (Reader segmenter = Reader.open(segmenterFolder)) {
      verdicts.add(new MaskJudge(segmenter).judge(generator, samples));
    }
  }

  private void judgePrompts(Generator generator, int side, List<Verdict> verdicts)
      throws IOException {
    List<Sample> samples = TestPhantoms.of(firstSeed, prompts, side);
    List<Sample> validation = TestPhantoms.of(Site.A.first(Split.VALIDATION), VALIDATION, side);
    List<GrayImage> real = LikenessJudge.images(samples);
    List<GrayImage> drawn = generator.draw(samples, Told.TEXT);
    try (Reader classifier = Reader.open(classifierFolder)) {
      List<Reader.Reading> ofReal = classifier.read(real);
      List<Reader.Reading> ofDrawn = classifier.read(drawn);
      List<Reader.Reading> ofOthers = classifier.read(LikenessJudge.images(validation));
      verdicts.add(
          new LabelJudge(classifier).judge(validation, ofOthers, samples, ofReal, ofDrawn));
      judgeSides(samples, real, drawn, verdicts);
      verdicts.add(LikenessJudge.sharpness("phantoms", real, drawn));
      List<Sample> learned = TestPhantoms.of(SeedRange.GENERATOR.first(), LEARNED, side);
      Features drawnFeatures = LikenessJudge.features(ofDrawn, "drawn-");
      judgeLikeness(
          "phantoms",
          LikenessJudge.features(ofReal, "real-"),
          LikenessJudge.features(ofOthers, "other-"),
          LikenessJudge.features(classifier.read(LikenessJudge.images(learned)), "learned-"),
          drawnFeatures,
          verdicts);
      if (filmsFolder != null) {
        judgeFilms(generator, classifier, filmsFolder, verdicts);
      }
    }
    int half = SHEET_IMAGES / 2;
    List<String> key =
        new ContactSheet(SHEET_COLUMNS)
            .write(
                out.resolve("sheet.png"),
                real.subList(half, SHEET_IMAGES),
                drawn.subList(0, half),
                firstSeed);
    Files.writeString(out.resolve("sheet.txt"), String.join("\n", key) + "\n");
  }

  private void judgeSides(
      List<Sample> samples, List<GrayImage> real, List<GrayImage> drawn, List<Verdict> verdicts)
      throws IOException {
    if (sidesFolder == null) {
      return;
    }
    try (Reader sides = Reader.open(sidesFolder)) {
      var judge = new SideJudge(sides);
      List<Integer> known = new ArrayList<>();
      for (int i = 0; i < samples.size(); i++) {
        if (judge.knows(samples.get(i))) {
          known.add(i);
        }
      }
      verdicts.add(
          judge.judge(
              known.stream().map(samples::get).toList(),
              sides.read(known.stream().map(real::get).toList()),
              sides.read(known.stream().map(drawn::get).toList())));
    }
  }

  private static void judgeFilms(
      Generator generator, Reader classifier, Path folder, List<Verdict> verdicts)
      throws IOException {
    List<Sample> learned = Films.of(folder, Split.TRAIN);
    List<Sample> heldOut = Films.of(folder, Split.TEST);
    List<Sample> others = Films.of(folder, Split.VALIDATION);
    List<GrayImage> drawn = generator.draw(heldOut, Told.TEXT);
    verdicts.add(LikenessJudge.sharpness("films", LikenessJudge.images(heldOut), drawn));
    judgeLikeness(
        "films",
        LikenessJudge.features(classifier.read(LikenessJudge.images(heldOut)), "real-"),
        LikenessJudge.features(classifier.read(LikenessJudge.images(others)), "other-"),
        LikenessJudge.features(classifier.read(LikenessJudge.images(learned)), "learned-"),
        LikenessJudge.features(classifier.read(drawn), "drawn-"),
        verdicts);
  }

  private static void judgeLikeness(
      String what,
      Features real,
      Features others,
      Features learned,
      Features drawn,
      List<Verdict> verdicts) {
    if (real.dimension() == 0) {
      return; // a classifier without an output of features
    }
    verdicts.add(LikenessJudge.distance(what, real, others, drawn));
    verdicts.add(LikenessJudge.memorisation(what, learned, real, drawn));
  }

  private String heading(Model served) {
    return "Model %s %s, %s steps, guidance %s; test phantoms from seed %d"
        .formatted(
            served.getName(),
            served.getVersion(),
            steps == null ? served.getDiffusion().getDefaultNumInferenceSteps() : steps,
            guidance == null ? served.getDiffusion().getDefaultGuidanceScale() : guidance,
            firstSeed);
  }

  private void write(String heading, List<Verdict> verdicts) throws IOException {
    Map<String, Double> figures = new LinkedHashMap<>();
    verdicts.forEach(verdict -> figures.putAll(verdict.figures()));
    String air = Structure.PNEUMOTHORAX.wireName();
    if (figures.containsKey("dice." + air)) {
      figures.put(
          "pneumothorax_above_next",
          figures.getOrDefault("dice." + air, Double.NaN)
              - figures.getOrDefault("dice_of_next." + air, Double.NaN));
    }
    verdicts.add(Goal.verdict(figures));
    var text = new StringBuilder(heading).append("\n\n");
    verdicts.forEach(verdict -> text.append(verdict.toMarkdown()));
    Files.writeString(out.resolve("judges.md"), text);
    Files.writeString(
        out.resolve("judges.json"),
        new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(figures) + "\n");
    System.out.print(text);
  }
}
