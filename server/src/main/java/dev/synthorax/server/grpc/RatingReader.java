package dev.synthorax.server.grpc;

import dev.synthorax.proto.v1.Rating;
import dev.synthorax.server.review.Reviews.Asked;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks a reader's ratings against what their item asks; names the field that is wrong. */
final class RatingReader {
  private static final int MAX = dev.synthorax.server.review.Rating.MAX_SCORE;

  private final Asked asked;

  RatingReader(Asked asked) {
    this.asked = asked;
  }

  /**
   * The ratings.
   *
   * @throws FieldException if one is malformed, or an image has none or two
   */
  List<dev.synthorax.server.review.Rating> read(List<Rating> ratings) {
    Set<String> left = new HashSet<>(asked.images());
    List<dev.synthorax.server.review.Rating> read = new ArrayList<>();
    for (int i = 0; i < ratings.size(); i++) {
      Rating rating = ratings.get(i);
      String field = "ratings[" + i + "]";
      if (!left.remove(rating.getImage())) {
        throw FieldException.invalid(
            field + ".image",
            "'%s' (expected: each image of the item once: %s)"
                .formatted(rating.getImage(), String.join(", ", asked.images())));
      }
      read.add(
          new dev.synthorax.server.review.Rating(
              rating.getImage(),
              score(
                  field + ".text_score",
                  rating.hasTextScore() ? rating.getTextScore() : null,
                  asked.text(),
                  "a prompt"),
              score(
                  field + ".mask_score",
                  rating.hasMaskScore() ? rating.getMaskScore() : null,
                  asked.masks(),
                  "masks")));
    }
    if (!left.isEmpty()) {
      throw FieldException.invalid(
          "ratings",
          "none of %s (expected: one for each image of the item)"
              .formatted(asked.images().stream().filter(left::contains).findFirst().orElseThrow()));
    }
    return read;
  }

  private static @Nullable Integer score(
      String field, @Nullable Integer score, boolean wanted, String what) {
    if (!wanted) {
      if (score != null) {
        throw FieldException.invalid(
            field, score + " (expected: none, for the item has not " + what + ")");
      }
      return null;
    }
    if (score == null) {
      throw FieldException.invalid(
          field, "none (expected: 0 to " + MAX + ", for the item has " + what + ")");
    }
    if (score < 0 || score > MAX) {
      throw FieldException.invalid(field, score + " (expected: an integer from 0 to " + MAX + ")");
    }
    return score;
  }
}
