package dev.synthorax.training.stage;

import dev.synthorax.nn.weights.SafetensorsFile;
import dev.synthorax.nn.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Steps of one stage: loss, gradients, update; checkpoints in between. Batch, noise and rate of a
 * step depend on nothing but the seed and the step's number, so a run that was stopped anywhere and
 * resumed ends like an unbroken one.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class TrainingLoop {
  /** What a stage minimises. */
  @FunctionalInterface
  public interface Objective {
    /**
     * The loss of a step's batch, a scalar with gradients. Temporaries belong to the caller's
     * scope. Random numbers come from libtorch's generator, which was seeded for this step.
     */
    Tensor loss(long step);

    /** What the step learns from, in words: said of a step that fails. */
    default String batch(long step) {
      return "";
    }

    /** The loss of batches of samples. */
    static Objective over(Samples samples, BatchOrder order, OfBatch loss) {
      return new Objective() {
        @Override
        public Tensor loss(long step) {
          return loss.of(step, order.batch(step));
        }

        @Override
        public String batch(long step) {
          return IntStream.of(order.batch(step))
              .mapToObj(index -> samples.labels().get(index).id())
              .collect(Collectors.joining(", "));
        }
      };
    }
  }

  /** The loss of a batch of samples. */
  @FunctionalInterface
  public interface OfBatch {
    /** As {@link Objective#loss}, of samples with these indices. */
    Tensor of(long step, int[] batch);
  }

  /**
   * A second network that learns beside the first, such as a critic: after each of its updates from
   * what it has just computed.
   */
  public interface Rival {
    /** Of its parameters; borrowed. */
    FlatOptimizer optimizer();

    /** The rate of a step. */
    double rate(long step);

    /**
     * Its loss, a scalar with gradients of its parameters alone. Called in the scope of the step,
     * after the update of the first.
     */
    Tensor loss(long step);
  }

  /** Looks at what was learned so far: at every checkpoint, and at the end. */
  @FunctionalInterface
  public interface Examiner {
    /**
     * Tells what there is to see, with {@link StageRun#tell}. Leaves the networks as they were;
     * temporaries belong to the caller's scope, and nothing gathers gradients.
     */
    void examine(long step) throws IOException;
  }

  private static final String RIVAL = "rival.";
  private static final String IDENTITY = "identity";
  private static final String ENVIRONMENT = "environment";

  private final StageRun run;
  private final StageSettings settings;
  private final LearningRate rate;
  private final FlatOptimizer optimizer; // borrowed
  private final Path checkpoint;
  private Examiner examiner = _ -> {};
  private @Nullable Rival rival; // borrowed
  private long savedStep;

  /** A loop over the optimiser's parameters. */
  public TrainingLoop(StageRun run, StageSettings settings, FlatOptimizer optimizer) {
    this.run = run;
    this.settings = settings;
    this.rate = settings.rate();
    this.optimizer = optimizer;
    this.checkpoint = run.session().work().checkpoint(run.stage());
  }

  /** The same, with a second network. */
  public TrainingLoop against(Rival aRival) {
    rival = aRival;
    return this;
  }

  /** The same, with somebody who looks at what was learned. */
  public TrainingLoop examinedBy(Examiner anExaminer) {
    examiner = anExaminer;
    return this;
  }

  /**
   * Runs from the checkpoint, if there is one, to the last step or until told to stop; writes a
   * checkpoint at the end either way.
   *
   * @return whether the last step was reached
   * @throws IllegalStateException if the checkpoint is another run's, or a loss is not finite
   */
  public boolean run(Objective objective) throws IOException {
    Pace pace = run.session().pace();
    long steps = settings.steps();
    restore();
    long reportedStep = optimizer.step();
    long reportedNanos = pace.nanoClock().getAsLong();
    long savedNanos = reportedNanos;
    double lossSum = 0;
    while (optimizer.step() < steps && !run.stopped()) {
      lossSum += step(objective, optimizer.step());
      long done = optimizer.step();
      long now = pace.nanoClock().getAsLong();
      if (now - reportedNanos >= pace.report().toNanos() || done == steps) {
        double count = done - reportedStep;
        double samplesPerSecond = settings.batchSize() * count * 1e9 / (now - reportedNanos);
        run.tell(
            new TrainingEvent.Progress(
                run.stage(), done, steps, lossSum / count, samplesPerSecond));
        reportedStep = done;
        reportedNanos = now;
        lossSum = 0;
      }
      if (now - savedNanos >= pace.checkpoint().toNanos() && done < steps) {
        save();
        examine();
        savedNanos = pace.nanoClock().getAsLong();
      }
    }
    save();
    boolean finished = optimizer.step() >= steps;
    if (finished) {
      examine();
    }
    return finished;
  }

  private void examine() throws IOException {
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      torch.manual_seed(run.seed());
      examiner.examine(optimizer.step());
    }
  }

  private void restore() throws IOException {
    if (!Files.exists(checkpoint)) {
      return;
    }
    try (SafetensorsFile stored = SafetensorsFile.open(checkpoint)) {
      Map<String, String> metadata = stored.metadata();
      run.session().work().requireSame(checkpoint, metadata.get(IDENTITY), run.identity());
      optimizer.restore(stored);
      if (rival != null) {
        rival.optimizer().restore(stored, RIVAL);
      }
      savedStep = optimizer.step();
      String computedOn = metadata.getOrDefault(ENVIRONMENT, "something unknown");
      run.tell(
          new TrainingEvent.Resumed(
              run.stage(),
              optimizer.step(),
              settings.steps(),
              computedOn.equals(Environment.describe()) ? null : computedOn));
    }
  }

  private void save() throws IOException {
    var writer =
        new SafetensorsWriter()
            .metadata(IDENTITY, run.identity().toJson())
            .metadata(ENVIRONMENT, Environment.describe());
    optimizer.addTo(writer, "");
    if (rival != null) {
      rival.optimizer().addTo(writer, RIVAL);
    }
    writer.write(checkpoint);
    savedStep = optimizer.step();
    run.tell(new TrainingEvent.Checkpointed(run.stage(), savedStep));
  }

  private double step(Objective objective, long step) {
    try (PointerScope _ = new PointerScope()) {
      torch.manual_seed(run.seed() * 1_000_003L + step);
      Tensor loss = objective.loss(step);
      double value = loss.item_double();
      if (!Double.isFinite(value)) {
        throw broken(objective, step, "loss " + value);
      }
      loss.backward();
      double norm = optimizer.update(rate.at(step));
      if (!Double.isFinite(norm)) {
        throw broken(objective, step, "gradient of length " + norm);
      }
      if (rival != null) {
        rival.loss(step).backward();
        if (!Double.isFinite(rival.optimizer().update(rival.rate(step)))) {
          throw broken(objective, step, "a rival's gradient that is not finite");
        }
      }
      return value;
    }
  }

  private IllegalStateException broken(Objective objective, long step, String what) {
    String batch = objective.batch(step);
    return new IllegalStateException(
        "%s: %s at step %d%s (expected: a finite one; %s; lower peakLearningRate)"
            .formatted(
                run.stage(),
                what,
                step + 1,
                batch.isEmpty() ? "" : ", from " + batch,
                savedStep == 0
                    ? "no checkpoint yet"
                    : "the checkpoint of step %d is kept".formatted(savedStep)));
  }
}
