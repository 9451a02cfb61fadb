package dev.synthorax.client.augment.plan;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Splits;
import dev.synthorax.client.dataset.format.DatasetFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where parents come from. Only its training images are used: nothing is made from images that are
 * kept for choosing or reporting.
 *
 * @param folder as it stands in the plan; relative to the plan's folder
 * @param format null: found out
 * @param chexmask a CheXmask table, relative to the plan's folder; null: the format's own rule
 * @param exclude ids of images to leave out
 * @param skipMissing whether images whose files are not there are left out
 * @param divide how patients without a split are divided; null: every image has a split
 */
public record SourceDataset(
    String folder,
    @Nullable DatasetFormat format,
    @Nullable String chexmask,
    List<String> exclude,
    boolean skipMissing,
    @Nullable Division divide) {
  /**
   * A division of patients by seed.
   *
   * @param seed another seed is another division
   * @param shares of the patients
   */
  public record Division(long seed, Splits.Shares shares) {
    @JsonCreator
    static Division of(
        @JsonProperty("seed") @Nullable Long seed,
        @JsonProperty("train") @Nullable Double train,
        @JsonProperty("validation") @Nullable Double validation,
        @JsonProperty("test") @Nullable Double test) {
      return new Division(
          Checks.present("seed", seed, "a whole number"),
          new Splits.Shares(
              Checks.present("train", train, "a share of the patients"),
              Checks.orElse(validation, 0.0),
              Checks.orElse(test, 0.0)));
    }
  }

  /** Copies the list. */
  public SourceDataset {
    Checks.require(!folder.isBlank(), "folder", "'" + folder + "'", "a folder");
    exclude = List.copyOf(exclude);
  }

  @JsonCreator
  static SourceDataset of(
      @JsonProperty("folder") @Nullable String folder,
      @JsonProperty("format") @Nullable DatasetFormat format,
      @JsonProperty("split") @Nullable Split split,
      @JsonProperty("chexmask") @Nullable String chexmask,
      @JsonProperty("exclude") @Nullable List<String> exclude,
      @JsonProperty("skip-missing") @Nullable Boolean skipMissing,
      @JsonProperty("divide") @Nullable Division divide) {
    if (split != null && split != Split.TRAIN) {
      throw new IllegalArgumentException(
          "split: "
              + split.wireName()
              + " (expected: train; nothing is made from images that are kept for reporting)");
    }
    return new SourceDataset(
        Checks.present("folder", folder, "the folder of the dataset"),
        format,
        chexmask,
        Checks.orElse(exclude, List.of()),
        Checks.orElse(skipMissing, false),
        divide);
  }

  SourceDataset withSkipMissing() {
    return new SourceDataset(folder, format, chexmask, exclude, true, divide);
  }
}
