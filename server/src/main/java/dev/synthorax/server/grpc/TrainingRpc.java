package dev.synthorax.server.grpc;

import dev.synthorax.proto.v1.CancelTrainingRequest;
import dev.synthorax.proto.v1.CancelTrainingResponse;
import dev.synthorax.proto.v1.DeleteDatasetRequest;
import dev.synthorax.proto.v1.DeleteDatasetResponse;
import dev.synthorax.proto.v1.DeleteTrainingRequest;
import dev.synthorax.proto.v1.DeleteTrainingResponse;
import dev.synthorax.proto.v1.GetDatasetRequest;
import dev.synthorax.proto.v1.GetDatasetResponse;
import dev.synthorax.proto.v1.GetTrainingRequest;
import dev.synthorax.proto.v1.GetTrainingResponse;
import dev.synthorax.proto.v1.ListDatasetsRequest;
import dev.synthorax.proto.v1.ListDatasetsResponse;
import dev.synthorax.proto.v1.ListTrainingsRequest;
import dev.synthorax.proto.v1.ListTrainingsResponse;
import dev.synthorax.proto.v1.PromoteModelRequest;
import dev.synthorax.proto.v1.PromoteModelResponse;
import dev.synthorax.proto.v1.StartTrainingRequest;
import dev.synthorax.proto.v1.StartTrainingResponse;
import dev.synthorax.proto.v1.TrainingServiceGrpc;
import dev.synthorax.proto.v1.UploadDatasetRequest;
import dev.synthorax.proto.v1.UploadDatasetResponse;
import dev.synthorax.proto.v1.WatchTrainingRequest;
import dev.synthorax.proto.v1.WatchTrainingResponse;
import dev.synthorax.server.training.Dataset;
import dev.synthorax.server.training.Datasets;
import dev.synthorax.server.training.TrainingRoom;
import dev.synthorax.server.training.TrainingSpec;
import dev.synthorax.server.training.TrainingStatus;
import dev.synthorax.server.training.Trainings;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Datasets and training jobs. Uploads and watches end when the server does: both can go on later.
 */
final class TrainingRpc extends TrainingServiceGrpc.TrainingServiceImplBase {
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private final Datasets datasets;
  private final Trainings trainings;
  private final Set<UploadCall> uploads = ConcurrentHashMap.newKeySet();
  private final Set<WatchCall> watches = ConcurrentHashMap.newKeySet();

  /** Borrows the room. */
  TrainingRpc(TrainingRoom room) {
    datasets = room.datasets();
    trainings = room.trainings();
  }

  @Override
  public StreamObserver<UploadDatasetRequest> uploadDataset(
      StreamObserver<UploadDatasetResponse> observer) {
    var call =
        new UploadCall(
            datasets, (ServerCallStreamObserver<UploadDatasetResponse>) observer, uploads::remove);
    uploads.add(call);
    return call;
  }

  @Override
  public void getDataset(GetDatasetRequest request, StreamObserver<GetDatasetResponse> observer) {
    Answers.answer(
        observer,
        datasets.get(request.getDataset()),
        found -> GetDatasetResponse.newBuilder().setDataset(TrainingWires.wire(found)).build());
  }

  @Override
  public void listDatasets(
      ListDatasetsRequest request, StreamObserver<ListDatasetsResponse> observer) {
    Answers.answer(
        observer,
        datasets.list(),
        all -> {
          var page = Page.of(all, Dataset::name, request.getPageSize(), request.getPageToken());
          var response = ListDatasetsResponse.newBuilder().setNextPageToken(page.nextToken());
          page.items().forEach(each -> response.addDatasets(TrainingWires.wire(each)));
          return response.build();
        });
  }

  @Override
  public void deleteDataset(
      DeleteDatasetRequest request, StreamObserver<DeleteDatasetResponse> observer) {
    Answers.answer(
        observer,
        datasets.delete(request.getDataset()),
        _ -> DeleteDatasetResponse.getDefaultInstance());
  }

  @Override
  public void startTraining(
      StartTrainingRequest request, StreamObserver<StartTrainingResponse> observer) {
    TrainingSpec spec;
    try {
      spec = TrainingSpecReader.read(request.getSpec());
    } catch (FieldException e) {
      throw e.within("spec");
    }
    Answers.answer(
        observer,
        trainings.start(request.getTraining(), spec),
        job -> StartTrainingResponse.newBuilder().setTraining(TrainingWires.wire(job)).build());
  }

  @Override
  public void watchTraining(
      WatchTrainingRequest request, StreamObserver<WatchTrainingResponse> observer) {
    var stream = new EventStream<>((ServerCallStreamObserver<WatchTrainingResponse>) observer);
    var call = new WatchCall(stream);
    watches.add(call);
    CompletableFuture<Runnable> watching = trainings.watch(request.getTraining(), call);
    stream.onEnd(
        () -> {
          watches.remove(call);
          var _ = watching.thenAccept(Runnable::run);
        });
    var _ =
        watching.whenComplete(
            (_, failure) -> {
              if (failure != null) {
                call.fail(Answers.status(failure));
              }
            });
  }

  @Override
  public void getTraining(
      GetTrainingRequest request, StreamObserver<GetTrainingResponse> observer) {
    Answers.answer(
        observer,
        trainings.get(request.getTraining()),
        job -> GetTrainingResponse.newBuilder().setTraining(TrainingWires.wire(job)).build());
  }

  @Override
  public void listTrainings(
      ListTrainingsRequest request, StreamObserver<ListTrainingsResponse> observer) {
    Answers.answer(
        observer,
        trainings.list(),
        all -> {
          var page =
              Page.of(all, TrainingWires::key, request.getPageSize(), request.getPageToken());
          var response = ListTrainingsResponse.newBuilder().setNextPageToken(page.nextToken());
          page.items()
              .forEach((TrainingStatus job) -> response.addTrainings(TrainingWires.wire(job)));
          return response.build();
        });
  }

  @Override
  public void cancelTraining(
      CancelTrainingRequest request, StreamObserver<CancelTrainingResponse> observer) {
    Answers.answer(
        observer,
        trainings.cancel(request.getTraining()),
        job -> CancelTrainingResponse.newBuilder().setTraining(TrainingWires.wire(job)).build());
  }

  @Override
  public void deleteTraining(
      DeleteTrainingRequest request, StreamObserver<DeleteTrainingResponse> observer) {
    Answers.answer(
        observer,
        trainings.delete(request.getTraining()),
        _ -> DeleteTrainingResponse.getDefaultInstance());
  }

  @Override
  public void promoteModel(
      PromoteModelRequest request, StreamObserver<PromoteModelResponse> observer) {
    Answers.answer(
        observer,
        trainings.promoteModel(request.getTraining()),
        promoted ->
            PromoteModelResponse.newBuilder()
                .setModel(promoted.model())
                .setModelVersion(promoted.version())
                .setNotServed(promoted.notServed())
                .build());
  }

  /** Ends what would go on for ever; clients ask again. */
  void drain() {
    uploads.forEach(call -> call.fail(Errors.draining(AGAIN)));
    watches.forEach(call -> call.fail(Errors.draining(AGAIN)));
  }
}
