package dev.synthorax.client.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.Splits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which images of a data set were made and which are real: {@code augment} writes both into one,
 * and a comparison of both kinds must not find a film on either side.
 *
 * <p>Images that were made have the attribute {@value Splits#SYNTHETIC} or {@value Splits#PARENT}.
 * Formats without attributes are told by the {@code manifest.jsonl} beside their folder.
 */
enum ImageOrigin {
  /** Films. */
  REAL,
  /** Images that were made, also from films. */
  SYNTHETIC;

  /**
   * Returns the images of this origin. A data set of one kind is returned whole: it is what its
   * user says it is.
   *
   * @param folder of the data set
   * @param warnings gets how many were left out
   * @throws IOException if a manifest speaks of copies that cannot be told from other images
   */
  List<DatasetImage> of(List<DatasetImage> images, Path folder, List<String> warnings)
      throws IOException {
    Set<String> made = new HashSet<>();
    for (DatasetImage image : images) {
      Map<String, Object> attributes = image.info().attributes();
      if (Boolean.TRUE.equals(attributes.get(Splits.SYNTHETIC))
          || attributes.containsKey(Splits.PARENT)) {
        made.add(image.info().id());
      }
    }
    if (made.isEmpty()) {
      made.addAll(notInManifest(images, folder));
    }
    List<DatasetImage> wanted =
        images.stream()
            .filter(image -> made.contains(image.info().id()) == (this == SYNTHETIC))
            .toList();
    if (made.isEmpty() || wanted.size() == images.size()) {
      return images;
    }
    if (wanted.isEmpty()) {
      warnings.add(
          "%s: all %d images are marked as %s"
              .formatted(folder, images.size(), this == REAL ? "synthetic" : "real"));
      return images;
    }
    int left = images.size() - wanted.size();
    warnings.add(
        "%s: %d of %d images are %s and were left out"
            .formatted(
                folder,
                left,
                images.size(),
                this == REAL ? "synthetic" : "real ones, copied from the source,"));
    return wanted;
  }

  /** Returns the ids that the manifest beside does not call copies; none without such copies. */
  private static Set<String> notInManifest(List<DatasetImage> images, Path folder)
      throws IOException {
    ManifestLines manifest = manifestOfArm(folder);
    if (manifest == null) {
      return Set.of();
    }
    Set<String> copies = new HashSet<>();
    for (JsonNode line : manifest.lines()) {
      if (line.path("kind").asText().equals("source")) {
        copies.add(line.path("id").asText());
      }
    }
    if (copies.isEmpty()) {
      return Set.of();
    }
    Set<String> made = new HashSet<>();
    images.forEach(image -> made.add(image.info().id()));
    if (!made.removeAll(copies)) {
      throw new IOException(
          "%s: %d of its images are copies of the source (%s) that its format does not mark (expected: an arm without the source, or one of format folder, webdataset or shards)"
              .formatted(folder, copies.size(), manifest.file()));
    }
    return made;
  }

  /** Returns what the manifest beside a data set says of it; null where there is none. */
  static @Nullable ManifestLines manifestOfArm(Path folder) throws IOException {
    Path full = folder.toAbsolutePath().normalize();
    Path above = full.getParent();
    ManifestLines manifest = above == null ? null : ManifestLines.in(above);
    return manifest == null ? null : manifest.ofArm(String.valueOf(full.getFileName()));
  }
}
