package dev.synthorax.client.augment;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.SynthoraxException;
import dev.synthorax.proto.v1.EffectiveSettings;
import dev.synthorax.proto.v1.GenerateEvent;
import dev.synthorax.proto.v1.Image;
import dev.synthorax.proto.v1.Queued;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Sends planned requests, a few at a time so that the server can batch them, and collects the
 * images.
 *
 * <p><b>Threading:</b> {@link #execute} blocks its caller; events arrive on the client's threads
 * and are ordered by this object's lock.
 */
public final class GenerationRun {
  private final SynthoraxClient client; // borrowed
  private final RunListener listener;
  private final int total;
  private final CompletableFuture<List<MadeImage>> finished = new CompletableFuture<>();

  @GuardedBy("this")
  private final Deque<PlannedRequest> waiting;

  @GuardedBy("this")
  private final List<MadeImage> made = new ArrayList<>();

  @GuardedBy("this")
  private final List<Work> works = new ArrayList<>();

  @GuardedBy("this")
  private final Set<String> warnings = new LinkedHashSet<>();

  private GenerationRun(SynthoraxClient client, List<PlannedRequest> plan, RunListener listener) {
    this.client = client;
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
   * @return the images, ordered by id
   * @throws SynthoraxException if any request fails; the others are cancelled
   */
  public static List<MadeImage> execute(
      SynthoraxClient client, List<PlannedRequest> plan, int maxConcurrent, RunListener listener) {
    requireNonNull(client, "client");
    requireNonNull(listener, "listener");
    if (maxConcurrent < 1) {
      throw new IllegalArgumentException(
          "maxConcurrent: " + maxConcurrent + " (expected: at least 1)");
    }
    GenerationRun run = new GenerationRun(client, plan, listener);
    for (int i = 0; i < maxConcurrent; i++) {
      run.next();
    }
    return run.await();
  }

  private List<MadeImage> await() {
    try {
      return finished.get();
    } catch (InterruptedException e) {
      cancelCalls();
      Thread.currentThread().interrupt();
      throw SynthoraxException.of(Status.Code.CANCELLED, "interrupted while images were made", e);
    } catch (ExecutionException e) {
      cancelCalls();
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw SynthoraxException.of(Status.Code.UNKNOWN, "the run failed", e);
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
      if (made.size() == total) {
        finished.complete(made.stream().sorted(Comparator.comparing(MadeImage::id)).toList());
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
    } else if (isComplete(work)) {
      next();
    } else {
      finished.completeExceptionally(
          SynthoraxException.of(
              Status.Code.INTERNAL,
              "the server ended a request before its last image; try again",
              null));
    }
  }

  private synchronized boolean isComplete(Work work) {
    return work.received.size() == work.planned.ids().size();
  }

  private synchronized void heard(Work work, GenerateEvent event) {
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
    work.settings = queued.getSettings();
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
    int index = image.getIndex();
    EffectiveSettings used = work.settings;
    List<String> ids = work.planned.ids();
    if (used == null || index < 0 || index >= ids.size() || !work.received.add(index)) {
      throw SynthoraxException.of(
          Status.Code.INTERNAL,
          "the server sent image "
              + index
              + " out of turn (expected: after a queued event, each of 0 to "
              + (ids.size() - 1)
              + " once)",
          null);
    }
    MadeImage result =
        new MadeImage(
            ids.get(index),
            ids.getFirst(),
            work.planned.request(),
            used,
            image.getSeed(),
            image.getWidth(),
            image.getHeight(),
            image.getData(),
            image.getTimings());
    made.add(result);
    if (work.received.size() == ids.size()) {
      work.stepsDone = work.stepsTotal;
      tellSteps();
    }
    listener.made(result, made.size(), total);
  }

  /** One request under way; its fields are guarded by the run. */
  private static final class Work {
    private final PlannedRequest planned;
    private final Set<Integer> received = new HashSet<>();
    private CompletableFuture<@Nullable Void> call = new CompletableFuture<>();
    private @Nullable EffectiveSettings settings;
    private int stepsDone;
    private int stepsTotal;

    private Work(PlannedRequest planned) {
      this.planned = planned;
    }
  }
}
