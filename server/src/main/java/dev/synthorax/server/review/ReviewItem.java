package dev.synthorax.server.review;

import dev.synthorax.files.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * What was asked for and what was drawn.
 *
 * @param item its name in the set
 * @param prompt may be empty where there are masks
 * @param masks by structure; may be empty where there is a prompt
 * @param images that were drawn, at least one
 * @param model that drew them
 * @param modelVersion of the model
 * @param settings further settings, as text that only the edge reads
 */
public record ReviewItem(
    String item,
    String prompt,
    List<Picture> masks,
    List<Picture> images,
    String model,
    String modelVersion,
    String settings) {
  /** Copies what could change. */
  public ReviewItem {
    masks = List.copyOf(masks);
    images = List.copyOf(images);
  }

  /** Bytes of its pictures. */
  public long bytes() {
    return Stream.concat(masks.stream(), images.stream())
        .mapToLong(picture -> picture.png().length)
        .sum();
  }

  /** Of everything that it holds, so that an item sent again is known. */
  String digest() {
    var text = new StringBuilder();
    for (String field : List.of(item, prompt, model, modelVersion, settings)) {
      text.append(field.length()).append(':').append(field);
    }
    for (List<Picture> pictures : List.of(masks, images)) {
      text.append('[');
      for (Picture picture : pictures) {
        String name = picture.name();
        text.append(name.length()).append(':').append(name);
        text.append(picture.seed()).append(' ').append(picture.sha256());
      }
      text.append(']');
    }
    return Sha256.hex(text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
