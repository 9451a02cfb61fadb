package dev.synthorax.benchmarks;

import dev.synthorax.diffusion.StepCoefficients;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.server.scheduler.LatentSlot;
import dev.synthorax.server.scheduler.PriorityClass;
import dev.synthorax.server.scheduler.RequestShare;
import dev.synthorax.server.scheduler.RowCounts;
import dev.synthorax.server.scheduler.StepBatcher;
import dev.synthorax.server.scheduler.StepCost;
import dev.synthorax.server.scheduler.StepExecutor;
import dev.synthorax.server.scheduler.StepRow;
import dev.synthorax.server.scheduler.StepRun;
import dev.synthorax.server.scheduler.Trajectory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What the step loop spends on planning while a long queue waits, beside what a step of the network
 * takes on this machine. The loop is the server's own; its executor does nothing, on a clock that
 * moves as if it did.
 */
@Command(
    name = "planning",
    mixinStandardHelpOptions = true,
    description = "The step loop's time outside of its executor while thousands of images wait.",
    footer = {
      "",
      "Example: synthorax bench planning --pipeline server/src/main/resources/models/cxr-mini"
    })
final class PlanningBenchmark implements Callable<Integer> {
  private static final RowCounts ROWS = new RowCounts(List.of(2, 4, 8, 16), List.of());
  private static final int WARM_STEPS = 2_000;
  private static final int SIDE = 128;
  private static final int STEP_RUNS = 20;
  private static final double MOST_SHARE = 0.01;
  private static final StepCoefficients STEP =
      new StepCoefficients(
          500,
          1,
          1,
          0,
          Double.POSITIVE_INFINITY,
          1,
          0,
          0,
          List.of(),
          0,
          StepCoefficients.History.NONE);

  @Option(names = "--pipeline", required = true, description = "Pipeline whose step is timed.")
  private Path pipeline = Path.of("");

  @Option(
      names = "--queued",
      defaultValue = "10000",
      description = "Images that wait. Default: ${DEFAULT-VALUE}.")
  private int queued;

  @Option(
      names = "--steps",
      defaultValue = "5000",
      description = "Steps that are measured. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--cache",
      defaultValue = "target/bench-cache",
      description = "Folder for exported graphs. Default: ${DEFAULT-VALUE}.")
  private Path cache = Path.of("target", "bench-cache");

  @Override
  public Integer call() throws Exception {
    int threads = Runtime.getRuntime().availableProcessors();
    double stepNanos;
    int rows;
    try (BareLoop loop = BareLoop.open(pipeline, SIDE, threads, cache)) {
      rows = loop.unetRows();
      stepNanos = loop.stepSeconds(STEP_RUNS) * 1e9;
    }
    double[] outside = new Load(queued, WARM_STEPS + steps, stepNanos).nanosOutside();
    double[] sorted = Arrays.copyOfRange(outside, WARM_STEPS, outside.length);
    Arrays.sort(sorted);
    double mean = Arrays.stream(sorted).average().orElse(Double.NaN);
    System.out.printf(
        Locale.ROOT,
        """
        | what | value |
        | --- | --- |
        | images queued | %d |
        | a step of %d rows, ms | %.1f |
        | outside the executor a step, mean, us | %.1f |
        | the same, p50 / p99 / max, us | %.1f / %.1f / %.1f |
        | share of a step, mean | %.4f %% (expected: below %.0f %%) |
        """,
        queued,
        rows,
        stepNanos / 1e6,
        mean / 1e3,
        sorted[sorted.length / 2] / 1e3,
        sorted[sorted.length * 99 / 100] / 1e3,
        sorted[sorted.length - 1] / 1e3,
        100 * mean / stepNanos,
        100 * MOST_SHARE);
    return mean / stepNanos < MOST_SHARE ? 0 : 1;
  }

  /**
   * Images of mixed length, class, guidance and deadline; each that ends is followed by another,
   * and now and then one is withdrawn.
   *
   * <p><b>Threading:</b> all but the start on the loop's thread.
   */
  private static final class Load implements StepExecutor<Object>, Trajectory.Listener {
    private static final List<PriorityClass> CLASSES = List.of(PriorityClass.values());
    private static final int WITHDRAWN_EVERY = 10; // steps
    private static final int TENANTS = 10;

    private final SplittableRandom random = new SplittableRandom(1);
    private final AtomicLong clock = new AtomicLong();
    private final CountDownLatch done = new CountDownLatch(1);
    private final AtomicReference<@Nullable Trajectory> latest = new AtomicReference<>();
    private final double[] outside;
    private final double stepNanos;
    private final StepBatcher loop;
    private final int queued;
    private int step;
    private long leftNanos;

    @SuppressWarnings("this-escape") // the loop starts in nanosOutside()
    Load(int queued, int steps, double stepNanos) {
      this.queued = queued;
      this.outside = new double[steps];
      this.stepNanos = stepNanos;
      this.loop =
          new StepBatcher(
              "planning",
              2 * queued,
              this,
              new StepCost(Map.of(2, stepNanos / 8, 16, stepNanos), Map.of(), 0),
              clock::get,
              failure -> done.countDown());
    }

    double[] nanosOutside() throws InterruptedException {
      for (int i = 0; i < queued; i++) {
        submit();
      }
      loop.start();
      boolean ended = done.await(10, TimeUnit.MINUTES);
      loop.close();
      if (!ended || step < outside.length) {
        throw new IllegalStateException(
            "%d of %d steps were made (expected: all within ten minutes)"
                .formatted(step, outside.length));
      }
      return outside;
    }

    private void submit() {
      long now = clock.get();
      int length = random.nextInt(5, 50);
      var image =
          new Trajectory(
              new Trajectory.Settings(
                  Collections.nCopies(length, STEP),
                  3,
                  random.nextInt(4) > 0,
                  0,
                  random.nextLong(),
                  CLASSES.get(random.nextInt(CLASSES.size())),
                  now,
                  random.nextInt(3) > 0
                      ? null
                      : now + TimeUnit.SECONDS.toNanos(random.nextInt(60, 3600)),
                  new RequestShare("tenant " + random.nextInt(TENANTS))),
              _ -> new Slot(),
              this);
      latest.set(image);
      loop.submit(image);
    }

    @Override
    public RowCounts rowCounts() {
      return ROWS;
    }

    @Override
    public LatentSlot open(Object start) {
      return new Slot();
    }

    @Override
    public int slots() {
      return Integer.MAX_VALUE;
    }

    @Override
    public StepRun step(List<StepRow> rows) {
      long enteredNanos = System.nanoTime();
      if (step > 0 && step < outside.length) {
        outside[step] = enteredNanos - leftNanos;
      }
      if (step < outside.length && ++step == outside.length) {
        done.countDown();
      }
      clock.addAndGet((long) stepNanos);
      if (step % WITHDRAWN_EVERY == 0) {
        Trajectory image = latest.getAndSet(null);
        if (image != null) {
          loop.withdraw(image);
          submit();
        }
      }
      leftNanos = System.nanoTime();
      return StepRun.DONE;
    }

    @Override
    public void stepped(Trajectory trajectory) {}

    @Override
    public void denoised(Trajectory trajectory, LatentSlot slot) {
      slot.close();
      submit();
    }

    @Override
    public void failed(Trajectory trajectory, RuntimeException failure) {
      if (done.getCount() > 0) {
        submit();
      }
    }
  }

  private static final class Slot implements LatentSlot {
    @Override
    public DeviceBuffer latents() {
      throw new IllegalStateException("nothing is computed here");
    }

    @Override
    public void close() {}
  }
}
