package dev.synthorax.training.drawing;

import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.training.stage.BatchOrder;
import dev.synthorax.training.stage.FlatOptimizer;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.StageRun;
import dev.synthorax.training.stage.TrainingLoop;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Trains the denoiser, on text alone or on text and masks, each condition left out at random. A
 * ControlNet that is new starts as a copy of the U-Net's way down. A small network gains from a
 * U-Net that goes on learning; a large pretrained one is better frozen.
 *
 * @param structures of the masks; empty: text alone
 * @param trained stages by what they trained
 * @see <a href="https://arxiv.org/abs/2302.05543">Zhang et al., ControlNet</a>
 */
record DenoiserStage(
    PipelineDraft draft,
    DrawingSettings.Denoising settings,
    Captions captions,
    List<String> structures,
    Map<Component, String> trained)
    implements Recipe.Stage {
  static final String ON_TEXT = "diffusion";
  static final String ON_MASKS = "control";

  DenoiserStage {
    structures = List.copyOf(structures);
    trained = Map.copyOf(trained);
  }

  @Override
  public String name() {
    return structures.isEmpty() ? ON_TEXT : ON_MASKS;
  }

  /** The networks that take part. */
  private List<Component> networks() {
    return structures.isEmpty()
        ? List.of(Component.UNET, Component.TEXT_ENCODER)
        : List.of(Component.UNET, Component.TEXT_ENCODER, Component.CONTROLNET);
  }

  /**
   * The networks that learn.
   *
   * @throws IllegalArgumentException if there are none, or others than those that take part
   */
  List<Component> learned() {
    List<String> names = networks().stream().map(Component::folder).toList();
    if (settings.learn().isEmpty() || !names.containsAll(settings.learn())) {
      throw new IllegalArgumentException(
          "%s.learn: %s (expected: some of %s)".formatted(name(), settings.learn(), names));
    }
    return networks().stream()
        .filter(network -> settings.learn().contains(network.folder()))
        .toList();
  }

  @Override
  public Identity identify(Identity before) throws IOException {
    Identity identity =
        settings
            .stage()
            .identify(before, name())
            .withRecord(name(), settings)
            .with(name() + ".structures", structures)
            .withRecord("captions", captions)
            .withRecord("weighting", NoiseObjective.Bound.DEFAULT)
            .withRecord("drop", DenoiserLoss.Drop.DEFAULT);
    for (Component network : networks()) {
      identity = draft.identify(identity, network);
    }
    return draft.identifySchedule(identity);
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // closed at the end
  public boolean run(StageRun run) throws IOException {
    var open = new EnumMap<Component, TorchParameters>(Component.class);
    try {
      for (Component network : networks()) {
        open.put(network, draft.open(network, trained, run.seed()));
      }
      boolean madeNew =
          !trained.containsKey(Component.CONTROLNET) && draft.baseOf(Component.CONTROLNET) == null;
      TorchParameters control = open.get(Component.CONTROLNET);
      TorchParameters unet = open.get(Component.UNET);
      if (control != null && unet != null && madeNew) {
        control.copyFrom(unet);
      }
      return learn(run, open);
    } finally {
      open.values().forEach(TorchParameters::close);
    }
  }

  private boolean learn(StageRun run, Map<Component, TorchParameters> networks) throws IOException {
    List<TorchParameters> learning =
        networks.entrySet().stream()
            .filter(network -> learned().contains(network.getKey()))
            .map(Map.Entry::getValue)
            .toList();
    List<Tensor> parameters =
        learning.stream().flatMap(network -> network.trainable(true).learned().stream()).toList();
    try (var optimizer = new FlatOptimizer(parameters, FlatOptimizer.Settings.DEFAULT);
        LatentCache latents = LatentCache.open(run.session().work());
        var tokens =
            new CaptionTokens(
                captions, run.samples().labels(), draft.tokenizer(), draft.textEncoder())) {
      BatchOrder order = run.samples().order(settings.batchSize(), run.seed());
      var loss =
          new DenoiserLoss(
              draft, settings.weighting(), run.samples(), latents, tokens, structures, networks);
      var examiner = new DenoiserExaminer(draft, run, loss, optimizer, latents, trained);
      boolean finished =
          new TrainingLoop(run, settings.stage(), optimizer)
              .examinedBy(examiner::examine)
              .run(TrainingLoop.Objective.over(run.samples(), order, (_, batch) -> loss.of(batch)));
      if (finished) {
        optimizer.swapAverage();
        run.finish(
            folder -> {
              for (Component network : learned()) {
                TorchParameters weights = networks.get(network);
                if (weights != null) {
                  weights.save(
                      folder.resolve(PipelineDraft.fileName(network)),
                      ElementType.F32,
                      Map.of("format", "pt"));
                }
              }
            });
      }
      return finished;
    }
  }
}
