package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Writes what {@link RsnaLayout} reads. One thread. */
final class RsnaWriter implements DatasetWriter {
  private static final Set<String> LABELS =
      Set.of(RsnaLayout.PNEUMONIA, RsnaLayout.OPACITY, ImageInfo.NO_FINDING);

  private final Path folder;
  private final PixelEncoding encoding;
  private final WriteOptions options;
  private final DicomLosses losses;
  private final TableWriter labels; // owned
  private final TableWriter classes; // owned

  RsnaWriter(Path folder, PixelEncoding encoding, WriteOptions options, FormatLosses losses)
      throws IOException {
    this.folder = folder;
    this.encoding = encoding;
    this.options = options;
    this.losses = new DicomLosses("rsna", losses);
    labels = TableWriter.open(folder.resolve(RsnaLayout.LABELS), RsnaLayout.HEADER);
    classes = TableWriter.open(folder.resolve(RsnaLayout.CLASSES), RsnaLayout.CLASS_HEADER);
  }

  @Override
  public void add(Sample sample) throws IOException {
    ImageInfo info = sample.info();
    losses.dropAlways(sample);
    losses.dropText(sample);
    losses.dropLabelsBut(sample, LABELS);
    losses.dropMasksBut(sample, EnumSet.noneOf(Structure.class));
    losses.reportOwnPatients(sample);
    losses.requireCertain(sample, RsnaLayout.PNEUMONIA);
    losses.requireCertain(sample, ImageInfo.NO_FINDING);
    losses.reportUnmentioned(sample, RsnaLayout.PNEUMONIA);
    String id = PixelFiles.name(sample);
    List<Box> boxes = boxes(sample);
    String kind = kind(sample);
    DicomFiles.write(
        folder.resolve(RsnaLayout.IMAGES).resolve(id + ".dcm"),
        sample,
        DicomFiles.Uids.of(sample),
        encoding,
        options);
    if (!info.has(RsnaLayout.PNEUMONIA)) {
      labels.row(id, "", "", "", "", 0);
      classes.row(id, kind);
    }
    for (Box box : boxes) {
      labels.row(id, box.x(), box.y(), box.width(), box.height(), 1);
      classes.row(id, kind);
    }
  }

  private List<Box> boxes(Sample sample) {
    List<Box> boxes = new ArrayList<>();
    boolean positive = sample.info().has(RsnaLayout.PNEUMONIA);
    for (Box box : sample.info().boxes()) {
      if (!box.label().equals(RsnaLayout.PNEUMONIA)) {
        losses.drop(sample, "boxes of " + box.label());
      } else if (positive) {
        boxes.add(box);
      } else {
        losses.change(sample, "boxes of pneumonia are dropped where the label is not positive");
      }
    }
    if (positive && boxes.isEmpty()) {
      throw new IllegalArgumentException(
          "sample '"
              + sample.id()
              + "': pneumonia without a box (expected for rsna: a box for every positive image)");
    }
    return boxes;
  }

  private String kind(Sample sample) {
    ImageInfo info = sample.info();
    boolean positive = info.has(RsnaLayout.PNEUMONIA);
    Label opacity = info.label(RsnaLayout.OPACITY);
    if (opacity != null && (opacity == Label.POSITIVE) != positive) {
      losses.change(sample, "lung_opacity becomes what pneumonia is");
    }
    if (positive) {
      return RsnaLayout.OPACITY_CLASS;
    }
    return info.has(ImageInfo.NO_FINDING) ? RsnaLayout.NORMAL_CLASS : RsnaLayout.OTHER_CLASS;
  }

  @Override
  public void close() throws IOException {
    try (labels;
        classes) {
      // both are written in one go
    }
  }
}
