package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.RunLengthCoding;
import dev.synthorax.client.table.CsvRow;
import dev.synthorax.client.table.CsvTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * SIIM-ACR Pneumothorax: {@code train-rle.csv} ({@code ImageId, EncodedPixels}, the second name
 * with a leading space) and {@code dicom-images-train/STUDY/SERIES/IMAGE.dcm}; or, as Kaggle names
 * them today, {@code stage_2_train.csv} and {@code stage_2_images/ID_0a0adf93f.dcm}.
 *
 * <p>An image has as many rows as its pneumothorax has parts: all are joined. {@code -1} is no
 * pneumothorax. Every image is a patient of its own, as the dataset names none, and has no split.
 * Sex, age and view come with the pixels.
 *
 * <p>Holds the label and the mask of pneumothorax, sex, age, view, and in the files' paths the
 * study. Drops other labels and masks, boxes, splits, texts, seeds, attributes; refuses uncertain
 * labels and positive ones without a mask. Ids are kept where they are DICOM identifiers, else made
 * from them.
 */
final class SiimLayout implements Layout {
  static final String TABLE = "train-rle.csv";
  static final String HEADER = "ImageId, EncodedPixels";
  private static final String STAGE_2_TABLE = "stage_2_train.csv";
  static final String IMAGES = "dicom-images-train";
  private static final List<String> STAGE_2_IMAGES = List.of("stage_2_images", "stage_2_train");
  static final String PNEUMOTHORAX = "pneumothorax";
  private static final String IMAGE = "ImageId";
  private static final String RUNS = "EncodedPixels";

  @Override
  public String looksFor() {
    return TABLE + " or " + STAGE_2_TABLE + " with the columns " + IMAGE + " and " + RUNS;
  }

  @Override
  public boolean matches(Path folder) {
    return CsvTable.hasColumns(CsvTable.find(folder, TABLE, STAGE_2_TABLE), IMAGE, RUNS);
  }

  @Override
  public @Nullable String nearMiss(Path folder) {
    return CsvTable.problem(CsvTable.find(folder, TABLE, STAGE_2_TABLE), IMAGE, RUNS);
  }

  @Override
  public Set<FormatOption> options() {
    return EnumSet.of(FormatOption.CHEXMASK, FormatOption.MIN_RCA_MEAN, FormatOption.JPEG_QUALITY);
  }

  @Override
  public Dataset open(Path folder, ReadOptions options) throws IOException {
    Path file = CsvTable.require(folder, TABLE, STAGE_2_TABLE);
    String name = file.toString();
    Warnings warnings = new Warnings();
    Map<String, OutlinedImage> images = new LinkedHashMap<>();
    try (CsvTable table = CsvTable.open(file, IMAGE, RUNS)) {
      for (CsvRow row = table.next(); row != null; row = table.next()) {
        row.required(RUNS);
        images
            .computeIfAbsent(row.required(IMAGE), OutlinedImage::new)
            .add(name, row, RUNS, RunLengthCoding.SIIM, Structure.PNEUMOTHORAX, warnings);
      }
    }
    List<Path> places = new ArrayList<>(List.of(folder.resolve(IMAGES)));
    STAGE_2_IMAGES.forEach(place -> places.add(folder.resolve(place)));
    FileIndex files = FileIndex.of(folder, places);
    TableDataset.Builder<DicomFiles.Entry> dataset =
        new TableDataset.Builder<>("siim", FileLoader.ofDicom(folder, options), warnings);
    for (OutlinedImage image : images.values()) {
      String path = files.find(image.id());
      String at = name + ": line " + image.line();
      if (path == null) {
        path = IMAGES + "/" + image.id() + ".dcm";
      }
      String[] parts = path.split("/", -1);
      ImageInfo info =
          ImageInfo.builder(image.id())
              .studyId(parts.length > 3 ? parts[parts.length - 3] : image.id())
              .label(
                  PNEUMOTHORAX,
                  image.isPositive(Structure.PNEUMOTHORAX) ? Label.POSITIVE : Label.NEGATIVE)
              .build();
      Place place = new Place(path, name, image.line());
      dataset.add(info, image.entry(place), at);
    }
    files.reportUnused(name, warnings);
    CheXmaskTable.attach(options.cheXmask(), dataset, options, warnings);
    return dataset.build(name);
  }

  @Override
  public DatasetWriter create(Path folder, WriteOptions options, FormatLosses losses)
      throws IOException {
    PixelEncoding encoding =
        options.encoding(
            "siim", PixelEncoding.LOSSLESS, PixelEncoding.LOSSLESS, PixelEncoding.JPEG);
    return new SiimWriter(folder, encoding, options, losses);
  }
}
