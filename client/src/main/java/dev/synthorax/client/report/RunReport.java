package dev.synthorax.client.report;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.augment.MadeImage;
import dev.synthorax.proto.v1.Model;
import java.time.Duration;
import java.util.List;

/**
 * What a run's page tells.
 *
 * @param title heading of the page
 * @param images ordered by id; at least one
 * @param model the model that made them
 * @param wallTime from the first request to the last image
 */
public record RunReport(String title, List<MadeImage> images, Model model, Duration wallTime) {
  /** Copies the images. */
  public RunReport {
    requireNonNull(title, "title");
    requireNonNull(model, "model");
    requireNonNull(wallTime, "wallTime");
    images = List.copyOf(images);
    if (images.isEmpty()) {
      throw new IllegalArgumentException("images: none (expected: at least one)");
    }
  }

  /** Returns the whole page: one HTML file that needs no other. */
  public String toHtml() {
    return new RunPage(this).html();
  }
}
