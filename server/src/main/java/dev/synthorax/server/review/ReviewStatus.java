package dev.synthorax.server.review;

import java.util.List;

/**
 * A set and how far it is.
 *
 * @param set what it is
 * @param images over all items that are there
 * @param createdMillis when it was begun, since 1970
 * @param whole whether all items are there
 * @param readers who rated something, by name
 * @param models that drew its images, each once, in order
 */
public record ReviewStatus(
    ReviewSet set,
    int images,
    long createdMillis,
    boolean whole,
    List<Reader> readers,
    List<String> models) {
  /** Copies what could change. */
  public ReviewStatus {
    readers = List.copyOf(readers);
    models = List.copyOf(models);
  }

  /**
   * One reader.
   *
   * @param name of the reader
   * @param rated items with a rating
   * @param lastMillis of the last rating, since 1970
   */
  public record Reader(String name, int rated, long lastMillis) {}
}
