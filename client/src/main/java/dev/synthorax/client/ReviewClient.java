package dev.synthorax.client;

import static dev.synthorax.client.SynthoraxClient.await;
import static java.util.Objects.requireNonNull;

import dev.synthorax.proto.v1.CreatePreferenceDatasetRequest;
import dev.synthorax.proto.v1.CreatePreferenceDatasetResponse;
import dev.synthorax.proto.v1.CreateReviewSetRequest;
import dev.synthorax.proto.v1.CreateReviewSetResponse;
import dev.synthorax.proto.v1.DeleteReviewSetRequest;
import dev.synthorax.proto.v1.ExportRatingsRequest;
import dev.synthorax.proto.v1.GetNextItemRequest;
import dev.synthorax.proto.v1.GetNextItemResponse;
import dev.synthorax.proto.v1.GetReviewItemRequest;
import dev.synthorax.proto.v1.GetReviewItemResponse;
import dev.synthorax.proto.v1.ListReviewSetsRequest;
import dev.synthorax.proto.v1.RatingRecord;
import dev.synthorax.proto.v1.ReviewItem;
import dev.synthorax.proto.v1.ReviewServiceGrpc;
import dev.synthorax.proto.v1.ReviewSet;
import dev.synthorax.proto.v1.ReviewSetStart;
import dev.synthorax.proto.v1.ReviewTask;
import dev.synthorax.proto.v1.SubmitRatingsRequest;
import dev.synthorax.proto.v1.SubmitRatingsResponse;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sets of images that readers rate on one server, from {@link SynthoraxClient#review}.
 *
 * <p>Calls that are the same when they come twice are tried again, as {@link SynthoraxClient} says:
 * all but what deletes. Sending a set has no deadline; others have that of {@link ClientOptions}.
 *
 * <p><b>Ownership:</b> none; ends with the client that it came from.
 *
 * <p><b>Threading:</b> any thread may call anything.
 */
public final class ReviewClient {
  private final RetryingCall.Terms terms;

  ReviewClient(RetryingCall.Terms terms) {
    this.terms = terms;
  }

  /** Items of a set, each made when it is sent. */
  public interface Items {
    /** How many there are. */
    int count();

    /**
     * Makes one, the same each time.
     *
     * @param index from 0
     */
    ReviewItem get(int index) throws IOException;
  }

  /**
   * Sends a set and waits until all of it is on the server's disk. What an earlier call left there
   * counts; a call that is cut is made again.
   *
   * @param start what the set is; its number of items is filled in
   * @param progress hears how many items are sent, on the calling thread
   * @throws SynthoraxException if the call fails; REVIEW_CONFLICT where another set has the name
   * @throws IOException if an item cannot be read
   */
  public CreateReviewSetResponse create(ReviewSetStart start, Items items, IntConsumer progress)
      throws IOException {
    requireNonNull(progress, "progress");
    ReviewSetStart counted = start.toBuilder().setItems(items.count()).build();
    for (int tries = 1; ; tries++) {
      try {
        return attempt(counted, items, progress);
      } catch (SynthoraxException e) {
        RetryPolicy policy = terms.options().retry();
        if (e.code() != Status.Code.UNAVAILABLE || tries >= policy.maxAttempts()) {
          throw e;
        }
        sleep(policy.delayAfter(tries, e.retryDelay(), ThreadLocalRandom.current()).toMillis());
      }
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SynthoraxException.of(Status.Code.CANCELLED, "interrupted while waiting", e);
    }
  }

  private CreateReviewSetResponse attempt(ReviewSetStart start, Items items, IntConsumer progress)
      throws IOException {
    RequestStream<CreateReviewSetRequest, CreateReviewSetResponse> call =
        RequestStream.open(terms, ReviewServiceGrpc.getCreateReviewSetMethod());
    try {
      call.send(CreateReviewSetRequest.newBuilder().setStart(start).build());
      for (int i = 0; i < items.count(); i++) {
        call.send(CreateReviewSetRequest.newBuilder().setItem(items.get(i)).build());
        progress.accept(i + 1);
      }
      return call.finish();
    } catch (IOException | RuntimeException e) {
      call.giveUp(e);
      throw e;
    }
  }

  /** Lists the sets, by name, with how far their readers are. */
  public List<ReviewSet> list() {
    return await(listAsync());
  }

  /** Lists the sets; see {@link #list}. */
  public CompletableFuture<List<ReviewSet>> listAsync() {
    return Pages.collect(
        "review sets",
        token ->
            call(
                ReviewServiceGrpc.getListReviewSetsMethod(),
                ListReviewSetsRequest.newBuilder().setPageToken(token).build(),
                page -> new Pages.Page<>(page.getReviewSetsList(), page.getNextPageToken())));
  }

  /**
   * Deletes a set; not tried again.
   *
   * @param withRatings whether also one that has ratings
   * @throws SynthoraxException REVIEW_CONFLICT if it has ratings and may not lose them
   */
  public void delete(String set, boolean withRatings) {
    var once =
        new RetryingCall.Terms(
            terms.channel(), terms.target(), terms.options().withRetry(RetryPolicy.NONE));
    var _ =
        await(
            RetryingCall.unary(
                once,
                ReviewServiceGrpc.getDeleteReviewSetMethod(),
                DeleteReviewSetRequest.newBuilder()
                    .setReviewSet(set)
                    .setWithRatings(withRatings)
                    .build(),
                Function.identity()));
  }

  /**
   * Asks what a reader is to look at next.
   *
   * @param except items that are not meant
   */
  public GetNextItemResponse next(String set, String reader, Collection<String> except) {
    return await(nextAsync(set, reader, except));
  }

  /** Asks what a reader is to look at next; see {@link #next}. */
  public CompletableFuture<GetNextItemResponse> nextAsync(
      String set, String reader, Collection<String> except) {
    return call(
        ReviewServiceGrpc.getGetNextItemMethod(),
        GetNextItemRequest.newBuilder()
            .setReviewSet(set)
            .setReader(reader)
            .addAllExceptItems(except)
            .build(),
        Function.identity());
  }

  /** Returns one item as a reader sees it, with the reader's own ratings. */
  public ReviewTask item(String set, String reader, String item) {
    return await(itemAsync(set, reader, item));
  }

  /** Returns one item; see {@link #item}. */
  public CompletableFuture<ReviewTask> itemAsync(String set, String reader, String item) {
    return call(
        ReviewServiceGrpc.getGetReviewItemMethod(),
        GetReviewItemRequest.newBuilder().setReviewSet(set).setReader(reader).setItem(item).build(),
        GetReviewItemResponse::getTask);
  }

  /**
   * Submits a reader's ratings of one item; the same again change nothing.
   *
   * @throws SynthoraxException INVALID_ARGUMENT naming the rating that is wrong
   */
  public SubmitRatingsResponse submit(SubmitRatingsRequest ratings) {
    return await(submitAsync(ratings));
  }

  /** Submits a reader's ratings of one item; see {@link #submit}. */
  public CompletableFuture<SubmitRatingsResponse> submitAsync(SubmitRatingsRequest ratings) {
    return call(ReviewServiceGrpc.getSubmitRatingsMethod(), ratings, Function.identity());
  }

  /** Tells {@code listener} every rating that is asked for, in order, and waits for the last. */
  public void export(ExportRatingsRequest request, Consumer<RatingRecord> listener) {
    await(exportAsync(request, listener));
  }

  /** Tells {@code listener} every rating that is asked for; see {@link #export}. */
  public CompletableFuture<@Nullable Void> exportAsync(
      ExportRatingsRequest request, Consumer<RatingRecord> listener) {
    requireNonNull(listener, "listener");
    return RetryingCall.start(
        terms,
        ReviewServiceGrpc.getExportRatingsMethod(),
        request,
        part -> part.getRatingsList().forEach(listener));
  }

  /**
   * Makes a dataset on the server of a set's rated images, for training.
   *
   * @param reader whose ratings count; empty: the mean over all
   * @throws SynthoraxException REVIEW_CONFLICT if nothing is rated; DATASET_CONFLICT if the name is
   *     that of other samples
   */
  public CreatePreferenceDatasetResponse dataset(String set, String dataset, String reader) {
    return await(datasetAsync(set, dataset, reader));
  }

  /** Makes a dataset of a set's rated images; see {@link #dataset}. */
  public CompletableFuture<CreatePreferenceDatasetResponse> datasetAsync(
      String set, String dataset, String reader) {
    return call(
        ReviewServiceGrpc.getCreatePreferenceDatasetMethod(),
        CreatePreferenceDatasetRequest.newBuilder()
            .setReviewSet(set)
            .setDataset(dataset)
            .setReader(reader)
            .build(),
        Function.identity());
  }

  private <Q, R, T> CompletableFuture<T> call(
      MethodDescriptor<Q, R> method, Q request, Function<R, T> mapping) {
    return RetryingCall.unary(terms, method, request, mapping);
  }
}
