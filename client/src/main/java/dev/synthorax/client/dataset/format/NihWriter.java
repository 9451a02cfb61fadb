package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.EncodedSample;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Sex;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.View;
import dev.synthorax.client.dataset.format.FormatLosses.Part;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes what {@link NihLayout} reads. One thread. */
final class NihWriter implements DatasetWriter {
  private static final Set<Part> DROPPED = EnumSet.of(Part.MASKS, Part.TEXT, Part.SEED);
  private static final Set<String> OWN_ATTRIBUTES =
      Set.of(NihLayout.WIDTH, NihLayout.HEIGHT, NihLayout.SPACING_X, NihLayout.SPACING_Y);
  private static final int OTHER_PATIENTS = 100_000; // NIH's end at 30,805
  private static final int OTHER_FOLLOW_UPS = 500;
  private static final int DIGITS = 8;

  private final Path folder;
  private final FormatLosses losses;
  private final Numbering patients = new Numbering(OTHER_PATIENTS);
  private final Map<Integer, Numbering> followUps = new HashMap<>();
  private final List<String> train = new ArrayList<>();
  private final List<String> test = new ArrayList<>();
  private final TableWriter entries; // owned
  private @Nullable TableWriter boxes; // owned

  NihWriter(Path folder, FormatLosses losses) throws IOException {
    this.folder = folder;
    this.losses = losses;
    entries = TableWriter.open(folder.resolve(NihLayout.ENTRIES), NihLayout.HEADER);
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
    Vocabulary.NIH.reportOthers(sample, losses);
    if (!OWN_ATTRIBUTES.containsAll(info.attributes().keySet())) {
      losses.drop(sample, EnumSet.of(Part.ATTRIBUTES));
    }
    String findings = findings(sample);
    Integer ownPatient = ownPatient(info);
    Integer ownFollowUp =
        ownPatient == null
            ? null
            : Numbering.own(String.format(Locale.ROOT, "%08d_", ownPatient), 3, info.id(), "");
    if (ownFollowUp == null) {
      losses.change(sample, "patients and images are numbered; their ids do not come back");
    }
    if (!info.studyId().equals(info.id())) {
      losses.change(sample, "every image becomes a study of its own");
    }
    int patient = patients.of(info.patientId(), ownPatient);
    int followUp =
        followUps
            .computeIfAbsent(
                patient, key -> new Numbering(ownPatient == null ? 0 : OTHER_FOLLOW_UPS))
            .of(info.id(), ownFollowUp);
    String image = String.format(Locale.ROOT, "%08d_%03d.png", patient, followUp);
    Path images = Files.createDirectories(folder.resolve("images"));
    Files.write(images.resolve(image), encoded.image(), StandardOpenOption.CREATE_NEW);
    Sex sex = info.sex();
    View view = info.view();
    entries.row(
        image,
        findings,
        followUp,
        patient,
        info.ageYears(),
        sex == null ? "" : sex == Sex.MALE ? "M" : "F",
        view == null ? "" : view.name(),
        pixels(sample, NihLayout.WIDTH, sample.image().width()),
        pixels(sample, NihLayout.HEIGHT, sample.image().height()),
        spacing(sample, NihLayout.SPACING_X),
        spacing(sample, NihLayout.SPACING_Y));
    writeBoxes(sample, image);
    list(sample, image);
  }

  private int pixels(Sample sample, String attribute, int otherwise) {
    Object value = sample.info().attributes().get(attribute);
    if (value instanceof Integer pixels && pixels > 0) {
      return pixels;
    }
    if (value != null) {
      losses.change(sample, attribute + " is dropped where it is no positive whole number");
    }
    return otherwise;
  }

  private @Nullable Number spacing(Sample sample, String attribute) {
    Object value = sample.info().attributes().get(attribute);
    if (value instanceof Number number && number.doubleValue() > 0) {
      return number;
    }
    if (value != null) {
      losses.change(sample, attribute + " is dropped where it is no positive number");
    }
    return null;
  }

  /** Patients are plain numbers in the table: {@code 13}. */
  private static @Nullable Integer ownPatient(ImageInfo info) {
    Integer own = Numbering.own("", 1, info.patientId(), "");
    return own != null && String.valueOf(own).length() <= DIGITS ? own : null;
  }

  private String findings(Sample sample) {
    List<String> positive = new ArrayList<>();
    ImageInfo info = sample.info();
    for (String label : Vocabulary.NIH.labels()) {
      Label value = info.label(label);
      if (value == Label.UNCERTAIN) {
        throw new IllegalArgumentException(
            "sample '"
                + sample.id()
                + "': "
                + label
                + " is uncertain (expected for nih: positive or negative; apply a policy first)");
      }
      if (value == null) {
        losses.change(sample, "labels that are not mentioned become negative");
      }
      String name = Vocabulary.NIH.name(label);
      if (value == Label.POSITIVE && name != null && !label.equals(ImageInfo.NO_FINDING)) {
        positive.add(name);
      }
    }
    if (!positive.isEmpty()) {
      return String.join("|", positive);
    }
    if (!info.has(ImageInfo.NO_FINDING)) {
      losses.change(sample, "images without a finding that it has a name for become No Finding");
    }
    return "No Finding";
  }

  private void writeBoxes(Sample sample, String image) throws IOException {
    for (Box box : sample.info().boxes()) {
      String name = Vocabulary.NIH.name(box.label());
      if (name == null) {
        losses.drop(sample, "boxes of", List.of(box.label()));
        continue;
      }
      TableWriter table = boxes;
      if (table == null) {
        table = TableWriter.open(folder.resolve(NihLayout.BOXES), NihLayout.BOX_HEADER);
        boxes = table;
      }
      table.row(
          image,
          name.equals("Infiltration") ? "Infiltrate" : name,
          box.x(),
          box.y(),
          box.width(),
          box.height(),
          "",
          "",
          "");
    }
  }

  private void list(Sample sample, String image) {
    Split split = sample.info().split();
    if (split == null) {
      losses.change(sample, "images without a split are in no list");
      return;
    }
    switch (split) {
      case TRAIN -> train.add(image);
      case VALIDATION -> {
        losses.change(sample, "validation becomes train: there is one list for both");
        train.add(image);
      }
      case TEST -> test.add(image);
    }
  }

  private void writeList(String name, List<String> images) throws IOException {
    if (!images.isEmpty()) {
      Files.writeString(
          folder.resolve(name), String.join("\n", images) + "\n", StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() throws IOException {
    TableWriter table = boxes;
    try (entries) {
      if (table != null) {
        table.close();
      }
    }
    writeList(NihLayout.TRAIN_LIST, train);
    writeList(NihLayout.TEST_LIST, test);
  }
}
