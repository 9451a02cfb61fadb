package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.RunLengthCoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes what {@link CandidLayout} reads. One thread. */
final class CandidWriter implements DatasetWriter {
  private static final int OTHER_PATIENTS = 1_000_000;
  private static final Set<String> LABELS =
      Set.of(CandidLayout.PNEUMOTHORAX, CandidLayout.FRACTURE, CandidLayout.DEVICES);

  private final Path folder;
  private final PixelEncoding encoding;
  private final WriteOptions options;
  private final DicomLosses losses;
  private final Numbering patients = new Numbering(OTHER_PATIENTS);
  private final TableWriter reports; // owned
  private final OutlineTable tubes; // owned
  private final OutlineTable fractures; // owned
  private @Nullable TableWriter cheXmask; // owned
  private int images;

  CandidWriter(Path folder, PixelEncoding encoding, WriteOptions options, FormatLosses losses)
      throws IOException {
    this.folder = folder;
    this.encoding = encoding;
    this.options = options;
    this.losses = new DicomLosses("candid-ptx", losses);
    reports = TableWriter.open(folder.resolve(CandidLayout.REPORTS), CandidLayout.HEADER);
    tubes = new OutlineTable(folder.resolve(CandidLayout.TUBES), Structure.CHEST_TUBE);
    fractures = new OutlineTable(folder.resolve(CandidLayout.FRACTURES), Structure.RIB_FRACTURE);
  }

  @Override
  public void add(Sample sample) throws IOException {
    ImageInfo info = sample.info();
    losses.dropAlways(sample);
    losses.dropBoxes(sample);
    losses.dropLabelsBut(sample, LABELS);
    losses.dropMasksBut(sample, EnumSet.allOf(Structure.class));
    BinaryMask pneumothorax =
        losses.mask(sample, Structure.PNEUMOTHORAX, CandidLayout.PNEUMOTHORAX);
    BinaryMask fracture = losses.mask(sample, Structure.RIB_FRACTURE, CandidLayout.FRACTURE);
    BinaryMask tube = tube(sample);
    DicomFiles.Uids uids = losses.uids(sample);
    String file = patient(sample) + "_" + ++images + ".dcm";
    DicomFiles.write(
        folder.resolve(CandidLayout.IMAGES).resolve(uids.instance()),
        sample,
        uids,
        encoding,
        options);
    boolean negative = info.label(CandidLayout.PNEUMOTHORAX) == Label.NEGATIVE;
    String runs =
        pneumothorax == null ? negative ? "-1" : "" : RunLengthCoding.CANDID.encode(pneumothorax);
    reports.row(uids.instance(), uids.study(), runs, info.text(), file);
    tubes.add(sample, uids, tube);
    fractures.add(sample, uids, fracture);
    addThorax(sample, uids.instance());
  }

  private String patient(Sample sample) {
    String id = sample.info().patientId();
    Integer own = Numbering.own("P", 1, id, "");
    if (own == null) {
      losses.change(sample, "patients are numbered; their ids do not come back");
    }
    return "P" + patients.of(id, own);
  }

  private @Nullable BinaryMask tube(Sample sample) {
    BinaryMask tube = sample.masks().get(Structure.CHEST_TUBE);
    Label devices = sample.info().label(CandidLayout.DEVICES);
    boolean outlined = tube != null && tube.area() > 0;
    if (devices != null && (devices != Label.POSITIVE || !outlined)) {
      losses.change(sample, "support_devices is held where a chest tube is outlined, else dropped");
    }
    if (devices == null && outlined) {
      losses.change(sample, "support_devices becomes positive where a chest tube is outlined");
    }
    return tube;
  }

  private void addThorax(Sample sample, String id) throws IOException {
    TableWriter table = cheXmask;
    if (table == null) {
      if (!CheXmaskTable.holds(sample)) {
        reportLungs(sample);
        return;
      }
      Path place = Files.createDirectories(folder.resolve(CandidLayout.CHEXMASK_FOLDER));
      table = CheXmaskTable.create(place.resolve(CandidLayout.CHEXMASK));
      cheXmask = table;
    }
    CheXmaskTable.write(table, sample, id);
    reportLungs(sample);
  }

  private void reportLungs(Sample sample) {
    BinaryMask lungs = sample.masks().get(Structure.LUNGS);
    BinaryMask left = sample.masks().get(Structure.LEFT_LUNG);
    BinaryMask right = sample.masks().get(Structure.RIGHT_LUNG);
    if (lungs != null && (left == null || right == null || !left.or(right).equals(lungs))) {
      losses.change(
          sample, "lungs become the left lung and the right lung together, or are dropped");
    }
  }

  @Override
  public void close() throws IOException {
    TableWriter table = cheXmask;
    try (reports;
        tubes;
        fractures) {
      if (table != null) {
        table.close();
      }
    }
  }

  /**
   * A table of outlines, made when the first mask comes; an image that it does not list has none.
   */
  private final class OutlineTable implements AutoCloseable {
    private final Path file;
    private final Structure structure;
    private @Nullable TableWriter table; // owned
    private @Nullable Sample unknown;

    OutlineTable(Path file, Structure structure) {
      this.file = file;
      this.structure = structure;
    }

    void add(Sample sample, DicomFiles.Uids uids, @Nullable BinaryMask mask) throws IOException {
      TableWriter open = table;
      if (mask != null && open == null) {
        open = TableWriter.open(file, CandidLayout.OUTLINE_HEADER);
        table = open;
      }
      if (mask != null && open != null && mask.area() > 0) {
        open.row(uids.instance(), structure.wireName(), RunLengthCoding.CANDID.encode(mask));
      }
      if (mask == null && unknown == null) {
        unknown = sample;
      }
      Sample first = unknown;
      if (first != null && open != null) {
        losses.change(
            first, "images without a mask of " + structure.wireName() + " become negative");
      }
    }

    @Override
    public void close() throws IOException {
      TableWriter open = table;
      if (open != null) {
        open.close();
      }
    }
  }
}
