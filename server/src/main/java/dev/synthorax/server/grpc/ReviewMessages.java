package dev.synthorax.server.grpc;

import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.util.Timestamps;
import dev.synthorax.proto.v1.GetNextItemResponse;
import dev.synthorax.proto.v1.Rating;
import dev.synthorax.proto.v1.RatingRecord;
import dev.synthorax.proto.v1.ReaderProgress;
import dev.synthorax.proto.v1.ReviewSet;
import dev.synthorax.proto.v1.ReviewTask;
import dev.synthorax.proto.v1.StructureMask;
import dev.synthorax.proto.v1.TaskImage;
import dev.synthorax.server.review.NextItem;
import dev.synthorax.server.review.ReviewStatus;

/** Reviews in the words of the wire. */
final class ReviewMessages {
  private ReviewMessages() {}

  static ReviewSet of(ReviewStatus status) {
    var message =
        ReviewSet.newBuilder()
            .setReviewSet(status.set().name())
            .setInstructions(status.set().instructions())
            .setItems(status.set().items())
            .setImages(status.images())
            .setReadersPerItem(status.set().readersPerItem())
            .setCreateTime(Timestamps.fromMillis(status.createdMillis()))
            .setWhole(status.whole())
            .addAllModels(status.models());
    status
        .readers()
        .forEach(
            reader ->
                message.addReaders(
                    ReaderProgress.newBuilder()
                        .setReader(reader.name())
                        .setItemsRated(reader.rated())
                        .setLastTime(Timestamps.fromMillis(reader.lastMillis()))));
    return message.build();
  }

  static GetNextItemResponse of(NextItem next) {
    var message =
        GetNextItemResponse.newBuilder()
            .setItemsRated(next.progress().rated())
            .setItemsLeft(next.progress().left())
            .setInstructions(next.instructions());
    if (next.task() != null) {
      message.setTask(of(next.task()));
    }
    return message.build();
  }

  static ReviewTask of(dev.synthorax.server.review.ReviewTask task) {
    var message = ReviewTask.newBuilder().setItem(task.item()).setPrompt(task.prompt());
    task.masks()
        .forEach(
            mask ->
                message.addMasks(
                    StructureMask.newBuilder()
                        .setStructure(mask.name())
                        .setPng(UnsafeByteOperations.unsafeWrap(mask.png()))));
    task.images()
        .forEach(
            image ->
                message.addImages(
                    TaskImage.newBuilder()
                        .setImage(image.name())
                        .setPng(UnsafeByteOperations.unsafeWrap(image.png()))));
    task.ratings().forEach(rating -> message.addRatings(of(rating)));
    return message.build();
  }

  private static Rating of(dev.synthorax.server.review.Rating rating) {
    var message = Rating.newBuilder().setImage(rating.image());
    if (rating.textScore() != null) {
      message.setTextScore(rating.textScore());
    }
    if (rating.maskScore() != null) {
      message.setMaskScore(rating.maskScore());
    }
    return message.build();
  }

  static RatingRecord of(dev.synthorax.server.review.RatingRecord record) {
    var message =
        RatingRecord.newBuilder()
            .setItem(record.item())
            .setReader(record.reader())
            .setRating(of(record.rating()))
            .setRateTime(Timestamps.fromMillis(record.ratedMillis()))
            .setRevision(record.revision())
            .setPrompt(record.prompt())
            .addAllStructures(record.structures())
            .setModel(record.model())
            .setModelVersion(record.modelVersion());
    if (record.seed() != null) {
      message.setSeed(record.seed());
    }
    return message.build();
  }
}
