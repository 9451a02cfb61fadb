package dev.synthorax.client;

import static java.util.Objects.requireNonNull;

import dev.synthorax.proto.v1.CancelTrainingRequest;
import dev.synthorax.proto.v1.CancelTrainingResponse;
import dev.synthorax.proto.v1.Dataset;
import dev.synthorax.proto.v1.DatasetShare;
import dev.synthorax.proto.v1.DatasetState;
import dev.synthorax.proto.v1.DeleteDatasetRequest;
import dev.synthorax.proto.v1.DeleteDatasetResponse;
import dev.synthorax.proto.v1.GetDatasetRequest;
import dev.synthorax.proto.v1.GetDatasetResponse;
import dev.synthorax.proto.v1.GetTrainingRequest;
import dev.synthorax.proto.v1.GetTrainingResponse;
import dev.synthorax.proto.v1.ListTrainingsRequest;
import dev.synthorax.proto.v1.ListTrainingsResponse;
import dev.synthorax.proto.v1.PromoteModelRequest;
import dev.synthorax.proto.v1.PromoteModelResponse;
import dev.synthorax.proto.v1.Sample;
import dev.synthorax.proto.v1.SampleShape;
import dev.synthorax.proto.v1.StartTrainingRequest;
import dev.synthorax.proto.v1.StartTrainingResponse;
import dev.synthorax.proto.v1.Training;
import dev.synthorax.proto.v1.TrainingServiceGrpc;
import dev.synthorax.proto.v1.TrainingState;
import dev.synthorax.proto.v1.UploadDatasetRequest;
import dev.synthorax.proto.v1.UploadDatasetResponse;
import dev.synthorax.proto.v1.UploadStart;
import dev.synthorax.proto.v1.WatchTrainingRequest;
import dev.synthorax.proto.v1.WatchTrainingResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Training without training: datasets in memory, jobs that are whatever the test says. Every sample
 * is durable at once.
 */
public final class FakeTraining extends TrainingServiceGrpc.TrainingServiceImplBase {
  /** What was uploaded under a name. */
  public static final class Stored {
    /** Samples so far. */
    public final List<Sample> samples = new CopyOnWriteArrayList<>();

    private final SampleShape shape;
    private volatile boolean whole;

    private Stored(SampleShape shape) {
      this.shape = shape;
    }
  }

  /** Datasets by name. */
  public final Map<String, Stored> datasets = new ConcurrentHashMap<>();

  /** First messages of uploads. */
  public final Queue<UploadStart> uploads = new ConcurrentLinkedQueue<>();

  /** Jobs that were asked for. */
  public final Queue<StartTrainingRequest> starts = new ConcurrentLinkedQueue<>();

  /** Jobs by name. */
  public final Map<String, Training> jobs = new ConcurrentHashMap<>();

  /** Failures to answer with, one a call of any kind but uploads. */
  public final Queue<StatusRuntimeException> failures = new ConcurrentLinkedQueue<>();

  /** Ends of uploads after so many samples more, one an upload. */
  public final Queue<Cut> cuts = new ConcurrentLinkedQueue<>();

  /** What a watcher hears before the job has finished. */
  public final List<WatchTrainingResponse> events = new CopyOnWriteArrayList<>();

  /** How often the next watches end with UNAVAILABLE after their first word. */
  public final Queue<StatusRuntimeException> watchCuts = new ConcurrentLinkedQueue<>();

  /** State that jobs end in. */
  public volatile Training ending =
      Training.newBuilder()
          .setState(TrainingState.TRAINING_STATE_FINISHED)
          .setModelVersion("abcdef")
          .build();

  /** Where set, uploads are taken no faster than it is completed. */
  public volatile @Nullable CompletableFuture<ServerCallStreamObserver<?>> held;

  /** Ends when the caller of an upload has left. */
  public final CompletableFuture<Boolean> uploadCancelled = new CompletableFuture<>();

  /** An upload ends with {@code failure} after {@code samples}. */
  public record Cut(int samples, StatusRuntimeException failure) {}

  private boolean failed(StreamObserver<?> answer) {
    StatusRuntimeException failure = failures.poll();
    if (failure != null) {
      answer.onError(failure);
    }
    return failure != null;
  }

  private static <T> void answer(StreamObserver<T> observer, T answer) {
    observer.onNext(answer);
    observer.onCompleted();
  }

  private static StatusRuntimeException notFound(String reason, String name) {
    return FakeServices.failure(Status.Code.NOT_FOUND, reason, "'" + name + "' is not there");
  }

  private static Dataset dataset(String name, Stored stored) {
    SampleDigest digest = new SampleDigest(stored.shape);
    stored.samples.forEach(digest::add);
    return Dataset.newBuilder()
        .setName(name)
        .setShape(stored.shape)
        .setPoint(digest.point())
        .setState(
            stored.whole ? DatasetState.DATASET_STATE_WHOLE : DatasetState.DATASET_STATE_UPLOADING)
        .build();
  }

  /** Returns the samples of a dataset that is there. */
  public List<Sample> samples(String name) {
    return requireNonNull(datasets.get(name), name).samples;
  }

  /** Returns a job that is there. */
  public Training job(String name) {
    return requireNonNull(jobs.get(name), name);
  }

  /** Has a dataset under a name. */
  public void have(String name, SampleShape shape, List<Sample> samples, boolean whole) {
    Stored stored = new Stored(shape);
    stored.samples.addAll(samples);
    stored.whole = whole;
    datasets.put(name, stored);
  }

  @Override
  public void getDataset(GetDatasetRequest request, StreamObserver<GetDatasetResponse> observer) {
    Stored stored = datasets.get(request.getDataset());
    if (failed(observer)) {
      return;
    }
    if (stored == null) {
      observer.onError(notFound("DATASET_NOT_FOUND", request.getDataset()));
      return;
    }
    answer(
        observer,
        GetDatasetResponse.newBuilder().setDataset(dataset(request.getDataset(), stored)).build());
  }

  @Override
  public void deleteDataset(
      DeleteDatasetRequest request, StreamObserver<DeleteDatasetResponse> observer) {
    if (!failed(observer)) {
      datasets.remove(request.getDataset());
      answer(observer, DeleteDatasetResponse.getDefaultInstance());
    }
  }

  @Override
  public StreamObserver<UploadDatasetRequest> uploadDataset(
      StreamObserver<UploadDatasetResponse> observer) {
    ServerCallStreamObserver<UploadDatasetResponse> call =
        (ServerCallStreamObserver<UploadDatasetResponse>) observer;
    call.setOnCancelHandler(() -> uploadCancelled.complete(true));
    CompletableFuture<ServerCallStreamObserver<?>> holder = held;
    if (holder != null) {
      call.disableAutoRequest();
      holder.complete(call);
    }
    Cut cut = cuts.poll();
    return new StreamObserver<>() {
      private String name = "";
      private int left = cut == null ? Integer.MAX_VALUE : cut.samples();
      private boolean over;

      @Override
      public void onNext(UploadDatasetRequest message) {
        if (over) {
          return;
        }
        if (message.hasStart()) {
          UploadStart start = message.getStart();
          uploads.add(start);
          name = start.getDataset();
          if (!start.hasResume()) {
            datasets.put(name, new Stored(start.getShape()));
          }
        } else {
          stored().samples.add(message.getSample());
          left--;
        }
        if (cut != null && left == 0) {
          over = true;
          observer.onError(cut.failure());
        }
      }

      private Stored stored() {
        return requireNonNull(datasets.get(name), name);
      }

      @Override
      public void onError(Throwable failure) {
        uploadCancelled.complete(true);
      }

      @Override
      public void onCompleted() {
        if (!over) {
          stored().whole = true;
          answer(
              observer,
              UploadDatasetResponse.newBuilder().setDataset(dataset(name, stored())).build());
        }
      }
    };
  }

  @Override
  public void startTraining(
      StartTrainingRequest request, StreamObserver<StartTrainingResponse> observer) {
    starts.add(request);
    if (failed(observer)) {
      return;
    }
    for (DatasetShare share : request.getSpec().getDatasetsList()) {
      Stored stored = datasets.get(share.getDataset());
      if (stored == null || !stored.whole) {
        observer.onError(notFound("DATASET_NOT_FOUND", share.getDataset()));
        return;
      }
    }
    Training job =
        Training.newBuilder()
            .setName(request.getTraining())
            .setSpec(request.getSpec())
            .setState(TrainingState.TRAINING_STATE_RUNNING)
            .addAllStages(List.of("autoencoder", "diffusion"))
            .build();
    jobs.put(request.getTraining(), job);
    answer(observer, StartTrainingResponse.newBuilder().setTraining(job).build());
  }

  @Override
  public void watchTraining(
      WatchTrainingRequest request, StreamObserver<WatchTrainingResponse> observer) {
    Training job = jobs.get(request.getTraining());
    if (failed(observer)) {
      return;
    }
    if (job == null) {
      observer.onError(notFound("TRAINING_NOT_FOUND", request.getTraining()));
      return;
    }
    observer.onNext(WatchTrainingResponse.newBuilder().setTraining(job).build());
    StatusRuntimeException cut = watchCuts.poll();
    if (cut != null) {
      observer.onError(cut);
      return;
    }
    events.forEach(observer::onNext);
    Training ended = job.toBuilder().mergeFrom(ending).build();
    jobs.put(job.getName(), ended);
    answer(observer, WatchTrainingResponse.newBuilder().setTraining(ended).build());
  }

  @Override
  public void getTraining(
      GetTrainingRequest request, StreamObserver<GetTrainingResponse> observer) {
    if (!failed(observer)) {
      answer(
          observer,
          GetTrainingResponse.newBuilder().setTraining(job(request.getTraining())).build());
    }
  }

  @Override
  public void listTrainings(
      ListTrainingsRequest request, StreamObserver<ListTrainingsResponse> observer) {
    List<Training> all = new ArrayList<>(jobs.values());
    all.sort((a, b) -> a.getName().compareTo(b.getName()));
    int at = request.getPageToken().isEmpty() ? 0 : Integer.parseInt(request.getPageToken());
    ListTrainingsResponse.Builder page = ListTrainingsResponse.newBuilder();
    if (at < all.size()) {
      page.addTrainings(all.get(at)); // one a page
    }
    if (at + 1 < all.size()) {
      page.setNextPageToken(Integer.toString(at + 1));
    }
    answer(observer, page.build());
  }

  @Override
  public void cancelTraining(
      CancelTrainingRequest request, StreamObserver<CancelTrainingResponse> observer) {
    Training job = jobs.get(request.getTraining());
    if (failed(observer)) {
      return;
    }
    if (job == null) {
      observer.onError(notFound("TRAINING_NOT_FOUND", request.getTraining()));
      return;
    }
    Training cancelled = job.toBuilder().setState(TrainingState.TRAINING_STATE_CANCELLED).build();
    jobs.put(job.getName(), cancelled);
    answer(observer, CancelTrainingResponse.newBuilder().setTraining(cancelled).build());
  }

  @Override
  public void promoteModel(
      PromoteModelRequest request, StreamObserver<PromoteModelResponse> observer) {
    if (!failed(observer)) {
      String model = job(request.getTraining()).getSpec().getModel();
      answer(
          observer,
          PromoteModelResponse.newBuilder().setModel(model).setModelVersion("abcdef").build());
    }
  }
}
