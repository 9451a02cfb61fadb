package dev.synthorax.training.tuning;

import static java.util.Objects.requireNonNull;

import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.training.drawing.DiffusionProcess;
import dev.synthorax.training.reading.Reader;
import dev.synthorax.training.stage.FlatOptimizer;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Inputs;
import dev.synthorax.training.stage.Label;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.Roles;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.stage.SettingsFile;
import dev.synthorax.training.stage.StageRun;
import dev.synthorax.training.stage.StageSettings;
import dev.synthorax.training.stage.TrainingLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Tunes a pipeline by a frozen reader, so that images show what was asked for: a classifier asks
 * for the prompt's findings, a segmenter for the masks.
 *
 * @see <a href="https://arxiv.org/abs/2411.18602">Prakash et al., proxy model</a>
 */
public final class ProxyRecipe implements Recipe {
  private static final String SETTINGS = "recipe.json";

  /** The role of the reader. */
  static final String PROXY = "proxy";

  @Override
  public String name() {
    return "proxy";
  }

  @Override
  public String summary() {
    return "a pipeline tuned by a reader";
  }

  @Override
  public int revision() {
    return 1;
  }

  @Override
  public List<String> templates() {
    return List.of(SETTINGS);
  }

  @Override
  public Roles roles() {
    return new Roles(List.of(Roles.BASE, PROXY), List.of());
  }

  @Override
  public Plan plan(Inputs inputs) throws IOException {
    ProxySettings settings = SettingsFile.read(inputs.work().file(SETTINGS), ProxySettings.class);
    BasePipeline base = BasePipeline.of(inputs);
    Set<Component> learned = LearnedNetworks.of(settings.learn(), base);
    int timesteps = base.schedule().betas().numTrainTimesteps();
    if (settings.maxTimestep() >= timesteps) {
      throw new IllegalArgumentException(
          "maxTimestep: %d (expected: below %d, the time steps of the base)"
              .formatted(settings.maxTimestep(), timesteps));
    }
    Path proxy = requireNonNull(inputs.model(PROXY), PROXY);
    try (Reader reader = Reader.load(proxy)) {
      if (reader.config().marks()) {
        checkStructures(reader.labels(), settings, base, inputs.samples());
      } else {
        checkFindings(reader.labels(), inputs.samples());
      }
    }
    var tuning = new ByReader(settings, learned, proxy);
    return new Plan(
        settings.seed(),
        List.of(new TuningStage(base, tuning)),
        new TunedPipeline(base, inputs.work().result(tuning.name()), learned, Map.of()));
  }

  private static void checkStructures(
      List<String> labels, ProxySettings settings, BasePipeline base, Samples samples) {
    if (base.control() == null) {
      throw new IllegalArgumentException(
          "proxy: finds %s, but the base takes no masks (expected: a base with a controlnet, or a classifier)"
              .formatted(labels));
    }
    List<String> given = base.structures().isEmpty() ? samples.structures() : base.structures();
    List<String> unknown =
        labels.stream()
            .filter(label -> !given.contains(label) || !samples.structures().contains(label))
            .toList();
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "proxy: finds %s (expected: structures that the base is given, %s, and that the samples have, %s)"
              .formatted(unknown, given, samples.structures()));
    }
    if (settings.drop().structure() > 0) {
      throw new IllegalArgumentException(
          "drop.structure: %s (expected: 0 with a proxy that finds structures: it asks for all of a row's masks)"
              .formatted(settings.drop().structure()));
    }
  }

  private static void checkFindings(List<String> labels, Samples samples) {
    List<String> unknown =
        labels.stream()
            .filter(
                finding ->
                    samples.labels().stream()
                        .noneMatch(label -> label.presence(finding) == Label.Presence.PRESENT))
            .toList();
    if (!unknown.isEmpty()) {
      var found = new TreeSet<String>();
      samples.labels().forEach(label -> found.addAll(label.findings()));
      throw new IllegalArgumentException(
          "proxy: finds %s, which no sample has (expected: findings of the samples, %s)"
              .formatted(unknown, found));
    }
  }

  /** The one stage. */
  private record ByReader(ProxySettings proxy, Set<Component> learned, Path reader)
      implements Tuning {
    @Override
    public String name() {
      return "proxy";
    }

    @Override
    public StageSettings settings() {
      return proxy.stage();
    }

    @Override
    public FlatOptimizer.Settings optimizer() {
      return FlatOptimizer.Settings.DEFAULT;
    }

    @Override
    public Identity identify(Identity before) {
      return settings().identify(before, name()).withRecord(name(), proxy);
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // adopted
    public TrainingLoop.Objective objective(StageRun run, OpenBase open, FlatOptimizer optimizer) {
      var loss =
          new ProxyLoss(
              open,
              new DiffusionProcess(open.base().schedule()),
              proxy,
              open.denoiser(),
              open.adopt(Reader.load(reader)));
      return TrainingLoop.Objective.over(
          run.samples(),
          run.samples().order(proxy.batchSize(), run.seed()),
          (_, batch) -> loss.of(batch));
    }
  }
}
