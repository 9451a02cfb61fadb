package dev.synthorax.client.generation;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.SynthoraxException;
import dev.synthorax.client.image.GrayImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Makes the images of one run: works through tasks, a few at a time so that servers can batch them,
 * asks servers, and hands each image on as it arrives; keeps none.
 *
 * <p>An answer is not trusted: an image that is not what was asked for ends the run. So does every
 * other failure; the calls under way are then cancelled, and nothing is handed on after {@link
 * #run} has returned. Calls are tried again by the {@linkplain SynthoraxClient client}.
 *
 * <p><b>Ownership:</b> borrows the client; owns its threads while it runs.
 *
 * <p><b>Threading:</b> one run at a time, which blocks its caller; other methods are for any
 * thread.
 */
public final class GenerationEngine {
  private final @Nullable SynthoraxClient client;
  private final GenerationListener listener;
  private final int images;

  @GuardedBy("this")
  private final Set<String> warnings = new LinkedHashSet<>();

  @GuardedBy("this")
  private int done;

  @GuardedBy("this")
  private int imagesAccepted;

  @GuardedBy("this")
  private long stepsAccepted;

  @GuardedBy("this")
  private long stepsDone;

  /** One thing to do: makes images, and keeps them. */
  @FunctionalInterface
  public interface Task {
    /**
     * Does it; runs on a thread of the engine, which is interrupted when another task has failed.
     *
     * @param index which of the tasks, from 0
     * @throws IOException if that fails; ends the run
     */
    void make(int index) throws IOException;
  }

  /** Takes the images of a request as they arrive, one at a time. */
  @FunctionalInterface
  public interface Keeper {
    /**
     * Keeps an image.
     *
     * @param pixels of the image
     * @throws IOException if it cannot be kept; ends the request
     */
    void keep(MadeImage image, GrayImage pixels) throws IOException;
  }

  /**
   * Prepares a run.
   *
   * @param client borrowed; null: nothing is asked of a server
   * @param images that will be there in the end
   * @param listener told of what happens
   */
  public GenerationEngine(
      @Nullable SynthoraxClient client, int images, GenerationListener listener) {
    this.client = client;
    this.images = images;
    this.listener = requireNonNull(listener, "listener");
  }

  /**
   * Does all tasks and waits for the last.
   *
   * @param tasks how many there are
   * @param concurrency tasks under way at once, at least 1
   * @throws IOException of the first task that failed; what was kept stays
   * @throws SynthoraxException if a request fails or is answered wrongly
   * @throws InterruptedException if the calling thread is interrupted
   */
  public void run(int tasks, int concurrency, Task task) throws IOException, InterruptedException {
    if (concurrency < 1) {
      throw new IllegalArgumentException("concurrency: " + concurrency + " (expected: >= 1)");
    }
    int threads = Math.max(1, Math.min(concurrency, tasks));
    AtomicInteger next = new AtomicInteger();
    ExecutorService workers =
        Executors.newFixedThreadPool(threads, Thread.ofPlatform().name("images-", 1).factory());
    try {
      ExecutorCompletionService<Boolean> ended = new ExecutorCompletionService<>(workers);
      for (int i = 0; i < threads; i++) {
        var _ =
            ended.submit(
                () -> {
                  for (int k = next.getAndIncrement();
                      k < tasks && !Thread.currentThread().isInterrupted();
                      k = next.getAndIncrement()) {
                    task.make(k);
                  }
                  return true;
                });
      }
      for (int i = 0; i < threads; i++) {
        var _ = ended.take().get(); // the first failure ends the run
      }
    } catch (ExecutionException e) {
      throw failure(e);
    } finally {
      workers.shutdownNow();
      workers.close(); // nothing of this run is kept after it has ended
    }
  }

  private static IOException failure(ExecutionException e) {
    return switch (e.getCause()) {
      case IOException io -> io;
      case RuntimeException broken -> throw broken;
      case Error error -> throw error;
      case null, default -> new IOException(String.valueOf(e.getMessage()), e);
    };
  }

  /**
   * Asks for the images of a request and waits for the last. An image is checked before it is
   * handed on.
   *
   * @param keeper gets the images in the order they finish, on a thread of the client
   * @throws SynthoraxException if the servers fail for longer than the client tries, or answer
   *     wrongly; names the request
   * @throws IOException if an image cannot be kept
   */
  public void ask(PlannedRequest request, Keeper keeper) throws IOException {
    if (client == null) {
      throw new IllegalStateException("no server for " + request.ids().getFirst());
    }
    try (ImageAnswer answer = new ImageAnswer(request, keeper, this)) {
      client.generateStream(request.request(), answer::heard);
      answer.end();
    } catch (UncheckedIOException e) { // the keeper's
      throw e.getCause();
    }
  }

  /**
   * Counts an image that is kept, and tells of it.
   *
   * @param what it was made from, for people; may be empty
   * @param reused whether it was there before this run
   */
  public synchronized void made(String id, String what, boolean reused) {
    listener.made(id, what, ++done, images, reused);
  }

  /** Counts an image that will not be there. */
  public synchronized void leftOut() {
    done++;
  }

  /** Passes on what a server says of a request, each sentence once. */
  synchronized void warned(String warning) {
    if (warnings.add(warning)) {
      listener.warned(warning);
    }
  }

  /** Takes a request into the count of steps: of how many images, and of how many steps. */
  synchronized void accepted(int ofImages, int steps) {
    imagesAccepted += ofImages;
    stepsAccepted += steps;
    stepped(0);
  }

  /** Adds to the steps that are done. */
  synchronized void stepped(int more) {
    stepsDone += more;
    if (imagesAccepted > 0) {
      listener.steps((int) stepsDone, (int) (stepsAccepted * images / imagesAccepted));
    }
  }
}
