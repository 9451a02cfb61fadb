package dev.synthorax.server.grpc;

import dev.synthorax.proto.v1.ExportRatingsRequest;
import dev.synthorax.proto.v1.ExportRatingsResponse;
import dev.synthorax.server.review.RatingRecord;
import dev.synthorax.server.review.Reviews;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ratings on their way out: those of some items at a time, the next when the client took these.
 *
 * <p><b>Threading:</b> one page after another, on whichever thread.
 */
final class RatingExport {
  private static final int ITEMS = 64;

  private final Reviews reviews;
  private final ExportRatingsRequest request;
  private final EventStream<ExportRatingsResponse> stream;
  private volatile boolean ended;

  RatingExport(
      Reviews reviews, ExportRatingsRequest request, EventStream<ExportRatingsResponse> stream) {
    this.reviews = reviews;
    this.request = request;
    this.stream = stream;
  }

  /** On the thread that the call was delivered on. */
  void start() {
    stream.onEnd(() -> ended = true);
    page(0);
  }

  private void page(int from) {
    if (ended) {
      return;
    }
    var _ =
        reviews
            .ratings(
                request.getReviewSet(),
                request.getReader(),
                request.getWithHistory(),
                from,
                from + ITEMS)
            .whenCompleteAsync( // never within the stream's own call
                (found, failure) -> {
                  if (failure != null) {
                    stream.fail(Answers.status(failure));
                  } else {
                    send(found, from + ITEMS);
                  }
                });
  }

  private void send(@Nullable List<RatingRecord> found, int next) {
    if (found == null) {
      stream.complete();
      return;
    }
    if (found.isEmpty()) {
      page(next);
      return;
    }
    var message = ExportRatingsResponse.newBuilder();
    found.forEach(record -> message.addRatings(ReviewMessages.of(record)));
    stream.send(message.build(), () -> page(next));
  }
}
