package dev.synthorax.benchmarks;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import dev.synthorax.client.ClientOptions;
import dev.synthorax.client.ServerCommand;
import dev.synthorax.client.ServerProcess;
import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.metrics.Auroc;
import dev.synthorax.client.metrics.Overlap;
import dev.synthorax.client.phantom.PhantomSpec;
import dev.synthorax.client.phantom.Phantoms;
import dev.synthorax.client.phantom.SeedRange;
import dev.synthorax.proto.v1.GenerateResponse;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.Model;
import dev.synthorax.proto.v1.StructureMask;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Whether generated images are what was asked for, in the eyes of networks that were trained on
 * phantoms of other patients: a segmenter looks for the conditioning mask, a classifier for the
 * prompt's finding. Their figures on real phantoms stand beside.
 */
@Command(
    name = "judges",
    mixinStandardHelpOptions = true,
    description =
        "Judges generated images: mask overlap and findings, beside real phantoms of test seeds.",
    footer = {"", "Example: benchmarks/judges.sh (which trains the judges first)"})
final class JudgesBenchmark implements Callable<Integer> {
  private static final int MAX_SIDE = 4096;
  private static final List<Finding> ASKED =
      List.of(Finding.PLEURAL_EFFUSION, Finding.PNEUMOTHORAX, Finding.CARDIOMEGALY);

  @Option(names = "--segmenter", required = true, description = "Folder of the trained segmenter.")
  private Path segmenterFolder = Path.of("");

  @Option(
      names = "--classifier",
      required = true,
      description = "Folder of the trained classifier.")
  private Path classifierFolder = Path.of("");

  @Option(
      names = "--masks",
      defaultValue = "64",
      description = "Test phantoms whose masks are given. Default: ${DEFAULT-VALUE}.")
  private int masks;

  @Option(
      names = "--per-finding",
      defaultValue = "64",
      description = "Images of each prompt group. Default: ${DEFAULT-VALUE}.")
  private int perFinding;

  @Option(
      names = "--steps",
      defaultValue = "20",
      description = "Denoising steps. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(names = "--guidance", description = "Guidance scale. Default: the model's.")
  private float guidance = Float.NaN;

  @Override
  public Integer call() throws IOException {
    ServerCommand command = ServerCommand.ofEnvironment(System.getenv());
    if (command == null) {
      throw new IllegalStateException(
          ServerCommand.VARIABLE + " is not set (run this through ./synthorax bench)");
    }
    try (ServerProcess server = ServerProcess.start(command, Duration.ofMinutes(3), line -> {});
        SynthoraxClient client = SynthoraxClient.open(server.target(), ClientOptions.DEFAULT);
        Reader segmenter = Reader.open(segmenterFolder);
        Reader classifier = Reader.open(classifierFolder)) {
      Model model = client.model("", "");
      int side = model.getDiffusion().getSizes(0).getWidth();
      System.out.printf(
          Locale.ROOT,
          "model %s %s, %d steps, guidance %s%n%n",
          model.getName(),
          model.getVersion(),
          steps,
          Float.isNaN(guidance) ? model.getDiffusion().getDefaultGuidanceScale() : guidance);
      judgeMasks(client, segmenter, side);
      judgePrompts(client, classifier, side);
    }
    return 0;
  }

  /**
   * Dice of the segmenter's masks and the true ones: on the phantoms, and on images made from the
   * true ones.
   */
  private void judgeMasks(SynthoraxClient client, Reader segmenter, int side) throws IOException {
    var samples = new ArrayList<Sample>();
    for (int i = 0; i < masks; i++) {
      samples.add(Phantoms.sample(SeedRange.TEST.first() + i, side));
    }
    // What anatomy alone gives: patients are alike, so a mask that was not given overlaps too.
    var others = new ArrayList<Sample>(samples);
    Collections.rotate(others, -1);
    List<GrayImage> real = samples.stream().map(Sample::image).toList();
    List<GrayImage> fromMask = generate(client, samples, request -> request.clearPrompt());
    List<GrayImage> fromBoth = generate(client, samples, UnaryOperator.identity());
    System.out.printf(
        "Dice of segmenter and true mask, %d test phantoms (seeds from %d)%n",
        masks, SeedRange.TEST.first());
    System.out.println(
        "| structure | real phantoms | from masks | from masks and text | from masks, against the next phantom's mask |");
    System.out.println("| --- | --- | --- | --- | --- |");
    for (Structure structure : Structure.CHANNELS) {
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %s | %s | %s |%n",
          structure.wireName(),
          dice(segmenter, samples, real, structure),
          dice(segmenter, samples, fromMask, structure),
          dice(segmenter, samples, fromBoth, structure),
          dice(segmenter, others, fromMask, structure));
    }
    System.out.println();
  }

  /** Mean over the samples that have the structure. */
  private static String dice(
      Reader segmenter, List<Sample> samples, List<GrayImage> images, Structure structure) {
    List<float[]> answers = segmenter.read(images);
    double sum = 0;
    int count = 0;
    for (int i = 0; i < samples.size(); i++) {
      BinaryMask truth = samples.get(i).mask(structure);
      if (truth.area() > 0) {
        sum +=
            Overlap.dice(
                truth,
                segmenter.mask(
                    answers.get(i), structure.wireName(), truth.width(), truth.height()));
        count++;
      }
    }
    return count == 0 ? "none" : String.format(Locale.ROOT, "%.3f (n = %d)", sum / count, count);
  }

  /**
   * AUROC of the classifier's score of a finding, images asked to show it against images asked to
   * be normal.
   */
  private void judgePrompts(SynthoraxClient client, Reader classifier, int side)
      throws IOException {
    Map<Finding, List<Sample>> groups = new LinkedHashMap<>();
    groups.put(Finding.NORMAL, group(Finding.NORMAL, side, 0));
    for (int i = 0; i < ASKED.size(); i++) {
      groups.put(ASKED.get(i), group(ASKED.get(i), side, i + 1));
    }
    Map<Finding, List<float[]>> real = new LinkedHashMap<>();
    Map<Finding, List<float[]>> made = new LinkedHashMap<>();
    for (Map.Entry<Finding, List<Sample>> group : groups.entrySet()) {
      List<Sample> samples = group.getValue();
      real.put(group.getKey(), classifier.read(samples.stream().map(Sample::image).toList()));
      made.put(
          group.getKey(),
          classifier.read(generate(client, samples, request -> request.clearMasks())));
    }
    System.out.printf(
        "AUROC of the classifier, %d images a group, finding against normal; prompts of test phantoms, text alone%n",
        perFinding);
    System.out.println("| finding | real phantoms | generated |");
    System.out.println("| --- | --- | --- |");
    for (Finding finding : ASKED) {
      System.out.printf(
          Locale.ROOT,
          "| %s | %.3f | %.3f |%n",
          finding.wireName(),
          auroc(classifier, finding, real),
          auroc(classifier, finding, made));
    }
  }

  private static double auroc(
      Reader classifier, Finding finding, Map<Finding, List<float[]>> answers) {
    return Auroc.of(
        scores(classifier, finding, answers.getOrDefault(finding, List.of())),
        scores(classifier, finding, answers.getOrDefault(Finding.NORMAL, List.of())));
  }

  private static double[] scores(Reader classifier, Finding finding, List<float[]> answers) {
    return answers.stream().mapToDouble(a -> classifier.score(a, finding.wireName())).toArray();
  }

  /** Test phantoms of one finding, each group from seeds of its own. */
  private List<Sample> group(Finding finding, int side, int number) {
    long first = SeedRange.TEST.first() + 100_000L * (number + 1);
    var samples = new ArrayList<Sample>();
    for (int i = 0; i < perFinding; i++) {
      samples.add(Phantoms.sample(new PhantomSpec(first + i, side, Set.of(finding))));
    }
    return samples;
  }

  /** One image for each sample, from its prompt and masks as {@code change} leaves them. */
  private List<GrayImage> generate(
      SynthoraxClient client, List<Sample> samples, UnaryOperator<GenerationSpec.Builder> change)
      throws IOException {
    var answers = new ArrayList<CompletableFuture<GenerateResponse>>();
    for (Sample sample : samples) {
      GenerationSpec.Builder request =
          GenerationSpec.newBuilder()
              .setPrompt(sample.info().text())
              .setSeed(requireNonNull(sample.info().seed()))
              .setNumInferenceSteps(steps);
      if (!Float.isNaN(guidance)) {
        request.setGuidanceScale(guidance);
      }
      for (Structure structure : Structure.CHANNELS) {
        BinaryMask mask = sample.mask(structure);
        if (mask.area() > 0) {
          request.addMasks(
              StructureMask.newBuilder()
                  .setStructure(structure.wireName())
                  .setPng(ByteString.copyFrom(Png.encode(mask.toImage()))));
        }
      }
      answers.add(client.generateAsync(change.apply(request).build()));
    }
    var images = new ArrayList<GrayImage>();
    for (CompletableFuture<GenerateResponse> answer : answers) {
      images.add(Png.decode(answer.join().getImages(0).getData().toByteArray(), MAX_SIDE));
    }
    return images;
  }
}
