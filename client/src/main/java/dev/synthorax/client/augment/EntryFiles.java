package dev.synthorax.client.augment;

import com.google.protobuf.ByteString;
import dev.synthorax.client.augment.plan.Arm;
import dev.synthorax.client.dataset.EncodedSample;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.generation.ManifestEntry;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.storage.ContentHash;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What manifest lines say of files.
 *
 * @param named whether the datasets have a file an image, named after it
 */
record EntryFiles(boolean named) {
  static EntryFiles of(DatasetFormat format) {
    return new EntryFiles(format == DatasetFormat.FOLDER);
  }

  /** Returns the file of an image, or null. */
  @Nullable String image(String arm, String id) {
    return named ? arm + "/images/" + id + ".png" : null;
  }

  /** Returns what a line says of its masks. */
  List<ManifestEntry.Mask> masks(String arm, String id, Map<Structure, ByteString> masks) {
    List<ManifestEntry.Mask> lines = new ArrayList<>();
    masks.forEach(
        (structure, png) -> {
          String name = structure.wireName();
          lines.add(
              new ManifestEntry.Mask(
                  name,
                  named ? arm + "/masks/" + id + "-" + name + ".png" : null,
                  ContentHash.of(png.toByteArray())));
        });
    return lines;
  }

  /** Returns the manifest line of an image of the source. */
  AugmentEntry ofSource(Arm arm, EncodedSample encoded) {
    Sample sample = encoded.sample();
    String id = sample.info().id();
    Map<Structure, ByteString> masks = new EnumMap<>(Structure.class);
    for (Structure structure : sample.masks().keySet()) {
      masks.put(structure, ByteString.copyFrom(encoded.mask(structure)));
    }
    return new AugmentEntry.Builder(id, arm.name(), AugmentEntry.SOURCE)
        .labels(sample.info().labels())
        .masks(masks(arm.name(), id, masks))
        .image(image(arm.name(), id), ContentHash.of(encoded.image()))
        .build();
  }

  static Map<Structure, ByteString> encode(Map<Structure, BinaryMask> masks) {
    Map<Structure, ByteString> encoded = new EnumMap<>(Structure.class);
    masks.forEach(
        (structure, mask) ->
            encoded.put(structure, ByteString.copyFrom(Png.encode(mask.toImage()))));
    return encoded;
  }
}
