package dev.synthorax.client;

import dev.synthorax.proto.v1.CreatePreferenceDatasetRequest;
import dev.synthorax.proto.v1.CreatePreferenceDatasetResponse;
import dev.synthorax.proto.v1.CreateReviewSetRequest;
import dev.synthorax.proto.v1.CreateReviewSetResponse;
import dev.synthorax.proto.v1.DeleteReviewSetRequest;
import dev.synthorax.proto.v1.DeleteReviewSetResponse;
import dev.synthorax.proto.v1.ExportRatingsRequest;
import dev.synthorax.proto.v1.ExportRatingsResponse;
import dev.synthorax.proto.v1.GetNextItemRequest;
import dev.synthorax.proto.v1.GetNextItemResponse;
import dev.synthorax.proto.v1.ListReviewSetsRequest;
import dev.synthorax.proto.v1.ListReviewSetsResponse;
import dev.synthorax.proto.v1.RatingRecord;
import dev.synthorax.proto.v1.ReaderProgress;
import dev.synthorax.proto.v1.ReviewItem;
import dev.synthorax.proto.v1.ReviewServiceGrpc;
import dev.synthorax.proto.v1.ReviewSet;
import dev.synthorax.proto.v1.ReviewSetStart;
import dev.synthorax.proto.v1.ReviewTask;
import dev.synthorax.proto.v1.SubmitRatingsRequest;
import dev.synthorax.proto.v1.SubmitRatingsResponse;
import dev.synthorax.proto.v1.TaskImage;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One set at most, kept in memory; an item without any text score is refused. */
public final class FakeReviews extends ReviewServiceGrpc.ReviewServiceImplBase {
  /** The items of the set, in the order that they came. */
  public final List<ReviewItem> items = new CopyOnWriteArrayList<>();

  /** What was submitted, in the order that it came. */
  public final List<SubmitRatingsRequest> ratings = new CopyOnWriteArrayList<>();

  /** Calls that are cut before their answer. */
  public final AtomicInteger cuts = new AtomicInteger();

  /** What the set is; null: there is none. */
  public volatile @Nullable ReviewSetStart start;

  @Override
  public StreamObserver<CreateReviewSetRequest> createReviewSet(
      StreamObserver<CreateReviewSetResponse> observer) {
    items.clear();
    return new StreamObserver<>() {
      @Override
      public void onNext(CreateReviewSetRequest message) {
        if (message.hasStart()) {
          start = message.getStart();
        } else {
          items.add(message.getItem());
        }
      }

      @Override
      public void onError(Throwable failure) {
        items.clear();
      }

      @Override
      public void onCompleted() {
        if (cuts.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
          observer.onError(Status.UNAVAILABLE.asRuntimeException());
          return;
        }
        observer.onNext(CreateReviewSetResponse.newBuilder().setReviewSet(set()).build());
        observer.onCompleted();
      }
    };
  }

  private ReviewSet set() {
    ReviewSetStart known = start;
    var set =
        ReviewSet.newBuilder()
            .setReviewSet(known == null ? "" : known.getReviewSet())
            .setWhole(true)
            .setItems(items.size())
            .setImages(items.stream().mapToInt(ReviewItem::getImagesCount).sum());
    ratings.stream()
        .map(SubmitRatingsRequest::getReader)
        .distinct()
        .forEach(
            reader ->
                set.addReaders(
                    ReaderProgress.newBuilder()
                        .setReader(reader)
                        .setItemsRated(
                            (int)
                                ratings.stream()
                                    .filter(r -> r.getReader().equals(reader))
                                    .map(SubmitRatingsRequest::getItem)
                                    .distinct()
                                    .count())));
    return set.build();
  }

  @Override
  public void listReviewSets(
      ListReviewSetsRequest request, StreamObserver<ListReviewSetsResponse> observer) {
    var response = ListReviewSetsResponse.newBuilder();
    if (start != null) {
      response.addReviewSets(set());
    }
    observer.onNext(response.build());
    observer.onCompleted();
  }

  @Override
  public void deleteReviewSet(
      DeleteReviewSetRequest request, StreamObserver<DeleteReviewSetResponse> observer) {
    if (!ratings.isEmpty() && !request.getWithRatings()) {
      observer.onError(
          Status.FAILED_PRECONDITION.withDescription("it has ratings").asRuntimeException());
      return;
    }
    start = null;
    observer.onNext(DeleteReviewSetResponse.getDefaultInstance());
    observer.onCompleted();
  }

  @Override
  public void getNextItem(
      GetNextItemRequest request, StreamObserver<GetNextItemResponse> observer) {
    var response = GetNextItemResponse.newBuilder();
    items.stream()
        .filter(item -> !request.getExceptItemsList().contains(item.getItem()))
        .filter(
            item ->
                ratings.stream()
                    .noneMatch(
                        r ->
                            r.getItem().equals(item.getItem())
                                && r.getReader().equals(request.getReader())))
        .findFirst()
        .ifPresent(item -> response.setTask(task(item)));
    observer.onNext(response.build());
    observer.onCompleted();
  }

  private static ReviewTask task(ReviewItem item) {
    var task =
        ReviewTask.newBuilder()
            .setItem(item.getItem())
            .setPrompt(item.getPrompt())
            .addAllMasks(item.getMasksList());
    item.getImagesList()
        .forEach(
            image ->
                task.addImages(
                    TaskImage.newBuilder().setImage(image.getImage()).setPng(image.getPng())));
    return task.build();
  }

  @Override
  public void submitRatings(
      SubmitRatingsRequest request, StreamObserver<SubmitRatingsResponse> observer) {
    if (request.getRatingsList().stream().noneMatch(rating -> rating.hasTextScore())) {
      observer.onError(
          Status.INVALID_ARGUMENT
              .withDescription("ratings[0].text_score: none (expected: 0 to 5)")
              .asRuntimeException());
      return;
    }
    ratings.add(request);
    observer.onNext(
        SubmitRatingsResponse.newBuilder().setRatingsChanged(request.getRatingsCount()).build());
    observer.onCompleted();
  }

  @Override
  public void exportRatings(
      ExportRatingsRequest request, StreamObserver<ExportRatingsResponse> observer) {
    for (SubmitRatingsRequest item : ratings) {
      var response = ExportRatingsResponse.newBuilder();
      item.getRatingsList()
          .forEach(
              rating ->
                  response.addRatings(
                      RatingRecord.newBuilder()
                          .setItem(item.getItem())
                          .setReader(item.getReader())
                          .setRating(rating)
                          .setRevision(1)
                          .setPrompt("small, left \"effusion\"")
                          .setModel("cxr")
                          .setModelVersion("v1")
                          .setSeed(-1)));
      observer.onNext(response.build());
    }
    observer.onCompleted();
  }

  @Override
  public void createPreferenceDataset(
      CreatePreferenceDatasetRequest request,
      StreamObserver<CreatePreferenceDatasetResponse> observer) {
    observer.onNext(
        CreatePreferenceDatasetResponse.newBuilder()
            .setDataset(request.getDataset())
            .setItems(2)
            .setImages(5)
            .setPairs(3)
            .build());
    observer.onCompleted();
  }
}
