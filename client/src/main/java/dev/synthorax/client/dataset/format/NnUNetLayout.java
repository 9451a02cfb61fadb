package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * nnU-Net v2 raw data, two-dimensional: {@code dataset.json}, {@code imagesTr/CASE_0000.png},
 * {@code labelsTr/CASE.png} and, for tests, {@code imagesTs} and {@code labelsTs}. Lossless images
 * only.
 *
 * <p>Labels are consecutive whole numbers from background 0. Where structures never overlap each
 * has one number; where they do, every combination that occurs has a number, the structures are
 * regions (lists of numbers) and {@code regions_class_order} is written. All samples have masks of
 * the same structures: those of {@link WriteOptions#structures} or of the first sample.
 *
 * <p>{@code splits_final.json} (to be copied to {@code nnUNet_preprocessed}) holds folds that
 * validate on real images only: one fold where the samples have a validation split, else five,
 * patient by patient. A synthetic image is trained on in the folds that do not validate on its
 * patient or parent. Reading it back, one fold gives train and validation; of several folds all is
 * train.
 *
 * <p>Holds pixels, masks and split, nothing else: labels, boxes, demographics, texts, seeds,
 * attributes and patients are dropped, so that a case read back is its own patient.
 *
 * @see <a href="https://github.com/MIC-DKFZ/nnUNet/blob/master/documentation/dataset_format.md">
 *     nnU-Net dataset format</a>
 */
final class NnUNetLayout implements Layout {
  static final String DATASET = "dataset.json";
  static final String SPLITS = "splits_final.json";
  static final String TRAIN_IMAGES = "imagesTr";
  static final String TRAIN_LABELS = "labelsTr";
  static final String TEST_IMAGES = "imagesTs";
  static final String TEST_LABELS = "labelsTs";
  static final String CHANNEL = "_0000";

  @Override
  public String looksFor() {
    return "dataset.json beside imagesTr/ or imagesTs/";
  }

  @Override
  public boolean matches(Path folder) {
    return Files.isRegularFile(folder.resolve(DATASET))
        && (Files.isDirectory(folder.resolve(TRAIN_IMAGES))
            || Files.isDirectory(folder.resolve(TEST_IMAGES)));
  }

  @Override
  public @Nullable String nearMiss(Path folder) {
    return Files.isRegularFile(folder.resolve(DATASET))
        ? DATASET + " without " + TRAIN_IMAGES + "/ or " + TEST_IMAGES + "/ beside it"
        : null;
  }

  @Override
  public Set<FormatOption> options() {
    return EnumSet.of(FormatOption.STRUCTURES);
  }

  @Override
  public Dataset open(Path folder, ReadOptions options) throws IOException {
    return new NnUNetReader(folder, options).open();
  }

  @Override
  public DatasetWriter create(Path folder, WriteOptions options, FormatLosses losses)
      throws IOException {
    options.encoding("nnunet", PixelEncoding.LOSSLESS, PixelEncoding.LOSSLESS);
    return new NnUNetWriter(folder, options, losses);
  }
}
