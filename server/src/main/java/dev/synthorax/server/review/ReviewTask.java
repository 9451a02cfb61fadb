package dev.synthorax.server.review;

import java.util.List;

/**
 * An item as a reader sees it.
 *
 * @param item its name
 * @param prompt that was asked for; empty: none
 * @param masks that were asked for
 * @param images in the reader's own order
 * @param ratings of the reader as they count now; empty where there are none
 */
public record ReviewTask(
    String item, String prompt, List<Picture> masks, List<Picture> images, List<Rating> ratings) {
  /** Copies what could change. */
  public ReviewTask {
    masks = List.copyOf(masks);
    images = List.copyOf(images);
    ratings = List.copyOf(ratings);
  }
}
