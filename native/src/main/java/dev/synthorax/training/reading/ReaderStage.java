package dev.synthorax.training.reading;

import com.fasterxml.jackson.databind.JsonNode;
import dev.synthorax.nn.ReaderConfig;
import dev.synthorax.nn.torch.TorchOps;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.training.stage.BatchOrder;
import dev.synthorax.training.stage.FlatOptimizer;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.stage.StageRun;
import dev.synthorax.training.stage.TrainingEvent;
import dev.synthorax.training.stage.TrainingLoop;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * The one stage of a reader's training. What is measured and published is the average of the
 * values, with the average of their running statistics. Measurements come at fixed steps, not at
 * checkpoints, so that the best is the same however often a run was stopped.
 *
 * @param network the configuration as it lies in the work folder
 */
record ReaderStage(
    String name,
    ReaderConfig config,
    ReaderTask task,
    ReaderSettings settings,
    Split split,
    ReaderBase base,
    JsonNode network)
    implements Recipe.Stage {

  @Override
  public Identity identify(Identity before) {
    return settings
        .stage()
        .identify(before, name)
        .withRecord(name, settings)
        .withJson("network", network);
  }

  @Override
  public boolean run(StageRun run) throws IOException {
    Samples samples = run.samples();
    BitSet learned = new BitSet();
    Arrays.stream(split.learned()).forEach(learned::set);
    BatchOrder order = samples.order(settings.batchSize(), run.seed(), learned::get);
    try (PointerScope _ = new PointerScope();
        TorchParameters parameters = base.start(config, run.seed())) {
      BestValues best = new BestValues(parameters);
      boolean keeps = settings.publish() == ReaderSettings.Publish.BEST;
      try (FlatOptimizer optimizer =
          new FlatOptimizer(
              parameters.trainable(true).learned(),
              parameters.statistics(),
              keeps ? best.tensors() : List.of(),
              FlatOptimizer.Settings.DEFAULT)) {
        TorchOps ops = TorchOps.training(parameters);
        Tensor positiveWeights = task.positiveWeights(settings.positiveWeights());
        TrainingLoop.OfBatch loss =
            (step, batch) -> {
              if (step > 0 && step % settings.heldOut().everySteps() == 0) {
                examine(run, step, parameters, optimizer, best);
              }
              return loss(ops, samples, batch, positiveWeights);
            };
        boolean finished =
            new TrainingLoop(run, settings.stage(), optimizer)
                .run(TrainingLoop.Objective.over(samples, order, loss));
        if (finished) {
          examine(run, settings.steps(), parameters, optimizer, best);
          optimizer.swapAverage();
          if (keeps) {
            best.restore(parameters);
          }
          run.finish(
              folder ->
                  parameters.save(
                      folder.resolve(Reader.WEIGHTS), ElementType.F32, Map.of("format", "pt")));
        }
        return finished;
      }
    }
  }

  private Tensor loss(TorchOps ops, Samples samples, int[] batch, Tensor positiveWeights) {
    FilmVariation variation =
        FilmVariation.draw(settings.variation(), batch.length, samples.height(), samples.width());
    Tensor images = variation.images(images(samples, batch));
    ReaderTask.Targets targets = task.targets(samples, batch);
    if (config.marks()) {
      targets = new ReaderTask.Targets(variation.masks(targets.values()), targets.known());
    }
    return task.loss(config.forward(ops, images).logits(), targets, positiveWeights);
  }

  private static Tensor images(Samples samples, int[] batch) {
    return TorchTensors.floats(
        samples.images(batch), batch.length, 1, samples.height(), samples.width());
  }

  /** Measures the averaged values on the held-out samples, and keeps them if they are the best. */
  private void examine(
      StageRun run,
      long step,
      TorchParameters parameters,
      FlatOptimizer optimizer,
      BestValues best) {
    if (split.heldOut().length == 0) {
      return;
    }
    try (NoGradGuard _ = new NoGradGuard()) {
      optimizer.swapAverage();
      var values = new LinkedHashMap<String, Double>();
      double score = measure(run.samples(), parameters, values);
      if (settings.publish() == ReaderSettings.Publish.BEST) {
        best.offer(score, parameters);
      }
      optimizer.swapAverage();
      run.tell(new TrainingEvent.Metrics(name, step, values));
    }
  }

  /** The score: the task's own, or where the samples cannot tell it the loss, negated. */
  private double measure(
      Samples samples, TorchParameters parameters, LinkedHashMap<String, Double> into) {
    TorchOps ops = TorchOps.evaluation(parameters);
    Score score = task.score();
    double losses = 0;
    int[] all = split.heldOut();
    for (int from = 0; from < all.length; from += settings.batchSize()) {
      int[] batch =
          Arrays.copyOfRange(all, from, Math.min(all.length, from + settings.batchSize()));
      try (PointerScope _ = new PointerScope()) {
        Tensor logits = config.forward(ops, images(samples, batch)).logits();
        ReaderTask.Targets targets = task.targets(samples, batch);
        score.add(logits, targets);
        Tensor alike = task.positiveWeights(List.of());
        losses += task.loss(logits, targets, alike).item_double() * batch.length;
      }
    }
    into.put("loss", losses / all.length);
    double mean = score.tell(into);
    return Double.isNaN(mean) ? -losses / all.length : mean;
  }
}
