package dev.synthorax.server.grpc;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.proto.v1.EffectiveSettings;
import dev.synthorax.proto.v1.ReviewImage;
import dev.synthorax.proto.v1.ReviewItem;
import dev.synthorax.proto.v1.ReviewSetStart;
import dev.synthorax.proto.v1.StructureMask;
import dev.synthorax.server.review.Picture;
import dev.synthorax.server.review.PlainPng;
import dev.synthorax.server.review.ReviewSet;
import dev.synthorax.server.text.PlainText;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Checks every field of a set that is sent. */
final class ReviewItemReader {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
  private static final int MAX_READER = 64; // characters
  private static final int MAX_ITEMS = 100_000;
  private static final int MAX_IMAGES = 16;
  private static final int MAX_TEXT_BYTES = 4096;
  private static final int MAX_ITEM_BYTES = 128;
  private static final int MAX_IMAGE_BYTES = 256;

  private ReviewItemReader() {}

  /** The name of a set. */
  static String set(String field, String name) {
    if (!NAME.matcher(name).matches()) {
      throw FieldException.invalid(
          field,
          "'%s' (expected: 1 to 64 of a-z, 0-9, '.', '_' and '-', a letter or digit first)"
              .formatted(PlainText.line(name)));
    }
    return name;
  }

  /** The name of a reader. */
  static String reader(String name) {
    if (name.isBlank()
        || name.length() > MAX_READER
        || !PlainText.isPlain(name)
        || !name.equals(name.strip())) {
      throw FieldException.invalid(
          "reader",
          "'%s' (expected: 1 to %d characters, none of them a control, no space around)"
              .formatted(PlainText.line(name), MAX_READER));
    }
    return name;
  }

  /** What a set is. */
  static ReviewSet start(ReviewSetStart start) {
    FieldException.requireBytes("instructions", start.getInstructions(), MAX_TEXT_BYTES);
    return new ReviewSet(
        set("review_set", start.getReviewSet()),
        start.getInstructions(),
        range("items", start.getItems(), 1, MAX_ITEMS),
        range("readers_per_item", start.getReadersPerItem(), 0, Integer.MAX_VALUE),
        start.getOrderSeed());
  }

  private static int range(String field, int value, int min, int max) {
    if (value < min || value > max) {
      throw FieldException.invalid(field, value + " (expected: " + min + " to " + max + ")");
    }
    return value;
  }

  /** An item with its pictures, which lose all that is not pixels. */
  static dev.synthorax.server.review.ReviewItem item(ReviewItem item) {
    plain("item", item.getItem(), MAX_ITEM_BYTES);
    FieldException.requireBytes("prompt", item.getPrompt(), MAX_TEXT_BYTES);
    if (item.getPrompt().isBlank() && item.getMasksCount() == 0) {
      throw FieldException.invalid(
          "prompt",
          "item %s has neither prompt nor masks (expected: what its images are rated by)"
              .formatted(item.getItem()));
    }
    range("images", item.getImagesCount(), 1, MAX_IMAGES);
    EffectiveSettings settings = item.getSettings();
    FieldException.requireBytes(
        "settings.model", settings.getModel(), GenerationSpecReader.MAX_NAME_BYTES);
    FieldException.requireBytes(
        "settings.model_version", settings.getModelVersion(), GenerationSpecReader.MAX_NAME_BYTES);
    return new dev.synthorax.server.review.ReviewItem(
        item.getItem(),
        item.getPrompt().isBlank() ? "" : item.getPrompt(),
        masks(item.getMasksList()),
        images(item.getImagesList()),
        settings.getModel(),
        settings.getModelVersion(),
        Base64.getEncoder().encodeToString(settings.toByteArray()));
  }

  private static List<Picture> masks(List<StructureMask> masks) {
    var seen = new HashSet<String>();
    List<Picture> pictures = new ArrayList<>();
    for (int i = 0; i < masks.size(); i++) {
      StructureMask mask = masks.get(i);
      String field = "masks[" + i + "]";
      plain(field + ".structure", mask.getStructure(), GenerationSpecReader.MAX_NAME_BYTES);
      once(field + ".structure", mask.getStructure(), seen);
      byte[] png =
          FieldException.at(
              field + ".png", () -> PlainPng.of(mask.getPng().asReadOnlyByteBuffer()));
      pictures.add(new Picture(mask.getStructure(), null, png));
    }
    return pictures;
  }

  private static List<Picture> images(List<ReviewImage> images) {
    var seen = new HashSet<String>();
    List<Picture> pictures = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      ReviewImage image = images.get(i);
      String field = "images[" + i + "]";
      plain(field + ".image", image.getImage(), MAX_IMAGE_BYTES);
      once(field + ".image", image.getImage(), seen);
      byte[] png =
          FieldException.at(
              field + ".png", () -> PlainPng.of(image.getPng().asReadOnlyByteBuffer()));
      pictures.add(new Picture(image.getImage(), image.hasSeed() ? image.getSeed() : null, png));
    }
    return pictures;
  }

  private static void plain(String field, String name, int maxBytes) {
    FieldException.requireBytes(field, name, maxBytes);
    if (name.isEmpty() || !PlainText.isPlain(name)) {
      throw FieldException.invalid(
          field,
          "'%s' (expected: 1 to %d bytes, none of them a control character)"
              .formatted(PlainText.line(name), maxBytes));
    }
  }

  private static void once(String field, String name, Set<String> seen) {
    if (!seen.add(name)) {
      throw FieldException.of(
          field, ErrorReason.INVALID_ARGUMENT, name + " is there twice (expected: each once)");
    }
  }
}
