package dev.synthorax.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks for page after page of a list until the last.
 *
 * <p><b>Threading:</b> pages arrive one after the other, on any thread; cancelling the result
 * cancels the call that is under way.
 *
 * @param <T> what is listed
 */
final class Pages<T> {
  private final String things;
  private final Function<String, CompletableFuture<Page<T>>> ask;
  private final CompletableFuture<List<T>> result = new CompletableFuture<>();

  @GuardedBy("this")
  private final List<T> all = new ArrayList<>();

  @GuardedBy("this")
  private @Nullable CompletableFuture<Page<T>> underWay;

  /**
   * One page.
   *
   * @param nextToken asks for the next; empty: there is none
   */
  record Page<T>(List<T> items, String nextToken) {}

  private Pages(String things, Function<String, CompletableFuture<Page<T>>> ask) {
    this.things = things;
    this.ask = ask;
  }

  /**
   * Collects every page.
   *
   * @param things what is listed, for messages: {@code models}
   * @param ask from a page's token to the call for it; empty: the first page
   */
  static <T> CompletableFuture<List<T>> collect(
      String things, Function<String, CompletableFuture<Page<T>>> ask) {
    Pages<T> pages = new Pages<>(things, ask);
    pages.next("");
    var _ = pages.result.whenComplete((_, _) -> pages.stop());
    return pages.result;
  }

  private void next(String token) {
    CompletableFuture<Page<T>> call = ask.apply(token);
    synchronized (this) {
      underWay = call;
    }
    var _ =
        call.whenComplete(
            (page, failure) -> {
              if (failure != null) {
                result.completeExceptionally(failure);
              } else if (!result.isDone()) {
                take(token, page);
              }
            });
    if (result.isDone()) {
      stop();
    }
  }

  private void take(String token, Page<T> page) {
    String nextToken = page.nextToken();
    List<T> soFar;
    synchronized (this) {
      all.addAll(page.items());
      soFar = List.copyOf(all);
    }
    if (nextToken.isEmpty()) {
      result.complete(soFar);
    } else if (nextToken.equals(token)) {
      result.completeExceptionally(
          SynthoraxException.of(
              Status.Code.INTERNAL, "the server's list of " + things + " does not go on", null));
    } else {
      next(nextToken);
    }
  }

  private synchronized void stop() {
    if (underWay != null) {
      underWay.cancel(true);
    }
  }
}
