package dev.synthorax.server.review;

import org.jspecify.annotations.Nullable;

/**
 * A reader's word on one image.
 *
 * @param image its name in the set
 * @param textScore how well it shows the prompt, 0 to 5; null where the item has none
 * @param maskScore how well it keeps to the masks, 0 to 5; null where the item has none
 */
public record Rating(String image, @Nullable Integer textScore, @Nullable Integer maskScore) {
  /** The best there is. */
  public static final int MAX_SCORE = 5;
}
