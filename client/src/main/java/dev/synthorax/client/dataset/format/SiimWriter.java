package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.RunLengthCoding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** Writes what {@link SiimLayout} reads. One thread. */
final class SiimWriter implements DatasetWriter {
  private final Path folder;
  private final PixelEncoding encoding;
  private final WriteOptions options;
  private final DicomLosses losses;
  private final TableWriter table; // owned

  SiimWriter(Path folder, PixelEncoding encoding, WriteOptions options, FormatLosses losses)
      throws IOException {
    this.folder = folder;
    this.encoding = encoding;
    this.options = options;
    this.losses = new DicomLosses("siim", losses);
    table = TableWriter.open(folder.resolve(SiimLayout.TABLE), SiimLayout.HEADER);
  }

  @Override
  public void add(Sample sample) throws IOException {
    losses.dropAlways(sample);
    losses.dropText(sample);
    losses.dropBoxes(sample);
    losses.dropLabelsBut(sample, Set.of(SiimLayout.PNEUMOTHORAX));
    losses.dropMasksBut(sample, Set.of(Structure.PNEUMOTHORAX));
    losses.reportOwnPatients(sample);
    BinaryMask mask = losses.mask(sample, Structure.PNEUMOTHORAX, SiimLayout.PNEUMOTHORAX);
    DicomFiles.Uids uids = losses.uids(sample);
    Path file =
        folder
            .resolve(SiimLayout.IMAGES)
            .resolve(uids.study())
            .resolve(uids.series())
            .resolve(uids.instance() + ".dcm");
    DicomFiles.write(file, sample, uids, encoding, options);
    table.row(uids.instance(), mask == null ? "-1" : RunLengthCoding.SIIM.encode(mask));
    if (mask == null) {
      losses.reportUnmentioned(sample, SiimLayout.PNEUMOTHORAX);
    }
  }

  @Override
  public void close() throws IOException {
    table.close();
  }
}
