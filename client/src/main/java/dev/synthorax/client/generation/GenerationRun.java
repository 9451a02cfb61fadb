package dev.synthorax.client.generation;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.SynthoraxException;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.proto.v1.EffectiveSettings;
import dev.synthorax.proto.v1.GenerateStreamResponse;
import dev.synthorax.proto.v1.Image;
import dev.synthorax.proto.v1.Queued;
import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Sends planned requests, a few at a time so that the server can batch them, and hands each image
 * on as it arrives; keeps none.
 *
 * <p>An answer is not trusted: an image that is not what was asked for ends the run.
 *
 * <p><b>Threading:</b> {@link #execute} blocks its caller; events arrive on the client's threads
 * and are ordered by this object's lock.
 */
public final class GenerationRun {
  private final SynthoraxClient client; // borrowed
  private final Keeper keeper;
  private final RunListener listener;
  private final int total;
  private final CompletableFuture<@Nullable Void> finished = new CompletableFuture<>();

  @GuardedBy("this")
  private final Deque<PlannedRequest> waiting;

  @GuardedBy("this")
  private int made;

  @GuardedBy("this")
  private final List<Work> works = new ArrayList<>();

  @GuardedBy("this")
  private final Set<String> warnings = new LinkedHashSet<>();

  /** Takes each image as it arrives, one at a time. */
  @FunctionalInterface
  public interface Keeper {
    /**
     * Keeps an image.
     *
     * @throws IOException if it cannot be kept; ends the run
     */
    void keep(MadeImage image) throws IOException;
  }

  private GenerationRun(
      SynthoraxClient client, List<PlannedRequest> plan, Keeper keeper, RunListener listener) {
    this.client = client;
    this.keeper = keeper;
    this.listener = listener;
    this.waiting = new ArrayDeque<>(plan);
    this.total = plan.stream().mapToInt(request -> request.ids().size()).sum();
  }

  /**
   * Makes every image of {@code plan} and waits for the last.
   *
   * @param client borrowed
   * @param plan requests with distinct ids
   * @param maxConcurrent requests under way at once, at least 1
   * @param keeper gets the images in the order they finish; what it kept stays when the run fails
   * @throws SynthoraxException if any request fails or is answered wrongly; the others are
   *     cancelled
   * @throws IOException if an image cannot be kept
   */
  public static void execute(
      SynthoraxClient client,
      List<PlannedRequest> plan,
      int maxConcurrent,
      Keeper keeper,
      RunListener listener)
      throws IOException {
    requireNonNull(client, "client");
    requireNonNull(keeper, "keeper");
    requireNonNull(listener, "listener");
    if (maxConcurrent < 1) {
      throw new IllegalArgumentException(
          "maxConcurrent: " + maxConcurrent + " (expected: at least 1)");
    }
    GenerationRun run = new GenerationRun(client, plan, keeper, listener);
    for (int i = 0; i < maxConcurrent; i++) {
      run.next();
    }
    run.await();
  }

  private void await() throws IOException {
    try {
      finished.get();
    } catch (InterruptedException e) {
      cancelCalls();
      Thread.currentThread().interrupt();
      throw SynthoraxException.of(Status.Code.CANCELLED, "interrupted while images were made", e);
    } catch (ExecutionException e) {
      cancelCalls();
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case null, default -> throw SynthoraxException.of(Status.Code.UNKNOWN, "the run failed", e);
      }
    }
  }

  private synchronized void cancelCalls() {
    works.forEach(work -> work.call.cancel(true));
  }

  private synchronized void next() {
    if (finished.isDone()) {
      return;
    }
    PlannedRequest planned = waiting.poll();
    if (planned == null) {
      if (made == total) {
        finished.complete(null);
      }
      return;
    }
    Work work = new Work(planned);
    works.add(work);
    work.call = client.generateStreamAsync(planned.request(), event -> heard(work, event));
    var _ = work.call.whenComplete((_, failure) -> ended(work, failure));
  }

  private void ended(Work work, @Nullable Throwable failure) {
    if (failure != null) {
      finished.completeExceptionally(failure);
      return;
    }
    try {
      end(work);
      next();
    } catch (SynthoraxException e) {
      finished.completeExceptionally(e);
    }
  }

  private synchronized void end(Work work) {
    work.check.end();
  }

  private synchronized void heard(Work work, GenerateStreamResponse event) {
    if (finished.isDone()) { // failed: nothing more is kept
      return;
    }
    switch (event.getEventCase()) {
      case QUEUED -> queued(work, event.getQueued());
      case PROGRESS -> {
        work.stepsDone = event.getProgress().getStepsDone();
        work.stepsTotal = event.getProgress().getStepsTotal();
        tellSteps();
      }
      case IMAGE -> image(work, event.getImage());
      case EVENT_NOT_SET -> {} // a newer server's event: nothing we could use
    }
  }

  @GuardedBy("this")
  private void queued(Work work, Queued queued) {
    work.check.settings(queued.getSettings());
    work.settings = queued.getSettings();
    work.warnings = List.copyOf(queued.getWarningsList());
    work.stepsTotal = queued.getSettings().getNumInferenceSteps() * work.planned.ids().size();
    for (String warning : queued.getWarningsList()) {
      if (warnings.add(warning)) {
        listener.warned(warning);
      }
    }
    tellSteps();
  }

  /** Tells the steps of the whole run; requests still waiting count like those accepted. */
  @GuardedBy("this")
  private void tellSteps() {
    List<Work> accepted = works.stream().filter(work -> work.stepsTotal > 0).toList();
    int images = accepted.stream().mapToInt(work -> work.planned.ids().size()).sum();
    int steps = accepted.stream().mapToInt(work -> work.stepsTotal).sum();
    if (images > 0) {
      int done = accepted.stream().mapToInt(work -> work.stepsDone).sum();
      listener.steps(done, (int) ((long) steps * total / images));
    }
  }

  @GuardedBy("this")
  private void image(Work work, Image image) {
    GrayImage _ = work.check.image(image);
    List<String> ids = work.planned.ids();
    MadeImage result =
        new MadeImage(
            ids.get(image.getIndex()),
            ids.getFirst(),
            work.planned.request(),
            work.settings,
            image.getSeed(),
            image.getWidth(),
            image.getHeight(),
            image.getData(),
            image.getTimings(),
            work.warnings);
    try {
      keeper.keep(result);
    } catch (IOException e) {
      finished.completeExceptionally(e);
      return;
    }
    made++;
    if (work.check.isComplete()) {
      work.stepsDone = work.stepsTotal;
      tellSteps();
    }
    listener.made(result, made, total);
  }

  /** One request under way; its fields are guarded by the run. */
  private static final class Work {
    private final PlannedRequest planned;
    private final AnswerCheck check;
    private CompletableFuture<@Nullable Void> call = new CompletableFuture<>();
    private EffectiveSettings settings = EffectiveSettings.getDefaultInstance();
    private List<String> warnings = List.of();
    private int stepsDone;
    private int stepsTotal;

    private Work(PlannedRequest planned) {
      this.planned = planned;
      this.check = new AnswerCheck(planned.ids().getFirst(), planned.request());
    }
  }
}
