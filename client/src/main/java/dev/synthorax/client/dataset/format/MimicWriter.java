package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.View;
import dev.synthorax.client.dataset.format.FormatLosses.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes what {@link MimicLayout} reads, tables compressed as they are published. One thread. */
final class MimicWriter implements DatasetWriter {
  private static final Set<Part> DROPPED =
      EnumSet.of(Part.MASKS, Part.BOXES, Part.TEXT, Part.SEED, Part.ATTRIBUTES, Part.SEX, Part.AGE);
  private static final int OTHERS = 90_000_000; // MIMIC's subjects and studies end below 60,000,000
  private static final int DIGITS = 8;

  private final Path folder;
  private final WriteOptions options;
  private final FormatLosses losses;
  private final Numbering subjects = new Numbering(OTHERS);
  private final Numbering studies = new Numbering(OTHERS);
  private final Map<Integer, Study> written = new HashMap<>();
  private final TableWriter metadata; // owned
  private final TableWriter splits; // owned
  private final TableWriter labels; // owned

  private record Study(int subject, Map<String, Label> labels) {}

  MimicWriter(Path folder, WriteOptions options, FormatLosses losses) throws IOException {
    this.folder = folder;
    this.options = options;
    this.losses = losses;
    metadata =
        TableWriter.open(
            folder.resolve(MimicLayout.METADATA + ".gz"),
            "dicom_id,subject_id,study_id,ViewPosition,Rows,Columns");
    splits =
        TableWriter.open(
            folder.resolve(MimicLayout.SPLIT + ".gz"), "dicom_id,study_id,subject_id,split");
    labels =
        TableWriter.open(
            folder.resolve(MimicLayout.LABELS.formatted("chexpert") + ".gz"),
            "subject_id,study_id," + String.join(",", Vocabulary.CHEXPERT.names()));
  }

  @Override
  public void add(Sample sample) throws IOException {
    ImageInfo info = sample.info();
    losses.drop(sample, DROPPED);
    Vocabulary.CHEXPERT.reportOthers(sample, losses);
    Integer ownSubject = Numbering.own("p", DIGITS, info.patientId(), "");
    Integer ownStudy = Numbering.own("s", DIGITS, info.studyId(), "");
    if (ownSubject == null || ownStudy == null) {
      losses.change(sample, "patients and studies are numbered; their ids do not come back");
    }
    int subject = subjects.of(info.patientId(), ownSubject);
    int study = studies.of(info.studyId(), ownStudy);
    writeLabels(sample, subject, study);
    String id = PixelFiles.name(sample);
    Path path = folder.resolve(MimicLayout.path(subject, study, id));
    Files.createDirectories(path.getParent());
    Files.write(path, PixelFiles.jpeg(sample, options), StandardOpenOption.CREATE_NEW);
    View view = info.view();
    metadata.row(
        id,
        subject,
        study,
        view == null ? "" : view.name(),
        sample.image().height(),
        sample.image().width());
    Split split = info.split();
    if (split == null) {
      losses.change(sample, "images without a split are in no row of " + MimicLayout.SPLIT);
    } else {
      splits.row(
          id,
          study,
          subject,
          switch (split) {
            case TRAIN -> "train";
            case VALIDATION -> "validate";
            case TEST -> "test";
          });
    }
  }

  /** Labels belong to the study: its images must agree. */
  private void writeLabels(Sample sample, int subject, int study) throws IOException {
    Map<String, Label> kept = new HashMap<>(sample.info().labels());
    kept.keySet().retainAll(Vocabulary.CHEXPERT.labels());
    Study known = written.putIfAbsent(study, new Study(subject, Map.copyOf(kept)));
    if (known == null) {
      List<@Nullable Object> row = new ArrayList<>(List.of(subject, study));
      for (String label : Vocabulary.CHEXPERT.labels()) {
        row.add(Vocabulary.write(kept.get(label)));
      }
      labels.row(row);
      return;
    }
    if (known.subject() != subject || !known.labels().equals(kept)) {
      throw new IllegalArgumentException(
          "sample '"
              + sample.id()
              + "': study '"
              + sample.info().studyId()
              + "' has "
              + (known.subject() == subject ? "other labels in" : "another patient in")
              + " an image before (expected for mimic-cxr-jpg: one patient and one set of labels a"
              + " study)");
    }
  }

  @Override
  public void close() throws IOException {
    try (metadata;
        splits) {
      labels.close();
    }
  }
}
