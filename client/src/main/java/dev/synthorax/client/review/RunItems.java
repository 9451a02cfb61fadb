package dev.synthorax.client.review;

import com.google.protobuf.ByteString;
import dev.synthorax.client.NoiseSchedulerName;
import dev.synthorax.client.ReviewClient;
import dev.synthorax.client.generation.ManifestEntry;
import dev.synthorax.client.storage.ContentHash;
import dev.synthorax.proto.v1.EffectiveSettings;
import dev.synthorax.proto.v1.ReviewImage;
import dev.synthorax.proto.v1.ReviewItem;
import dev.synthorax.proto.v1.StructureMask;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The images of a run as items that readers rate: those of one prompt, masks and model are one
 * item, a few at a time in order of the manifest.
 *
 * <p><b>Threading:</b> immutable; pictures are read when an item is made.
 */
public final class RunItems implements ReviewClient.Items {
  private static final String MANIFEST = "manifest.jsonl";

  private final Path folder;
  private final List<List<ManifestEntry>> items;

  private RunItems(Path folder, List<List<ManifestEntry>> items) {
    this.folder = folder;
    this.items = items;
  }

  /** What the images of an item have in common. */
  private record Asked(
      String prompt,
      List<ManifestEntry.Mask> masks,
      String model,
      String version,
      ManifestEntry.Settings settings) {
    static Asked of(ManifestEntry entry) {
      return new Asked(
          entry.prompt(),
          entry.structures().stream()
              .map(mask -> new ManifestEntry.Mask(mask.structure(), null, mask.sha256()))
              .toList(),
          entry.model(),
          entry.modelVersion(),
          entry.settings());
    }
  }

  /**
   * Reads a run.
   *
   * @param run its folder, or its manifest
   * @param imagesPerItem most images of an item, at least 1
   * @throws IllegalArgumentException in one line if it is no run, or holds an image that nothing
   *     was asked for
   * @throws IOException if it cannot be read
   */
  public static RunItems read(Path run, int imagesPerItem) throws IOException {
    Path manifest = Files.isDirectory(run) ? run.resolve(MANIFEST) : run;
    if (!Files.isRegularFile(manifest)) {
      throw new IllegalArgumentException(
          manifest + ": not there (expected: what generate and demo write)");
    }
    Map<Asked, List<ManifestEntry>> byAsked = new LinkedHashMap<>();
    List<String> lines = Files.readAllLines(manifest, StandardCharsets.UTF_8);
    for (int i = 0; i < lines.size(); i++) {
      ManifestEntry entry = entry(lines.get(i), manifest, i + 1);
      byAsked.computeIfAbsent(Asked.of(entry), _ -> new ArrayList<>()).add(entry);
    }
    List<List<ManifestEntry>> items = new ArrayList<>();
    for (List<ManifestEntry> images : byAsked.values()) {
      for (int i = 0; i < images.size(); i += imagesPerItem) {
        items.add(List.copyOf(images.subList(i, Math.min(images.size(), i + imagesPerItem))));
      }
    }
    if (items.isEmpty()) {
      throw new IllegalArgumentException(manifest + ": no images (expected: at least one)");
    }
    Path folder = manifest.toAbsolutePath().getParent();
    return new RunItems(folder == null ? Path.of("") : folder, items);
  }

  private static ManifestEntry entry(String line, Path manifest, int number) {
    ManifestEntry entry;
    try {
      entry = ManifestEntry.ofJson(line);
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(
          "%s: line %d is not of a run (expected: what generate and demo write)"
              .formatted(manifest, number),
          e);
    }
    if (entry.prompt().isBlank() && entry.structures().isEmpty()) {
      throw new IllegalArgumentException(
          "%s: line %d: image %s has neither prompt nor masks (expected: what readers rate it by)"
              .formatted(manifest, number, entry.id()));
    }
    return entry;
  }

  @Override
  public int count() {
    return items.size();
  }

  /** Returns the number of images over all items. */
  public int images() {
    return items.stream().mapToInt(List::size).sum();
  }

  @Override
  public ReviewItem get(int index) throws IOException {
    List<ManifestEntry> images = items.get(index);
    ManifestEntry first = images.getFirst();
    ReviewItem.Builder item =
        ReviewItem.newBuilder()
            .setItem(first.id())
            .setPrompt(first.prompt())
            .setSettings(settings(first));
    for (ManifestEntry.Mask mask : first.structures()) {
      item.addMasks(
          StructureMask.newBuilder()
              .setStructure(mask.structure())
              .setPng(png(mask.mask(), mask.sha256())));
    }
    for (ManifestEntry image : images) {
      item.addImages(
          ReviewImage.newBuilder()
              .setImage(image.id())
              .setSeed(image.seed().longValue())
              .setPng(png(image.image(), image.imageSha256())));
    }
    return item.build();
  }

  private static EffectiveSettings settings(ManifestEntry entry) {
    ManifestEntry.Settings settings = entry.settings();
    return EffectiveSettings.newBuilder()
        .setModel(entry.model())
        .setModelVersion(entry.modelVersion())
        .setNumInferenceSteps(settings.steps())
        .setGuidanceScale(settings.guidanceScale())
        .setNoiseScheduler(NoiseSchedulerName.parse(settings.noiseScheduler()))
        .setWidth(settings.width())
        .setHeight(settings.height())
        .build();
  }

  private ByteString png(@Nullable String name, String sha256) throws IOException {
    Path file = folder.resolve(name == null ? "" : name).normalize();
    if (!file.startsWith(folder.normalize()) || !Files.isRegularFile(file)) {
      throw new IOException(file + ": not there (expected: the file that the manifest names)");
    }
    byte[] bytes = Files.readAllBytes(file);
    if (!ContentHash.of(bytes).equals(sha256)) {
      throw new IOException(file + ": not the file that the manifest tells of (its hash is other)");
    }
    return ByteString.copyFrom(bytes);
  }
}
