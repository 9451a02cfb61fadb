package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** Writes what {@link DicomLayout} reads: {@code STUDY/IMAGE.dcm}. One thread. */
final class DicomWriter implements DatasetWriter {
  private final Path folder;
  private final PixelEncoding encoding;
  private final WriteOptions options;
  private final DicomLosses losses;

  DicomWriter(Path folder, PixelEncoding encoding, WriteOptions options, FormatLosses losses) {
    this.folder = folder;
    this.encoding = encoding;
    this.options = options;
    this.losses = new DicomLosses("dicom", losses);
  }

  @Override
  public void add(Sample sample) throws IOException {
    losses.dropAlways(sample);
    losses.dropText(sample);
    losses.dropBoxes(sample);
    losses.dropLabelsBut(sample, Set.of());
    losses.dropMasksBut(sample, Set.of());
    DicomFiles.Uids uids = losses.uids(sample);
    Path file = folder.resolve(uids.study()).resolve(uids.instance() + ".dcm");
    DicomFiles.write(file, sample, uids, encoding, options);
  }

  @Override
  public void close() {}
}
