package dev.synthorax.client.dataset.format;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.EncodedSample;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Splits;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.FormatLosses.Part;
import dev.synthorax.client.image.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Writes what {@link NnUNetLayout} says. One thread. */
final class NnUNetWriter implements DatasetWriter {
  private static final Set<Part> DROPPED =
      EnumSet.of(Part.BOXES, Part.SEX, Part.AGE, Part.VIEW, Part.TEXT, Part.SEED, Part.ATTRIBUTES);
  private static final int FOLDS = 5;
  private static final long FOLD_SEED = 12345; // nnU-Net's own, though it divides by case
  private static final ObjectWriter JSON = new ObjectMapper().writerWithDefaultPrettyPrinter();

  private final Path folder;
  private final WriteOptions options;
  private final FormatLosses losses;
  private @Nullable LabelMap labels;
  private List<Structure> structures = List.of();
  private final List<Case> cases = new ArrayList<>();
  private boolean closed;

  /** What the folds need to know of a case in imagesTr. */
  private record Case(
      String id, String patientId, @Nullable Split split, boolean synthetic, String parent) {}

  /** One entry of the file, names as nnU-Net has them. */
  private record Fold(List<String> train, List<String> val) {}

  NnUNetWriter(Path folder, WriteOptions options, FormatLosses losses) {
    this.folder = folder;
    this.options = options;
    this.losses = losses;
  }

  @Override
  public void add(Sample sample) throws IOException {
    add(EncodedSample.of(sample));
  }

  @Override
  public void add(EncodedSample encoded) throws IOException {
    Sample sample = encoded.sample();
    ImageInfo info = sample.info();
    losses.drop(sample, DROPPED);
    if (!info.labels().isEmpty()) {
      losses.drop(sample, "labels");
    }
    if (!info.patientId().equals(info.id()) || !info.studyId().equals(info.id())) {
      losses.drop(sample, "patients and studies");
    }
    LabelMap map = labels(sample);
    List<String> others = new ArrayList<>();
    for (Structure structure : sample.masks().keySet()) {
      if (!structures.contains(structure)) {
        others.add(structure.wireName());
      }
    }
    losses.drop(sample, "masks of", others);
    for (Structure structure : structures) {
      var _ = sample.mask(structure); // refuses a sample without it
    }
    Split split = info.split();
    boolean test = split == Split.TEST;
    if (split == null) {
      losses.change(sample, "images without a split go to train");
    }
    String id = PixelFiles.name(sample);
    write(
        test ? NnUNetLayout.TEST_IMAGES : NnUNetLayout.TRAIN_IMAGES,
        id + NnUNetLayout.CHANNEL,
        encoded.image());
    write(
        test ? NnUNetLayout.TEST_LABELS : NnUNetLayout.TRAIN_LABELS,
        id,
        Png.encode(map.encode(sample)));
    if (!test) {
      String parent = Splits.parent(info);
      cases.add(
          new Case(
              id, info.patientId(), split, Splits.isSynthetic(info), parent == null ? "" : parent));
    }
  }

  private LabelMap labels(Sample sample) {
    LabelMap map = labels;
    if (map == null) {
      List<Structure> asked = options.structures();
      structures = asked.isEmpty() ? List.copyOf(sample.masks().keySet()) : asked;
      if (structures.isEmpty()) {
        throw new IllegalArgumentException(
            "sample '" + sample.id() + "': no masks (expected for nnunet: at least one)");
      }
      map = new LabelMap(structures);
      labels = map;
    }
    return map;
  }

  private void write(String directory, String name, byte[] png) throws IOException {
    Path target = Files.createDirectories(folder.resolve(directory)).resolve(name + ".png");
    Files.write(target, png, StandardOpenOption.CREATE_NEW);
  }

  @Override
  public void close() throws IOException {
    LabelMap map = labels;
    if (closed || map == null) {
      return;
    }
    closed = true;
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("channel_names", Map.of("0", "CXR"));
    root.put("labels", map.labels());
    if (map.hasRegions()) {
      root.put("regions_class_order", map.regionsClassOrder());
    }
    root.put("numTraining", cases.size());
    root.put("file_ending", ".png");
    root.put("overwrite_image_reader_writer", "NaturalImage2DIO");
    writeJson(NnUNetLayout.DATASET, root);
    List<Fold> folds = folds();
    if (!folds.isEmpty()) {
      writeJson(NnUNetLayout.SPLITS, folds);
    }
  }

  private void writeJson(String name, Object value) throws IOException {
    String text = JSON.writeValueAsString(value).replace(System.lineSeparator(), "\n") + "\n";
    Files.writeString(folder.resolve(name), text, StandardOpenOption.CREATE_NEW);
  }

  /** One fold for a given validation split, else five by patient; without empty ones. */
  private List<Fold> folds() {
    List<Fold> folds = new ArrayList<>();
    if (cases.stream().anyMatch(c -> c.split() == Split.VALIDATION)) {
      addFold(folds, c -> c.split() == Split.VALIDATION);
      return folds;
    }
    for (int fold = 0; fold < FOLDS; fold++) {
      int validated = fold;
      addFold(folds, c -> Splits.fold(c.patientId(), FOLD_SEED, FOLDS) == validated);
    }
    return folds;
  }

  private void addFold(List<Fold> folds, Predicate<Case> validated) {
    List<String> validation = new ArrayList<>();
    Set<String> held = new HashSet<>(); // ids and patients of the validation cases
    for (Case c : cases) {
      if (!c.synthetic() && validated.test(c)) {
        validation.add(c.id());
        held.add("id " + c.id());
        held.add("patient " + c.patientId());
      }
    }
    List<String> train = new ArrayList<>();
    for (Case c : cases) {
      if (!held.contains("patient " + c.patientId()) && !held.contains("id " + c.parent())) {
        train.add(c.id());
      }
    }
    if (!validation.isEmpty() && !train.isEmpty()) {
      folds.add(new Fold(train, validation));
    }
  }
}
