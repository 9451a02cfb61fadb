package dev.synthorax.server.grpc;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers of calls whose work is done later, on another thread. */
final class Answers {
  private Answers() {}

  /**
   * Answers a call once its work is done; on the thread that the call was delivered on.
   *
   * @param response of what came of the work
   */
  static <T extends @Nullable Object, R> void answer(
      StreamObserver<R> observer, CompletableFuture<T> work, Function<T, R> response) {
    ((ServerCallStreamObserver<R>) observer)
        .setOnCancelHandler(() -> {}); // or an answer that nobody waits for would throw
    var _ =
        work.thenApply(response)
            .whenComplete(
                (answer, failure) -> {
                  if (failure != null) {
                    observer.onError(status(failure));
                  } else {
                    observer.onNext(answer);
                    observer.onCompleted();
                  }
                });
  }

  /** The status of what ended a future. */
  static StatusRuntimeException status(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return switch (cause) {
      case RuntimeException known -> Errors.of(known);
      case Error broken -> Errors.broken(broken);
      case null, default -> Errors.broken(new AssertionError(failure)); // futures hold no others
    };
  }
}
