package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.RunLengthCoding;
import dev.synthorax.client.table.CsvTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * SIIM-ACR Pneumothorax: {@code train-rle.csv} ({@code ImageId, EncodedPixels}, the second name
 * with a leading space) and {@code dicom-images-train/STUDY/SERIES/IMAGE.dcm}.
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
  static final String IMAGES = "dicom-images-train";
  static final String PNEUMOTHORAX = "pneumothorax";
  private static final String IMAGE = "ImageId";
  private static final String RUNS = "EncodedPixels";

  @Override
  public String looksFor() {
    return TABLE + " with the columns " + IMAGE + " and " + RUNS;
  }

  @Override
  public boolean matches(Path folder) {
    return CsvTable.hasColumns(CsvTable.find(folder, TABLE), IMAGE, RUNS);
  }

  @Override
  public Dataset open(Path folder, ReadOptions options) throws IOException {
    Path file = CsvTable.require(folder, TABLE);
    String name = file.toString();
    Warnings warnings = new Warnings();
    Map<String, OutlinedImage> images = new LinkedHashMap<>();
    try (CsvTable table = CsvTable.open(file, IMAGE, RUNS)) {
      for (CsvTable.Row row = table.next(); row != null; row = table.next()) {
        row.required(RUNS);
        images
            .computeIfAbsent(row.required(IMAGE), OutlinedImage::new)
            .add(name, row, RUNS, RunLengthCoding.SIIM, Structure.PNEUMOTHORAX, warnings);
      }
    }
    Map<String, String> files = DicomFiles.find(folder, folder.resolve(IMAGES));
    Map<String, CheXmask> thoraxes = OutlinedImage.thoraxes(options, images, warnings);
    TableDataset.Builder<DicomFiles.Entry> dataset =
        new TableDataset.Builder<>(
            "siim", (info, entry) -> DicomFiles.load(folder, info, entry, options), warnings);
    for (OutlinedImage image : images.values()) {
      String path = files.get(image.id());
      String at = name + ": line " + image.line();
      if (path == null) {
        warnings.add(
            "missing images", at + ": no file '" + image.id() + ".dcm' under " + IMAGES + "/");
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
      dataset.add(info, image.entry(place, thoraxes.get(image.id())), at);
    }
    return dataset.build(name);
  }

  @Override
  public DatasetWriter create(Path folder, WriteOptions options, Losses losses) throws IOException {
    PixelEncoding encoding =
        options.encoding(
            "siim", PixelEncoding.LOSSLESS, PixelEncoding.LOSSLESS, PixelEncoding.JPEG);
    return new SiimWriter(folder, encoding, options, losses);
  }
}
