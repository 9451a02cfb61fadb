package dev.synthorax.client.evaluation;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.file.ImageFile;
import dev.synthorax.client.image.file.ImageFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Masks by image and structure: the files of a folder, or the outlines of a data set.
 *
 * <p>Files called {@code IMAGE-STRUCTURE}, as the format {@code folder} writes them, are grouped by
 * structure if all files of the folder are called so; else each file is the mask of an image of its
 * name. Masks without a structure have the structure {@code ""}.
 *
 * <p><b>Threading:</b> immutable; any thread may load any mask.
 */
public final class MaskSet {
  private static final int MAX_SIDE = 16_384;

  private final Path path;
  private final boolean dataset;
  private final NavigableMap<String, Masks> images;
  private final List<String> warnings;

  private MaskSet(
      Path path, boolean dataset, NavigableMap<String, Masks> images, List<String> warnings) {
    this.path = path;
    this.dataset = dataset;
    this.images = Collections.unmodifiableNavigableMap(images);
    this.warnings = List.copyOf(warnings);
  }

  /**
   * A mask.
   *
   * @param image name of its image
   * @param structure what it outlines; empty: not said
   */
  record Key(String image, String structure) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int order = image.compareTo(other.image);
      return order != 0 ? order : structure.compareTo(other.structure);
    }

    @Override
    public String toString() {
      return structure.isEmpty() ? image : image + "-" + structure;
    }
  }

  /** Reads masks of one image, those of the structures asked for. */
  @FunctionalInterface
  interface Loader {
    Map<String, BinaryMask> load(Set<String> structures) throws IOException;
  }

  /**
   * The masks of one image.
   *
   * @param structures what is outlined
   * @param patient whose image it is; null: not known
   * @param loader reads them
   */
  record Masks(Set<String> structures, @Nullable String patient, Loader loader) {
    Masks {
      structures = Collections.unmodifiableSet(new TreeSet<>(structures));
    }
  }

  /**
   * Finds masks.
   *
   * @param path a folder of mask files, or one of a data set with masks
   * @param split null: all; else only images of this split, of a data set
   * @throws IOException if there are none; one line
   * @throws IllegalArgumentException if a split is asked of files, which have none
   */
  public static MaskSet read(Path path, @Nullable Split split) throws IOException {
    requireNonNull(path, "path");
    DatasetFolder found = DatasetFolder.find(path);
    if (found != null) {
      return ofDataset(path, found, split);
    }
    DatasetFolder.refuseSplit(path, split);
    return ofFiles(path);
  }

  private static MaskSet ofDataset(Path path, DatasetFolder found, @Nullable Split split)
      throws IOException {
    TreeMap<String, Masks> images = new TreeMap<>();
    int without = 0;
    List<DatasetImage> all = found.images(split);
    for (DatasetImage image : all) {
      Set<String> structures = new TreeSet<>();
      for (Structure structure : image.source().structures()) {
        structures.add(structure.wireName());
      }
      if (structures.isEmpty()) {
        without++;
      } else {
        images.put(
            image.info().id(),
            new Masks(structures, image.info().patientId(), wanted -> load(image, wanted)));
      }
    }
    if (images.isEmpty()) {
      throw new IOException(
          "%s: no masks in its %d images (expected: a data set with masks, or a folder of mask files)"
              .formatted(path, all.size()));
    }
    List<String> warnings = new ArrayList<>(found.warnings());
    if (without > 0) {
      warnings.add(
          "%s: %d of %d images have no masks and were left out"
              .formatted(path, without, all.size()));
    }
    return new MaskSet(path, true, images, warnings);
  }

  private static Map<String, BinaryMask> load(DatasetImage image, Set<String> wanted)
      throws IOException {
    Sample sample = image.load();
    Map<String, BinaryMask> masks = new LinkedHashMap<>();
    for (String structure : wanted) {
      masks.put(structure, sample.mask(Structure.ofWireName(structure)));
    }
    return masks;
  }

  private static MaskSet ofFiles(Path folder) throws IOException {
    ImageFolder found = ImageFolder.list(folder).requireImages();
    Map<Key, Path> files = new TreeMap<>();
    Map<String, Path> byStem = found.byStem();
    byStem.forEach((stem, file) -> files.put(key(stem), file));
    long named = files.keySet().stream().filter(key -> !key.structure().isEmpty()).count();
    List<String> warnings = new ArrayList<>(found.warnings());
    if (named > 0 && named < files.size()) {
      warnings.add(
          "%s: %d of %d files are called IMAGE-STRUCTURE; masks are grouped by structure only where all are"
              .formatted(folder, named, files.size()));
      files.clear();
      byStem.forEach((stem, file) -> files.put(new Key(stem, ""), file));
    }
    TreeMap<String, Map<String, Path>> byImage = new TreeMap<>();
    files.forEach(
        (key, file) ->
            byImage.computeIfAbsent(key.image(), _ -> new TreeMap<>()).put(key.structure(), file));
    TreeMap<String, Masks> images = new TreeMap<>();
    byImage.forEach(
        (image, own) ->
            images.put(image, new Masks(own.keySet(), null, wanted -> load(own, wanted))));
    return new MaskSet(folder, false, images, warnings);
  }

  private static Key key(String stem) {
    for (Structure structure : Structure.values()) {
      String end = "-" + structure.wireName();
      if (stem.endsWith(end) && stem.length() > end.length()) {
        return new Key(stem.substring(0, stem.length() - end.length()), structure.wireName());
      }
    }
    return new Key(stem, "");
  }

  private static Map<String, BinaryMask> load(Map<String, Path> files, Set<String> wanted)
      throws IOException {
    Map<String, BinaryMask> masks = new LinkedHashMap<>();
    for (String structure : wanted) {
      masks.put(structure, ImageFile.readMask(requireNonNull(files.get(structure)), MAX_SIDE));
    }
    return masks;
  }

  /** Returns where the masks are. */
  Path path() {
    return path;
  }

  /** Returns whether this is a data set, which may outline more than anybody predicts. */
  boolean isDataset() {
    return dataset;
  }

  /** Returns the masks of each image. */
  NavigableMap<String, Masks> images() {
    return images;
  }

  /** Returns all masks. */
  NavigableMap<Key, Masks> byKey() {
    NavigableMap<Key, Masks> keys = new TreeMap<>();
    images.forEach(
        (image, masks) ->
            masks.structures().forEach(structure -> keys.put(new Key(image, structure), masks)));
    return keys;
  }

  /** Returns all structures, in alphabetical order. */
  public Set<String> structures() {
    Set<String> structures = new TreeSet<>();
    images.values().forEach(masks -> structures.addAll(masks.structures()));
    return structures;
  }

  /** Returns these masks, which have no structures, under one. */
  MaskSet called(String structure) {
    TreeMap<String, Masks> named = new TreeMap<>();
    images.forEach(
        (image, masks) ->
            named.put(
                image,
                new Masks(
                    Set.of(structure), masks.patient(), _ -> Map.of(structure, only(masks)))));
    return new MaskSet(path, dataset, named, warnings);
  }

  private static BinaryMask only(Masks masks) throws IOException {
    return requireNonNull(masks.loader().load(Set.of("")).get(""));
  }

  /** Returns these masks without some structures. */
  MaskSet without(Set<String> structures) {
    TreeMap<String, Masks> fewer = new TreeMap<>();
    images.forEach(
        (image, masks) -> {
          Set<String> kept = new TreeSet<>(masks.structures());
          kept.removeAll(structures);
          if (!kept.isEmpty()) {
            fewer.put(image, new Masks(kept, masks.patient(), masks.loader()));
          }
        });
    return new MaskSet(path, dataset, fewer, warnings);
  }

  /** Returns what was passed over, one line each. */
  public List<String> warnings() {
    return warnings;
  }
}
