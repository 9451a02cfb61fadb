package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Sex;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.View;
import dev.synthorax.client.dataset.format.FormatLosses.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes what {@link CheXpertLayout} reads. One thread. */
final class CheXpertWriter implements DatasetWriter {
  private static final String PREFIX = "CheXpert-v1.0-small/";
  private static final Set<Part> DROPPED =
      EnumSet.of(Part.MASKS, Part.BOXES, Part.TEXT, Part.SEED, Part.ATTRIBUTES);
  private static final int OTHER_PATIENTS = 100_000; // CheXpert's end below 70,000
  private static final int OTHERS = 1000;
  private static final String HEADER =
      String.join(
              ",",
              CheXpertLayout.PATH,
              CheXpertLayout.SEX,
              CheXpertLayout.AGE,
              CheXpertLayout.DIRECTION,
              CheXpertLayout.VIEW)
          + ","
          + String.join(",", Vocabulary.CHEXPERT.names());

  private final Path folder;
  private final WriteOptions options;
  private final FormatLosses losses;
  private final Map<Split, TableWriter> tables = new EnumMap<>(Split.class); // owned
  private final Numbering patients = new Numbering(OTHER_PATIENTS);
  private final Map<Integer, Numbering> studies = new HashMap<>();
  private final Map<String, Numbering> views = new HashMap<>();

  CheXpertWriter(Path folder, WriteOptions options, FormatLosses losses) {
    this.folder = folder;
    this.options = options;
    this.losses = losses;
  }

  @Override
  public void add(Sample sample) throws IOException {
    ImageInfo info = sample.info();
    losses.drop(sample, DROPPED);
    Vocabulary.CHEXPERT.reportOthers(sample, losses);
    Split split = info.split();
    if (split == null) {
      losses.change(sample, "images without a split go to train");
      split = Split.TRAIN;
    }
    String directory =
        switch (split) {
          case TRAIN -> "train";
          case VALIDATION -> "valid";
          case TEST -> "test";
        };
    boolean lateral = lateral(sample);
    String file = directory + "/" + name(sample, lateral) + ".jpg";
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.write(path, PixelFiles.jpeg(sample, options), StandardOpenOption.CREATE_NEW);
    table(split, directory).row(row(sample, file, lateral));
  }

  private List<@Nullable Object> row(Sample sample, String file, boolean lateral) {
    ImageInfo info = sample.info();
    List<@Nullable Object> row = new ArrayList<>();
    row.add(PREFIX + file);
    Sex sex = info.sex();
    row.add(sex == null ? "Unknown" : sex == Sex.MALE ? "Male" : "Female");
    Integer age = info.ageYears();
    if (age != null && (age < 1 || age > CheXpertLayout.OLDEST)) {
      losses.change(
          sample, "ages outside 1.." + CheXpertLayout.OLDEST + " are dropped: not recorded");
      age = null;
    }
    row.add(age == null ? 0 : age);
    row.add(lateral ? "Lateral" : "Frontal");
    View view = info.view();
    row.add(lateral || view == null ? "" : view.name());
    for (String label : Vocabulary.CHEXPERT.labels()) {
      row.add(Vocabulary.write(info.label(label)));
    }
    return row;
  }

  private boolean lateral(Sample sample) {
    View view = sample.info().view();
    if (view == null) {
      return false;
    }
    return switch (view) {
      case PA, AP -> false;
      case LATERAL -> true;
      case LL, RL -> {
        losses.change(sample, "the side of a lateral view is not kept");
        yield true;
      }
      case OTHER ->
          throw new IllegalArgumentException(
              "sample '"
                  + sample.id()
                  + "': view OTHER (expected for chexpert: PA, AP or lateral)");
    };
  }

  /** Keeps CheXpert's own numbers; others get numbers that CheXpert does not use. */
  private String name(Sample sample, boolean lateral) {
    ImageInfo info = sample.info();
    String direction = lateral ? "_lateral" : "_frontal";
    Integer ownPatient = Numbering.own("patient", 5, info.patientId(), "");
    Integer ownStudy =
        ownPatient == null
            ? null
            : Numbering.own(info.patientId() + "_study", 1, info.studyId(), "");
    Integer ownView =
        ownStudy == null ? null : Numbering.own(info.studyId() + "_view", 1, info.id(), direction);
    if (ownView == null) {
      losses.change(sample, "patients, studies and views are numbered; their ids do not come back");
    }
    int patient = patients.of(info.patientId(), ownPatient);
    int study =
        studies
            .computeIfAbsent(patient, key -> new Numbering(ownPatient == null ? 1 : OTHERS))
            .of(info.studyId(), ownStudy);
    String place = String.format(Locale.ROOT, "patient%05d/study%d/", patient, study);
    int view =
        views
            .computeIfAbsent(place, key -> new Numbering(ownStudy == null ? 1 : OTHERS))
            .of(info.id(), ownView);
    return place + "view" + view + direction;
  }

  private TableWriter table(Split split, String name) throws IOException {
    TableWriter table = tables.get(split);
    if (table == null) {
      table = TableWriter.open(folder.resolve(name + ".csv"), HEADER);
      tables.put(split, table);
    }
    return table;
  }

  @Override
  public void close() throws IOException {
    for (TableWriter table : tables.values()) {
      table.close();
    }
  }
}
