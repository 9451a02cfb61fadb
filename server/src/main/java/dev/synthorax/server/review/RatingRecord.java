package dev.synthorax.server.review;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rating with all that is known of it.
 *
 * @param item of the image
 * @param reader who rated
 * @param rating image and scores
 * @param revision 1 for the reader's first rating of the image, one more for each change
 * @param ratedMillis when, since 1970
 * @param prompt that was asked for
 * @param structures that were asked for
 * @param model that drew the image
 * @param modelVersion of the model
 * @param seed that made the image; null where it is not known
 */
public record RatingRecord(
    String item,
    String reader,
    Rating rating,
    int revision,
    long ratedMillis,
    String prompt,
    List<String> structures,
    String model,
    String modelVersion,
    @Nullable Long seed) {
  /** Copies what could change. */
  public RatingRecord {
    structures = List.copyOf(structures);
  }
}
