package dev.synthorax.client.dataset.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.file.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads {@link NnUNetLayout}. */
final class NnUNetReader {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> ENDINGS = List.of(".png", ".bmp", ".tif");
  private static final int PNG_DEPTH_AT = 24; // after signature, chunk head, width and height

  private final Path folder;
  private final ReadOptions options;
  private final Warnings warnings = new Warnings();
  private final Path description;
  private final Map<Structure, boolean[]> values = new EnumMap<>(Structure.class);
  private final boolean[] known = new boolean[256];
  private String ending = "";
  private boolean oneFold;

  NnUNetReader(Path folder, ReadOptions options) {
    this.folder = folder;
    this.options = options;
    this.description = folder.resolve(NnUNetLayout.DATASET);
  }

  /**
   * A case.
   *
   * @param image relative to the folder
   * @param labels relative to the folder; empty: none
   * @param named the file that names it
   */
  private record Case(String image, String labels, String named) {}

  Dataset open() throws IOException {
    JsonNode root = json(description);
    if (root.path("channel_names").isMissingNode()
        && (root.has("modality") || root.path("training").isArray())) {
      throw new IOException(
          description
              + ": of nnU-Net v1 (expected: v2: channel_names, labels by name, file_ending;"
              + " nnUNetv2_convert_old_nnUNet_dataset converts it)");
    }
    ending = root.path("file_ending").asText();
    if (!ENDINGS.contains(ending)) {
      throw new IOException(
          description + ": file_ending '" + ending + "' (expected: one of " + ENDINGS + ")");
    }
    if (root.path("channel_names").size() != 1) {
      throw new IOException(
          description + ": channel_names " + root.path("channel_names") + " (expected: one)");
    }
    readLabels(root.path("labels"));
    TableDataset.Builder<Case> dataset =
        new TableDataset.Builder<>("nnunet", new Loader(), warnings);
    Map<String, Split> splits = splits();
    int cases = add(dataset, NnUNetLayout.TRAIN_IMAGES, NnUNetLayout.TRAIN_LABELS, splits);
    if (root.path("numTraining").asInt() != cases) {
      warnings.add(
          "numTraining",
          description
              + ": numTraining "
              + root.path("numTraining")
              + " (expected: "
              + cases
              + ", the images in imagesTr)");
    }
    addMissing(dataset, splits);
    add(dataset, NnUNetLayout.TEST_IMAGES, NnUNetLayout.TEST_LABELS, null);
    return dataset.build(folder.toString());
  }

  private void readLabels(JsonNode labels) throws IOException {
    if (!labels.path("background").isInt() || labels.path("background").asInt() != 0) {
      throw new IOException(description + ": labels " + labels + " (expected: background 0)");
    }
    known[0] = true;
    for (Map.Entry<String, JsonNode> entry : labels.properties()) {
      if (entry.getKey().equals("background")) {
        continue;
      }
      boolean[] own = new boolean[256];
      for (JsonNode value :
          entry.getValue().isArray() ? entry.getValue() : List.of(entry.getValue())) {
        if (!value.isInt() || value.asInt() < 1 || value.asInt() > 255) {
          throw new IOException(
              description
                  + ": label '"
                  + entry.getKey()
                  + "' is "
                  + entry.getValue()
                  + " (expected: 1..255, or a list of them)");
        }
        own[value.asInt()] = true;
        known[value.asInt()] = true;
      }
      try {
        String name = entry.getKey().equals("lung") ? "lungs" : entry.getKey();
        values.put(Structure.ofWireName(name), own);
      } catch (IllegalArgumentException e) {
        warnings.add("labels", description + ": label is not read: " + e.getMessage());
      }
    }
  }

  private int add(
      TableDataset.Builder<Case> dataset,
      String images,
      String labels,
      @Nullable Map<String, Split> splits)
      throws IOException {
    Path directory = folder.resolve(images);
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    List<String> names;
    try (Stream<Path> files = Files.list(directory)) {
      names =
          files
              .filter(file -> !FileTree.isHiddenOrSystem(file))
              .map(file -> file.getFileName().toString())
              .sorted()
              .toList();
    }
    int cases = 0;
    for (String name : names) {
      if (!name.endsWith(NnUNetLayout.CHANNEL + ending)) {
        warnings.add(
            "files", directory.resolve(name) + " is not read (expected: CASE_0000" + ending + ")");
        continue;
      }
      String id =
          name.substring(0, name.length() - NnUNetLayout.CHANNEL.length() - ending.length());
      String label = labels + "/" + id + ending;
      boolean labelled = Files.isRegularFile(folder.resolve(label));
      Split split = splits == null ? Split.TEST : oneFold ? splits.remove(id) : Split.TRAIN;
      if (split == null) {
        warnings.add(
            "cases without split",
            folder.resolve(NnUNetLayout.SPLITS) + ": case '" + id + "' is in no part of the fold");
      }
      dataset.add(
          ImageInfo.builder(id).split(split).build(),
          new Case(
              images + "/" + name, labelled || splits != null ? label : "", images + "/" + name),
          directory.resolve(name).toString());
      cases++;
    }
    return cases;
  }

  /** Adds the cases that a label map or the fold names and that have no image. */
  private void addMissing(TableDataset.Builder<Case> dataset, Map<String, Split> splits)
      throws IOException {
    Map<String, String> named = new TreeMap<>();
    splits.keySet().forEach(id -> named.put(id, NnUNetLayout.SPLITS));
    Path labels = folder.resolve(NnUNetLayout.TRAIN_LABELS);
    if (Files.isDirectory(labels)) {
      try (Stream<Path> files = Files.list(labels)) {
        for (Path file : files.filter(file -> !FileTree.isHiddenOrSystem(file)).toList()) {
          String name = file.getFileName().toString();
          String id =
              name.endsWith(ending) ? name.substring(0, name.length() - ending.length()) : "";
          if (!id.isEmpty() && !Files.exists(folder.resolve(image(id)))) {
            named.put(id, NnUNetLayout.TRAIN_LABELS + "/" + name);
          }
        }
      }
    }
    for (Map.Entry<String, String> missing : named.entrySet()) {
      String id = missing.getKey();
      String place = folder.resolve(missing.getValue()).toString();
      dataset.add(
          ImageInfo.builder(id).split(oneFold ? splits.get(id) : Split.TRAIN).build(),
          new Case(image(id), NnUNetLayout.TRAIN_LABELS + "/" + id + ending, missing.getValue()),
          place);
    }
  }

  private String image(String id) {
    return NnUNetLayout.TRAIN_IMAGES + "/" + id + NnUNetLayout.CHANNEL + ending;
  }

  /** The validation split of a single fold; train is what is not in it. */
  private Map<String, Split> splits() throws IOException {
    Map<String, Split> splits = new HashMap<>();
    Path file = folder.resolve(NnUNetLayout.SPLITS);
    if (!Files.isRegularFile(file)) {
      return splits;
    }
    JsonNode folds = json(file);
    if (folds.size() != 1) {
      warnings.add("folds", file + ": " + folds.size() + " folds; all of imagesTr is in train");
      return splits;
    }
    oneFold = true;
    for (Map.Entry<String, Split> part :
        List.of(Map.entry("train", Split.TRAIN), Map.entry("val", Split.VALIDATION))) {
      for (JsonNode id : folds.path(0).path(part.getKey())) {
        if (splits.put(id.asText(), part.getValue()) != null) {
          throw new IOException(file + ": case '" + id.asText() + "' comes twice (expected: once)");
        }
      }
    }
    return splits;
  }

  private static JsonNode json(Path file) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new IOException(file + ": no JSON (expected: an nnU-Net file)", e);
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": no such file", e);
    }
    if (root == null || !root.isContainerNode()) {
      throw new IOException(file + ": " + root + " (expected: an object or a list)");
    }
    return root;
  }

  private final class Loader implements TableDataset.Loader<Case> {
    @Override
    public Sample load(ImageInfo info, Case place) throws IOException {
      return NnUNetReader.this.load(info, place);
    }

    @Override
    public List<Path> files(Case place) {
      Path image = folder.resolve(place.image());
      return place.labels().isEmpty()
          ? List.of(image)
          : List.of(image, folder.resolve(place.labels()));
    }

    @Override
    public Set<Structure> structures(Case place) {
      return place.labels().isEmpty() ? Set.of() : values.keySet();
    }

    @Override
    public String at(Case place) {
      return folder.resolve(place.named()).toString();
    }
  }

  private Sample load(ImageInfo info, Case place) throws IOException {
    String at = folder.resolve(place.named()).toString();
    PixelFiles.Picture picture = PixelFiles.image(folder.resolve(place.image()), at, options);
    GrayImage image = picture.pixels();
    Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
    if (!place.labels().isEmpty()) {
      Path file = folder.resolve(place.labels());
      byte[] labels = labels(file, at, image);
      for (Map.Entry<Structure, boolean[]> entry : values.entrySet()) {
        byte[] cells = new byte[labels.length];
        for (int i = 0; i < cells.length; i++) {
          cells[i] = (byte) (entry.getValue()[labels[i] & 0xFF] ? 1 : 0);
        }
        masks.put(entry.getKey(), BinaryMask.of(image.width(), image.height(), cells));
      }
    }
    return picture.sample(info, masks);
  }

  private byte[] labels(Path file, String at, GrayImage image) throws IOException {
    byte[] bytes = PixelFiles.bytes(file, at);
    boolean png = bytes.length > PNG_DEPTH_AT + 1 && bytes[1] == 'P' && bytes[2] == 'N';
    if (png && (bytes[PNG_DEPTH_AT] != 8 || bytes[PNG_DEPTH_AT + 1] != 0)) {
      throw new IOException(
          file
              + ": label map of "
              + bytes[PNG_DEPTH_AT]
              + " bits and colour type "
              + bytes[PNG_DEPTH_AT + 1]
              + " (expected: 8-bit grey)");
    }
    GrayImage map = PixelFiles.decode(bytes, file, at, options).pixels();
    if (map.width() != image.width() || map.height() != image.height()) {
      throw new IOException(file + ": " + map + " (expected: the image's size, " + image + ")");
    }
    byte[] labels = map.toBytes();
    for (byte label : labels) {
      if (!known[label & 0xFF]) {
        throw new IOException(
            file + ": label " + (label & 0xFF) + " (expected: one of " + description + ")");
      }
    }
    return labels;
  }
}
