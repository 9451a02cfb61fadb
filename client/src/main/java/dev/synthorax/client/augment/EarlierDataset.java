package dev.synthorax.client.augment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.google.protobuf.ByteString;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.generation.ManifestEntry;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.storage.ContentHash;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A finished dataset of another plan in the format {@code folder}, whose PNG files are as the
 * images were kept: what it holds need not be made again. Its manifest is read line by line when an
 * image is asked for.
 *
 * <p><b>Threading:</b> any thread.
 */
final class EarlierDataset {
  private static final String MANIFEST = "manifest.jsonl";

  private final Path folder;
  private final Map<String, Line> lines;

  /** Where a manifest line is, in bytes. */
  private record Line(long start, int length) {}

  private EarlierDataset(Path folder, Map<String, Line> lines) {
    this.folder = folder;
    this.lines = lines;
  }

  /**
   * Reads where each image's line is.
   *
   * @throws IOException if the manifest cannot be read
   */
  static EarlierDataset open(Path folder) throws IOException {
    Map<String, Line> lines = new HashMap<>();
    Path manifest = folder.resolve(MANIFEST);
    long start = 0;
    int number = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(manifest), 1 << 16)) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        if (next != '\n') {
          line.write(next);
          continue;
        }
        AugmentEntry entry = parse(line.toByteArray(), manifest + ": line " + ++number);
        if (entry.recipe() != null) {
          lines.put(entry.id(), new Line(start, line.size()));
        }
        start += line.size() + 1;
        line.reset();
      }
    }
    return new EarlierDataset(folder, lines);
  }

  private static AugmentEntry parse(byte[] line, String at) throws IOException {
    try {
      return AugmentEntry.JSON.readValue(line, AugmentEntry.class);
    } catch (JsonProcessingException e) {
      throw new IOException(
          at + ": no manifest line (expected: JSON that augment wrote); name another folder", e);
    }
  }

  /** Returns the names of the images that were made. */
  Set<String> names() {
    return lines.keySet();
  }

  /** Returns an image, or null where there is none of that name that is as it was written. */
  @Nullable StoredImage load(String id) throws IOException {
    Line line = lines.get(id);
    if (line == null) {
      return null;
    }
    byte[] json = new byte[line.length];
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve(MANIFEST).toFile(), "r")) {
      file.seek(line.start);
      file.readFully(json);
    }
    AugmentEntry entry = parse(json, folder.resolve(MANIFEST) + ": " + id);
    byte[] image = file(entry.image(), entry.imageSha256());
    if (image == null) {
      return null;
    }
    Map<Structure, ByteString> masks = new EnumMap<>(Structure.class);
    for (ManifestEntry.Mask mask : entry.structures()) {
      byte[] png = file(mask.mask(), mask.sha256());
      if (png == null) {
        return null;
      }
      masks.put(Structure.ofWireName(mask.structure()), ByteString.copyFrom(png));
    }
    String pixels = PixelHash.of(Png.decode(image, Draft.MAX_SIDE));
    return new StoredImage(entry, pixels, ByteString.copyFrom(image), masks);
  }

  private byte @Nullable [] file(@Nullable String name, String sha256) throws IOException {
    if (name == null) {
      return null;
    }
    Path file = folder.resolve(name).normalize();
    if (!file.startsWith(folder)) {
      return null;
    }
    try {
      byte[] bytes = Files.readAllBytes(file);
      return ContentHash.of(bytes).equals(sha256) ? bytes : null;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Returns the format that a finished dataset is in, as its plan says; empty: it does not say. */
  static String format(Path folder) throws IOException {
    try {
      String plan = Files.readString(folder.resolve("plan.json"), StandardCharsets.UTF_8);
      return AugmentEntry.JSON.readTree(plan).path("format").asText("");
    } catch (NoSuchFileException | JsonProcessingException e) {
      return "";
    }
  }
}
