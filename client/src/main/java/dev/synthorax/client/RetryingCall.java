package dev.synthorax.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One call and its retries under one deadline. A call is tried again only until a message has come
 * that is worth keeping; what came before it, a listener may hear again.
 *
 * <p><b>Threading:</b> attempts follow one another; messages arrive one at a time on the channel's
 * executor. Cancelling the future cancels the attempt that runs.
 */
final class RetryingCall<Q, R> {
  private final Channel channel;
  private final MethodDescriptor<Q, R> method;
  private final Q request;
  private final Consumer<R> listener;
  private final Predicate<R> worthKeeping;
  private final RetryPolicy policy;
  private final String target;
  private final CallOptions callOptions;
  private final Deadline deadline;
  private final CompletableFuture<@Nullable Void> result = new CompletableFuture<>();
  private volatile @Nullable ClientCall<Q, R> running;
  private volatile boolean answered;

  /** Everything about a call but its request. */
  record Terms(Channel channel, String target, ClientOptions options) {}

  private RetryingCall(
      Terms terms,
      MethodDescriptor<Q, R> method,
      Q request,
      Consumer<R> listener,
      Predicate<R> worthKeeping) {
    this.channel = terms.channel();
    this.target = terms.target();
    this.policy = terms.options().retry();
    this.method = method;
    this.request = request;
    this.listener = listener;
    this.worthKeeping = worthKeeping;
    this.deadline = Deadline.after(terms.options().deadline().toNanos(), TimeUnit.NANOSECONDS);
    this.callOptions = CallOptions.DEFAULT.withDeadline(deadline);
  }

  /** Starts a call of one answer; the future holds what {@code mapping} makes of it. */
  static <Q, R, T> CompletableFuture<T> unary(
      Terms terms, MethodDescriptor<Q, R> method, Q request, Function<R, T> mapping) {
    CompletableFuture<T> result = new CompletableFuture<>();
    AtomicReference<@Nullable R> answer = new AtomicReference<>();
    CompletableFuture<@Nullable Void> call = start(terms, method, request, answer::set);
    var _ =
        call.whenComplete(
            (_, failure) -> {
              R message = answer.get();
              if (failure != null) {
                result.completeExceptionally(failure);
              } else if (message == null) {
                result.completeExceptionally(
                    SynthoraxException.of(
                        Status.Code.INTERNAL,
                        terms.target() + " ended the call without an answer",
                        null));
              } else {
                result.complete(mapping.apply(message));
              }
            });
    var _ = result.whenComplete((_, failure) -> call.cancel(true));
    return result;
  }

  /** Starts a call of which any message is worth keeping. */
  static <Q, R> CompletableFuture<@Nullable Void> start(
      Terms terms, MethodDescriptor<Q, R> method, Q request, Consumer<R> listener) {
    return start(terms, method, request, listener, _ -> true);
  }

  /**
   * Starts the call; {@code listener} hears each message, and the future ends with the call.
   *
   * @param worthKeeping whether a message ends the tries
   */
  static <Q, R> CompletableFuture<@Nullable Void> start(
      Terms terms,
      MethodDescriptor<Q, R> method,
      Q request,
      Consumer<R> listener,
      Predicate<R> worthKeeping) {
    RetryingCall<Q, R> call = new RetryingCall<>(terms, method, request, listener, worthKeeping);
    var _ =
        call.result.whenComplete(
            (_, failure) -> {
              if (call.result.isCancelled()) {
                call.cancelRunning(null);
              }
            });
    call.attempt(1);
    return call.result;
  }

  private void cancelRunning(@Nullable Throwable cause) {
    ClientCall<Q, R> call = running;
    if (call != null) {
      call.cancel("the caller left", cause);
    }
  }

  private void attempt(int number) {
    ClientCall<Q, R> call = channel.newCall(method, callOptions);
    running = call;
    if (result.isDone()) { // cancelled while it waited for its next try
      return;
    }
    ClientCalls.asyncServerStreamingCall(call, request, new Answer(number));
  }

  private void failed(int number, Throwable failure) {
    SynthoraxException error = SynthoraxException.ofCall(failure, target);
    boolean worthAnotherTry =
        error.code() == Status.Code.UNAVAILABLE || error.code() == Status.Code.RESOURCE_EXHAUSTED;
    boolean asked = error.retryDelay() != null;
    if (!worthAnotherTry || answered || (!asked && number >= policy.maxAttempts())) {
      result.completeExceptionally(error);
      return;
    }
    Duration delay = policy.delayAfter(number, error.retryDelay(), ThreadLocalRandom.current());
    if (delay.toNanos() >= deadline.timeRemaining(TimeUnit.NANOSECONDS)) {
      result.completeExceptionally(error);
      return;
    }
    Executor later = CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS);
    later.execute(() -> attempt(asked ? number : number + 1));
  }

  private final class Answer implements StreamObserver<R> {
    private final int number;

    private Answer(int number) {
      this.number = number;
    }

    @Override
    public void onNext(R message) {
      answered |= worthKeeping.test(message);
      try {
        listener.accept(message);
      } catch (
          RuntimeException e) { // the listener's own failure ends the call and reaches its caller
        result.completeExceptionally(e);
        cancelRunning(e);
      }
    }

    @Override
    public void onError(Throwable failure) {
      failed(number, failure);
    }

    @Override
    public void onCompleted() {
      result.complete(null);
    }
  }
}
