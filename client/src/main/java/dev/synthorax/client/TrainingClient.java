package dev.synthorax.client;

import static dev.synthorax.client.SynthoraxClient.await;
import static java.util.Objects.requireNonNull;

import dev.synthorax.proto.v1.CancelTrainingRequest;
import dev.synthorax.proto.v1.CancelTrainingResponse;
import dev.synthorax.proto.v1.Dataset;
import dev.synthorax.proto.v1.DeleteDatasetRequest;
import dev.synthorax.proto.v1.DeleteTrainingRequest;
import dev.synthorax.proto.v1.GetDatasetRequest;
import dev.synthorax.proto.v1.GetDatasetResponse;
import dev.synthorax.proto.v1.GetTrainingRequest;
import dev.synthorax.proto.v1.GetTrainingResponse;
import dev.synthorax.proto.v1.ListDatasetsRequest;
import dev.synthorax.proto.v1.ListTrainingsRequest;
import dev.synthorax.proto.v1.PromoteModelRequest;
import dev.synthorax.proto.v1.PromoteModelResponse;
import dev.synthorax.proto.v1.StartTrainingRequest;
import dev.synthorax.proto.v1.StartTrainingResponse;
import dev.synthorax.proto.v1.Training;
import dev.synthorax.proto.v1.TrainingServiceGrpc;
import dev.synthorax.proto.v1.TrainingSpec;
import dev.synthorax.proto.v1.WatchTrainingRequest;
import dev.synthorax.proto.v1.WatchTrainingResponse;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Datasets and training jobs of one server, from {@link SynthoraxClient#training}.
 *
 * <p>Calls that are the same when they come twice are tried again after UNAVAILABLE and
 * RESOURCE_EXHAUSTED, as {@link SynthoraxClient} says: all but the start of a job without a name
 * and what deletes. Uploads and watching have no deadline; others have that of {@link
 * ClientOptions}.
 *
 * <p><b>Ownership:</b> none; ends with the client that it came from.
 *
 * <p><b>Threading:</b> any thread may call anything. Listeners run on the channel's threads, one
 * event of a call at a time; they must not block.
 */
public final class TrainingClient {
  private static final Duration FOR_EVER = Duration.ofDays(10_000);

  private final RetryingCall.Terms terms;

  TrainingClient(RetryingCall.Terms terms) {
    this.terms = terms;
  }

  /**
   * Uploads a dataset and waits until all of it is on the server's disk. What an earlier upload of
   * the same samples left there is not sent again; a cut upload goes on by itself.
   *
   * @param name 1 to 64 of a-z, 0-9, '.', '_' and '-'
   * @param progress hears how many samples are read and sent so far, on the calling thread; begins
   *     anew where the upload does
   * @throws SynthoraxException if the call fails; DATASET_CONFLICT where the name is that of other
   *     samples
   * @throws IOException if the samples cannot be read
   * @throws InterruptedException if the calling thread is interrupted
   */
  public Dataset upload(String name, SampleSource samples, LongConsumer progress)
      throws IOException, InterruptedException {
    requireNonNull(name, "name");
    requireNonNull(samples, "samples");
    return new SampleUpload(this, terms, name, samples, requireNonNull(progress, "progress")).run();
  }

  /**
   * Uploads a dataset as {@link #upload} does, on a thread of its own; cancelling the future stops
   * it. The future may also end with IOException.
   */
  public CompletableFuture<Dataset> uploadAsync(
      String name, SampleSource samples, LongConsumer progress) {
    CompletableFuture<Dataset> result = new CompletableFuture<>();
    Thread worker =
        Thread.ofVirtual()
            .name("upload " + name)
            .unstarted(
                () -> {
                  try {
                    result.complete(upload(name, samples, progress));
                  } catch (IOException | InterruptedException | RuntimeException e) {
                    result.completeExceptionally(e);
                  }
                });
    var _ = result.whenComplete((_, _) -> worker.interrupt());
    worker.start();
    return result;
  }

  /**
   * Returns a dataset, whole or being uploaded.
   *
   * @throws SynthoraxException DATASET_NOT_FOUND if nothing of that name is durable
   */
  public Dataset dataset(String name) {
    return await(datasetAsync(name));
  }

  /** Returns a dataset; see {@link #dataset}. */
  public CompletableFuture<Dataset> datasetAsync(String name) {
    return call(
        TrainingServiceGrpc.getGetDatasetMethod(),
        GetDatasetRequest.newBuilder().setDataset(name).build(),
        GetDatasetResponse::getDataset);
  }

  /** Returns a dataset, or null if nothing of that name is durable. */
  public @Nullable Dataset datasetIfAny(String name) {
    try {
      return dataset(name);
    } catch (SynthoraxException e) {
      if (e.reason().equals("DATASET_NOT_FOUND")) {
        return null;
      }
      throw e;
    }
  }

  /** Lists the server's datasets, by name. */
  public List<Dataset> datasets() {
    return await(datasetsAsync());
  }

  /** Lists the server's datasets, by name. */
  public CompletableFuture<List<Dataset>> datasetsAsync() {
    return Pages.collect(
        "datasets",
        token ->
            call(
                TrainingServiceGrpc.getListDatasetsMethod(),
                ListDatasetsRequest.newBuilder().setPageToken(token).build(),
                page -> new Pages.Page<>(page.getDatasetsList(), page.getNextPageToken())));
  }

  /**
   * Deletes a dataset; not tried again.
   *
   * @throws SynthoraxException DATASET_CONFLICT while a job learns from it
   */
  public void deleteDataset(String name) {
    var _ =
        await(
            once(
                TrainingServiceGrpc.getDeleteDatasetMethod(),
                DeleteDatasetRequest.newBuilder().setDataset(name).build()));
  }

  /**
   * Starts a job, or goes on with it; the same job started again is the same job.
   *
   * @param name the job's; empty: the server makes one, and the call is not tried again
   * @throws SynthoraxException TRAINING_CONFLICT if a job of that name has another spec, or another
   *     makes the same model; INVALID_ARGUMENT for what the recipe does not have
   */
  public Training start(String name, TrainingSpec spec) {
    return await(startAsync(name, spec));
  }

  /** Starts a job; see {@link #start}. */
  public CompletableFuture<Training> startAsync(String name, TrainingSpec spec) {
    return RetryingCall.unary(
        name.isEmpty() ? onceTerms() : terms,
        TrainingServiceGrpc.getStartTrainingMethod(),
        StartTrainingRequest.newBuilder().setTraining(name).setSpec(spec).build(),
        StartTrainingResponse::getTraining);
  }

  /**
   * Tells of a job until it has ended: first the job as it stands and its newest metrics and
   * pictures, then each event. Where the server is restarted it is asked again, and begins again
   * with the job as it stands.
   *
   * @return the job as it ended
   * @throws SynthoraxException TRAINING_NOT_FOUND if there is no such job
   */
  public Training watch(String name, Consumer<WatchTrainingResponse> listener) {
    return await(watchAsync(name, listener));
  }

  /** Tells of a job; see {@link #watch}. Cancelling the future leaves the job as it is. */
  public CompletableFuture<Training> watchAsync(
      String name, Consumer<WatchTrainingResponse> listener) {
    requireNonNull(listener, "listener");
    CompletableFuture<Training> result = new CompletableFuture<>();
    watchOnce(WatchTrainingRequest.newBuilder().setTraining(name).build(), listener, result);
    return result;
  }

  private void watchOnce(
      WatchTrainingRequest request,
      Consumer<WatchTrainingResponse> listener,
      CompletableFuture<Training> result) {
    AtomicReference<@Nullable Training> newest = new AtomicReference<>();
    CompletableFuture<@Nullable Void> call =
        RetryingCall.start(
            withDeadline(FOR_EVER),
            TrainingServiceGrpc.getWatchTrainingMethod(),
            request,
            event -> {
              if (event.hasTraining()) {
                newest.set(event.getTraining());
              }
              listener.accept(event);
            });
    var _ = result.whenComplete((_, _) -> call.cancel(true));
    var _ =
        call.whenComplete(
            (_, failure) -> {
              Training last = newest.get();
              if (result.isDone()) {
                return;
              }
              if (failure instanceof SynthoraxException cut
                  && cut.code() == Status.Code.UNAVAILABLE
                  && last != null) {
                later(cut).execute(() -> watchOnce(request, listener, result));
              } else if (failure != null) {
                result.completeExceptionally(failure);
              } else if (last == null) {
                result.completeExceptionally(
                    SynthoraxException.of(
                        Status.Code.INTERNAL,
                        terms.target() + " ended the watch without a word of the job",
                        null));
              } else {
                result.complete(last);
              }
            });
  }

  private Executor later(SynthoraxException cut) {
    Duration delay =
        terms.options().retry().delayAfter(1, cut.retryDelay(), ThreadLocalRandom.current());
    return CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Returns a job as it stands.
   *
   * @throws SynthoraxException TRAINING_NOT_FOUND if there is none of that name
   */
  public Training training(String name) {
    return await(trainingAsync(name));
  }

  /** Returns a job as it stands; see {@link #training}. */
  public CompletableFuture<Training> trainingAsync(String name) {
    return call(
        TrainingServiceGrpc.getGetTrainingMethod(),
        GetTrainingRequest.newBuilder().setTraining(name).build(),
        GetTrainingResponse::getTraining);
  }

  /** Lists the server's jobs, newest first. */
  public List<Training> trainings() {
    return await(trainingsAsync());
  }

  /** Lists the server's jobs, newest first. */
  public CompletableFuture<List<Training>> trainingsAsync() {
    return Pages.collect(
        "trainings",
        token ->
            call(
                TrainingServiceGrpc.getListTrainingsMethod(),
                ListTrainingsRequest.newBuilder().setPageToken(token).build(),
                page -> new Pages.Page<>(page.getTrainingsList(), page.getNextPageToken())));
  }

  /** Ends a job after a checkpoint; {@link #start} goes on with it. */
  public Training cancel(String name) {
    return await(cancelAsync(name));
  }

  /** Ends a job after a checkpoint; see {@link #cancel}. */
  public CompletableFuture<Training> cancelAsync(String name) {
    return call(
        TrainingServiceGrpc.getCancelTrainingMethod(),
        CancelTrainingRequest.newBuilder().setTraining(name).build(),
        CancelTrainingResponse::getTraining);
  }

  /**
   * Deletes a job that has ended, with its checkpoints; not tried again.
   *
   * @throws SynthoraxException TRAINING_CONFLICT while it is queued or running
   */
  public void deleteTraining(String name) {
    var _ =
        await(
            once(
                TrainingServiceGrpc.getDeleteTrainingMethod(),
                DeleteTrainingRequest.newBuilder().setTraining(name).build()));
  }

  /**
   * Puts the model of a finished job into the server's repository, and waits until it can be used.
   *
   * @throws SynthoraxException TRAINING_CONFLICT if the job has not finished, or the model's name
   *     is that of one that this server did not train
   */
  public PromoteModelResponse promote(String name) {
    return await(promoteAsync(name));
  }

  /** Puts the model of a finished job into the repository; see {@link #promote}. */
  public CompletableFuture<PromoteModelResponse> promoteAsync(String name) {
    return call(
        TrainingServiceGrpc.getPromoteModelMethod(),
        PromoteModelRequest.newBuilder().setTraining(name).build(),
        Function.identity());
  }

  private <Q, R, T> CompletableFuture<T> call(
      MethodDescriptor<Q, R> method, Q request, Function<R, T> mapping) {
    return RetryingCall.unary(terms, method, request, mapping);
  }

  private <Q, R> CompletableFuture<R> once(MethodDescriptor<Q, R> method, Q request) {
    return RetryingCall.unary(onceTerms(), method, request, Function.identity());
  }

  private RetryingCall.Terms onceTerms() {
    return new RetryingCall.Terms(
        terms.channel(), terms.target(), terms.options().withRetry(RetryPolicy.NONE));
  }

  private RetryingCall.Terms withDeadline(Duration deadline) {
    return new RetryingCall.Terms(
        terms.channel(), terms.target(), terms.options().withDeadline(deadline));
  }
}
