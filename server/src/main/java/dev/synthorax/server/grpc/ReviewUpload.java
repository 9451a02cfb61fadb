package dev.synthorax.server.grpc;

import dev.synthorax.proto.v1.CreateReviewSetRequest;
import dev.synthorax.proto.v1.CreateReviewSetResponse;
import dev.synthorax.server.review.ReviewItem;
import dev.synthorax.server.review.ReviewSet;
import dev.synthorax.server.review.Reviews;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A set that is being sent: messages are asked for one at a time and stored a few together, so that
 * no more than these are on the heap.
 *
 * <p><b>Threading:</b> gRPC calls it, one call at a time; what is stored ends on the thread of the
 * records.
 */
final class ReviewUpload implements StreamObserver<CreateReviewSetRequest> {
  /** What waits to be stored together: fewer waits for the disk, and little on the heap. */
  private static final int MAX_ITEMS = 64;

  private static final long MAX_BYTES = 8 << 20;

  private final Reviews reviews;
  private final ServerCallStreamObserver<CreateReviewSetResponse> call;
  private final EventStream<CreateReviewSetResponse> answer;
  private final Set<String> sent = new HashSet<>();
  private final List<ReviewItem> waiting = new ArrayList<>();
  private long waitingBytes;
  private final AtomicInteger known = new AtomicInteger();
  private @Nullable ReviewSet set; // set by the first message
  private volatile boolean failed;

  /** Asks for the first message. */
  ReviewUpload(Reviews reviews, ServerCallStreamObserver<CreateReviewSetResponse> call) {
    this.reviews = reviews;
    this.call = call;
    answer = new EventStream<>(call);
    call.disableAutoRequest();
    call.request(1);
  }

  @Override
  public void onNext(CreateReviewSetRequest message) {
    if (failed) {
      return;
    }
    try {
      ReviewSet begun = set;
      if (begun == null) {
        goOn(reviews.begin(start(message)));
      } else {
        ReviewItem item = item(begun, message);
        waiting.add(item);
        waitingBytes += item.bytes();
        if (waiting.size() < MAX_ITEMS && waitingBytes < MAX_BYTES) {
          call.request(1);
        } else {
          goOn(store(begun));
        }
      }
    } catch (RuntimeException e) { // the call's top: every failure becomes a status
      fail(e);
    }
  }

  private ReviewSet start(CreateReviewSetRequest message) {
    if (!message.hasStart()) {
      throw FieldException.invalid("start", "missing (expected: in the first message)");
    }
    try {
      ReviewSet begun = ReviewItemReader.start(message.getStart());
      set = begun;
      return begun;
    } catch (FieldException e) {
      throw e.within("start");
    }
  }

  private ReviewItem item(ReviewSet begun, CreateReviewSetRequest message) {
    if (!message.hasItem()) {
      throw FieldException.invalid("item", "missing (expected: in each message after the first)");
    }
    try {
      ReviewItem item = ReviewItemReader.item(message.getItem());
      if (!sent.add(item.item())) {
        throw FieldException.invalid("item", item.item() + " was sent twice (expected: once)");
      }
      if (sent.size() > begun.items()) {
        throw FieldException.invalid(
            "item",
            "%s is one more than the set was begun with (expected: %d items)"
                .formatted(item.item(), begun.items()));
      }
      return item;
    } catch (FieldException e) {
      throw e.within("item");
    }
  }

  /** Puts what waits on disk, in one transaction. */
  private CompletableFuture<?> store(ReviewSet begun) {
    List<ReviewItem> items = List.copyOf(waiting);
    waiting.clear();
    waitingBytes = 0;
    return reviews
        .put(begun.name(), sent.size() - items.size(), items)
        .thenAccept(added -> known.addAndGet(items.size() - added));
  }

  /** Takes the next message once this one is on disk. */
  private void goOn(CompletableFuture<?> stored) {
    var _ =
        stored.whenComplete(
            (_, failure) -> {
              if (failure == null) {
                call.request(1);
              } else {
                fail(failure);
              }
            });
  }

  @Override
  public void onCompleted() {
    ReviewSet begun = set;
    if (failed) {
      return;
    }
    if (begun == null) {
      fail(FieldException.invalid("start", "missing (expected: in the first message)"));
      return;
    }
    if (sent.size() < begun.items()) {
      fail(
          FieldException.invalid(
              "start.items",
              "%d, and %d were sent (expected: as many as the set was begun with)"
                  .formatted(begun.items(), sent.size())));
      return;
    }
    var _ =
        store(begun)
            .thenCompose(_ -> reviews.end(begun.name()))
            .whenComplete(
                (status, failure) -> {
                  if (failure != null) {
                    fail(failure);
                  } else if (!failed) {
                    answer.send(
                        CreateReviewSetResponse.newBuilder()
                            .setReviewSet(ReviewMessages.of(status))
                            .setItemsKnown(known.get())
                            .build());
                    answer.complete();
                  }
                });
  }

  private void fail(Throwable failure) {
    if (!failed) {
      failed = true;
      answer.fail(Answers.status(failure));
    }
  }

  @Override
  public void onError(Throwable left) {
    failed = true; // the client left: what was stored is found by its next try
  }
}
