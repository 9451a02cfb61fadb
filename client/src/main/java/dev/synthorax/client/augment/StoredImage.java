package dev.synthorax.client.augment;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.google.protobuf.ByteString;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.generation.ManifestEntry;
import dev.synthorax.client.storage.ContentHash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A finished image as it waits in the work folder: its manifest line and its PNG files in one file,
 * which is there as a whole or not at all.
 *
 * <p>The file: the SHA-256 of all that follows; a line of JSON with the stamp of the job, the
 * manifest line, the hash of the pixels and the length of each part; the parts, image first, then
 * masks.
 *
 * @param entry the manifest line
 * @param pixels hash of size and pixels
 * @param image PNG
 * @param masks PNG each
 */
record StoredImage(
    AugmentEntry entry, String pixels, ByteString image, Map<Structure, ByteString> masks) {
  private static final int HASH_LENGTH = 65; // with its line end

  @JsonPropertyOrder({"stamp", "entry", "pixels", "lengths"})
  private record Header(String stamp, AugmentEntry entry, String pixels, List<Integer> lengths) {}

  /** An image of a file, and the stamp of the job that it was made for. */
  record Stamped(String stamp, StoredImage image) {}

  /** Returns the file's content. */
  byte[] encode(String stamp) throws IOException {
    List<Integer> lengths = new ArrayList<>();
    lengths.add(image.size());
    masks.values().forEach(mask -> lengths.add(mask.size()));
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    rest.writeBytes(AugmentEntry.JSON.writeValueAsBytes(new Header(stamp, entry, pixels, lengths)));
    rest.write('\n');
    image.writeTo(rest);
    for (ByteString mask : masks.values()) {
      mask.writeTo(rest);
    }
    byte[] content = rest.toByteArray();
    ByteArrayOutputStream file = new ByteArrayOutputStream(content.length + HASH_LENGTH);
    file.writeBytes((ContentHash.of(content) + "\n").getBytes(StandardCharsets.US_ASCII));
    file.writeBytes(content);
    return file.toByteArray();
  }

  /** Returns the image of a file, or null where it is damaged or not of this name. */
  static @Nullable Stamped decode(byte[] file, String id) {
    if (file.length < HASH_LENGTH) {
      return null;
    }
    String hash = new String(file, 0, HASH_LENGTH - 1, StandardCharsets.US_ASCII);
    if (!ContentHash.create().add(file, HASH_LENGTH).hex().equals(hash)) {
      return null;
    }
    int end = HASH_LENGTH;
    while (end < file.length && file[end] != '\n') {
      end++;
    }
    try {
      Header header =
          AugmentEntry.JSON.readValue(file, HASH_LENGTH, end - HASH_LENGTH, Header.class);
      return header.entry.id().equals(id)
          ? new Stamped(header.stamp, decode(file, end + 1, header))
          : null;
    } catch (IOException | RuntimeException e) {
      return null; // whole, and yet not ours: another program's, or another version's
    }
  }

  private static StoredImage decode(byte[] file, int start, Header header) {
    int from = start;
    List<ByteString> parts = new ArrayList<>();
    for (int length : header.lengths) {
      parts.add(ByteString.copyFrom(file, from, length));
      from += length;
    }
    Map<Structure, ByteString> masks = new EnumMap<>(Structure.class);
    List<ManifestEntry.Mask> structures = header.entry.structures();
    for (int i = 0; i < structures.size(); i++) {
      masks.put(Structure.ofWireName(structures.get(i).structure()), parts.get(i + 1));
    }
    return new StoredImage(header.entry, header.pixels, parts.getFirst(), masks);
  }
}
