package dev.synthorax.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.proto.v1.ListModelsResponse;
import dev.synthorax.proto.v1.Model;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks for page after page of a server's models until the last.
 *
 * <p><b>Threading:</b> pages arrive one after the other, on any thread; cancelling the result
 * cancels the call that is under way.
 */
final class ModelPages {
  private final Function<String, CompletableFuture<ListModelsResponse>> ask;
  private final CompletableFuture<List<Model>> result = new CompletableFuture<>();

  @GuardedBy("this")
  private final List<Model> models = new ArrayList<>();

  @GuardedBy("this")
  private @Nullable CompletableFuture<ListModelsResponse> underWay;

  private ModelPages(Function<String, CompletableFuture<ListModelsResponse>> ask) {
    this.ask = ask;
  }

  /**
   * Collects every page.
   *
   * @param ask from a page's token to the call for it; empty: the first page
   */
  static CompletableFuture<List<Model>> collect(
      Function<String, CompletableFuture<ListModelsResponse>> ask) {
    ModelPages pages = new ModelPages(ask);
    pages.next("");
    var _ = pages.result.whenComplete((_, _) -> pages.stop());
    return pages.result;
  }

  private void next(String token) {
    CompletableFuture<ListModelsResponse> call = ask.apply(token);
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

  private void take(String token, ListModelsResponse page) {
    String nextToken = page.getNextPageToken();
    List<Model> all;
    synchronized (this) {
      models.addAll(page.getModelsList());
      all = List.copyOf(models);
    }
    if (nextToken.isEmpty()) {
      result.complete(all);
    } else if (nextToken.equals(token)) {
      result.completeExceptionally(
          SynthoraxException.of(
              Status.Code.INTERNAL, "the server's list of models does not go on", null));
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
