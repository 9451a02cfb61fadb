package dev.synthorax.server.grpc;

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
import dev.synthorax.proto.v1.GetReviewItemRequest;
import dev.synthorax.proto.v1.GetReviewItemResponse;
import dev.synthorax.proto.v1.ListReviewSetsRequest;
import dev.synthorax.proto.v1.ListReviewSetsResponse;
import dev.synthorax.proto.v1.ReviewServiceGrpc;
import dev.synthorax.proto.v1.SubmitRatingsRequest;
import dev.synthorax.proto.v1.SubmitRatingsResponse;
import dev.synthorax.server.review.Reviews;
import dev.synthorax.server.training.Datasets;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.function.Function;

/** Sets of images that readers rate. */
final class ReviewRpc extends ReviewServiceGrpc.ReviewServiceImplBase {
  private static final int MAX_EXCEPT = 1000;

  private final Reviews reviews;
  private final Datasets datasets;

  /** Borrows both. */
  ReviewRpc(Reviews reviews, Datasets datasets) {
    this.reviews = reviews;
    this.datasets = datasets;
  }

  @Override
  public StreamObserver<CreateReviewSetRequest> createReviewSet(
      StreamObserver<CreateReviewSetResponse> observer) {
    return new ReviewUpload(reviews, (ServerCallStreamObserver<CreateReviewSetResponse>) observer);
  }

  @Override
  public void listReviewSets(
      ListReviewSetsRequest request, StreamObserver<ListReviewSetsResponse> observer) {
    Answers.answer(
        observer,
        reviews.list(),
        all -> {
          var page =
              Page.of(
                  all,
                  status -> status.set().name(),
                  request.getPageSize(),
                  request.getPageToken());
          var response = ListReviewSetsResponse.newBuilder().setNextPageToken(page.nextToken());
          page.items().forEach(status -> response.addReviewSets(ReviewMessages.of(status)));
          return response.build();
        });
  }

  @Override
  public void deleteReviewSet(
      DeleteReviewSetRequest request, StreamObserver<DeleteReviewSetResponse> observer) {
    Answers.answer(
        observer,
        reviews.delete(set(request.getReviewSet()), request.getWithRatings()),
        _ -> DeleteReviewSetResponse.getDefaultInstance());
  }

  @Override
  public void getNextItem(
      GetNextItemRequest request, StreamObserver<GetNextItemResponse> observer) {
    if (request.getExceptItemsCount() > MAX_EXCEPT) {
      throw FieldException.invalid(
          "except_items",
          "%d items (expected: at most %d)".formatted(request.getExceptItemsCount(), MAX_EXCEPT));
    }
    Answers.answer(
        observer,
        reviews.next(
            set(request.getReviewSet()),
            ReviewItemReader.reader(request.getReader()),
            Set.copyOf(request.getExceptItemsList())),
        ReviewMessages::of);
  }

  @Override
  public void getReviewItem(
      GetReviewItemRequest request, StreamObserver<GetReviewItemResponse> observer) {
    Answers.answer(
        observer,
        reviews.item(
            set(request.getReviewSet()),
            ReviewItemReader.reader(request.getReader()),
            request.getItem()),
        task -> GetReviewItemResponse.newBuilder().setTask(ReviewMessages.of(task)).build());
  }

  @Override
  public void submitRatings(
      SubmitRatingsRequest request, StreamObserver<SubmitRatingsResponse> observer) {
    String set = set(request.getReviewSet());
    String reader = ReviewItemReader.reader(request.getReader());
    Answers.answer(
        observer,
        reviews
            .asked(set, request.getItem())
            .thenCompose(
                asked ->
                    reviews.submit(
                        set,
                        reader,
                        request.getItem(),
                        new RatingReader(asked).read(request.getRatingsList()))),
        submitted ->
            SubmitRatingsResponse.newBuilder()
                .setRatingsChanged(submitted.changed())
                .setItemsRated(submitted.progress().rated())
                .setItemsLeft(submitted.progress().left())
                .build());
  }

  @Override
  public void exportRatings(
      ExportRatingsRequest request, StreamObserver<ExportRatingsResponse> observer) {
    var _ = set(request.getReviewSet());
    var stream = new EventStream<>((ServerCallStreamObserver<ExportRatingsResponse>) observer);
    new RatingExport(reviews, request, stream).start();
  }

  @Override
  public void createPreferenceDataset(
      CreatePreferenceDatasetRequest request,
      StreamObserver<CreatePreferenceDatasetResponse> observer) {
    var _ = set(request.getReviewSet());
    Answers.answer(
        observer, PreferenceDatasetCall.run(reviews, datasets, request), Function.identity());
  }

  private static String set(String name) {
    return ReviewItemReader.set("review_set", name);
  }
}
