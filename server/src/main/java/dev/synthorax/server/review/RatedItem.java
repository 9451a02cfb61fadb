package dev.synthorax.server.review;

import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for, and the images that somebody rated.
 *
 * @param item its name
 * @param prompt that was asked for; may be empty
 * @param masks that were asked for
 * @param images with what their scores come to
 */
public record RatedItem(String item, String prompt, List<Picture> masks, List<Image> images) {
  /** Copies what could change. */
  public RatedItem {
    masks = List.copyOf(masks);
    images = List.copyOf(images);
  }

  /**
   * A rated image.
   *
   * @param picture its pixels
   * @param textScore mean over those who gave one, 0 to 5; null: nobody did
   * @param maskScore the same for masks
   */
  public record Image(Picture picture, @Nullable Double textScore, @Nullable Double maskScore) {
    static Image of(Picture picture, List<Rating> ratings) {
      return new Image(picture, mean(ratings, Rating::textScore), mean(ratings, Rating::maskScore));
    }

    private static @Nullable Double mean(
        List<Rating> ratings, Function<Rating, @Nullable Integer> score) {
      OptionalDouble mean =
          ratings.stream()
              .map(score)
              .filter(Objects::nonNull)
              .mapToInt(Integer::intValue)
              .average();
      return mean.isPresent() ? mean.getAsDouble() : null;
    }

    private boolean ties(Image other) {
      return Objects.equals(textScore, other.textScore)
          && Objects.equals(maskScore, other.maskScore);
    }
  }

  /** Pairs of images with unequal scores; ties teach nothing. */
  public int pairs() {
    int pairs = 0;
    for (int i = 0; i < images.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (!images.get(i).ties(images.get(j))) {
          pairs++;
        }
      }
    }
    return pairs;
  }
}
