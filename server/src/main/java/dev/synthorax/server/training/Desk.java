package dev.synthorax.server.training;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that owns what training keeps, and its clock.
 *
 * <p><b>Threading:</b> any thread may ask; nothing blocks.
 */
interface Desk extends AutoCloseable {
  /** Does something, after what was asked for before. */
  void execute(Runnable work);

  /** Does something later. */
  void after(Duration delay, Runnable work);

  /** What time it is. */
  Instant now();

  /** Does nothing more; what is under way is done. */
  @Override
  void close();

  /** Does something that somebody waits for. */
  default <T extends @Nullable Object> CompletableFuture<T> submit(Supplier<T> work) {
    var result = new CompletableFuture<T>();
    execute(
        () -> {
          try {
            result.complete(work.get());
          } catch (RuntimeException e) { // whoever waits is told
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  /** The same for work that goes on elsewhere. */
  default <T> CompletableFuture<T> compose(Supplier<CompletableFuture<T>> work) {
    var result = new CompletableFuture<T>();
    execute(
        () -> {
          try {
            var _ =
                work.get()
                    .whenComplete(
                        (value, failure) -> {
                          if (failure != null) {
                            result.completeExceptionally(failure);
                          } else {
                            result.complete(value);
                          }
                        });
          } catch (RuntimeException e) { // whoever waits is told
            result.completeExceptionally(e);
          }
        });
    return result;
  }
}
