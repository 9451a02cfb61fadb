package dev.synthorax.client.dataset.format;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.file.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The layouts that datasets are read from and written to. */
public enum DatasetFormat {
  /** CheXpert: {@code train.csv}, {@code valid.csv}, JPEG; labels with uncertainty. */
  CHEXPERT("chexpert"),
  /** CANDID-PTX: DICOM; masks of pneumothorax, rib fractures, chest tubes, and CheXmask's. */
  CANDID_PTX("candid-ptx"),
  /** SIIM-ACR pneumothorax: DICOM and run-length masks. */
  SIIM("siim"),
  /** RSNA pneumonia: DICOM and boxes. */
  RSNA("rsna"),
  /** MIMIC-CXR-JPG: JPEG, tables joined by subject and study. */
  MIMIC_CXR_JPG("mimic-cxr-jpg"),
  /** NIH ChestX-ray14: PNG, labels without uncertainty, some boxes. */
  NIH("nih"),
  /** Plain folders of DICOM files, as archives export them. */
  DICOM("dicom"),
  /** nnU-Net v2 raw data: PNG images and label maps. */
  NNUNET("nnunet"),
  /** WebDataset: tar shards of images, masks and JSON. */
  WEBDATASET("webdataset"),
  /** PNG files and {@code images.csv}; holds everything. */
  FOLDER("folder"),
  /** Sample shards, the training server's input. */
  SHARDS("shards");

  /** What boxes beyond their image are counted as. */
  public static final String BOXES_BEYOND = "boxes beyond the image";

  private final String wireName;

  DatasetFormat(String wireName) {
    this.wireName = wireName;
  }

  private Layout layout() {
    return switch (this) {
      case CHEXPERT -> new CheXpertLayout();
      case CANDID_PTX -> new CandidLayout();
      case SIIM -> new SiimLayout();
      case RSNA -> new RsnaLayout();
      case MIMIC_CXR_JPG -> new MimicLayout();
      case NIH -> new NihLayout();
      case DICOM -> new DicomLayout();
      case NNUNET -> new NnUNetLayout();
      case WEBDATASET -> new WebDatasetLayout();
      case FOLDER -> new FolderLayout();
      case SHARDS -> new ShardsLayout();
    };
  }

  /** Hands samples to a writer. */
  @FunctionalInterface
  public interface Feed {
    /** Adds every sample in order; whatever it throws gives the dataset up. */
    void into(DatasetWriter writer) throws IOException, InterruptedException;
  }

  /** Returns the name used by commands and plans, for example {@code mimic-cxr-jpg}. */
  public String wireName() {
    return wireName;
  }

  /** Returns whether the format uses an option. */
  public boolean uses(FormatOption option) {
    return layout().options().contains(option);
  }

  /** Returns what {@link #detect} looks for in a folder of this format. */
  public String looksFor() {
    return layout().looksFor();
  }

  /**
   * Returns the format of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static DatasetFormat ofWireName(String name) {
    requireNonNull(name, "name");
    for (DatasetFormat format : values()) {
      if (format.wireName.equals(name)) {
        return format;
      }
    }
    throw new IllegalArgumentException(
        "format: '" + name + "' (expected: " + wireNames(Arrays.asList(values())) + ")");
  }

  private static String wireNames(List<DatasetFormat> formats) {
    return formats.stream().map(DatasetFormat::wireName).collect(Collectors.joining(", "));
  }

  /**
   * Finds out the format of a folder; a folder of DICOM files without the tables of another format
   * is {@link #DICOM}.
   *
   * @throws IOException if no format matches, or several do; the message says which tables were
   *     found and why they were not taken, or what each format looks for
   */
  public static DatasetFormat detect(Path folder) throws IOException {
    requireFolder(folder);
    List<DatasetFormat> matching = matching(folder);
    if (matching.size() == 1) {
      return matching.getFirst();
    }
    if (matching.isEmpty()) {
      String near = nearMisses(folder); // its DICOM files alone would lack what its table says
      if (near == null && holdsDicom(folder)) {
        return DICOM;
      }
      throw new IOException(
          folder
              + " holds no dataset "
              + (near != null
                  ? near
                  : "(expected one of: "
                      + Arrays.stream(values())
                          .map(format -> format.wireName + " with " + format.looksFor())
                          .collect(Collectors.joining("; "))
                      + ")"));
    }
    throw new IOException(
        folder + " may be " + wireNames(matching) + " (expected: one of them; name the format)");
  }

  /**
   * Returns the formats whose tables or files lie in a folder; none: it holds no dataset, but may
   * be a plain folder of images, {@link #DICOM} ones among them.
   */
  public static List<DatasetFormat> matching(Path folder) throws IOException {
    requireNonNull(folder, "folder");
    List<DatasetFormat> matching = new ArrayList<>();
    for (DatasetFormat format : values()) {
      if (format != DICOM && format.layout().matches(folder)) {
        matching.add(format);
      }
    }
    return matching;
  }

  /** Returns whether DICOM files lie in a folder, or in those below it. */
  public static boolean holdsDicom(Path folder) throws IOException {
    return DICOM.layout().matches(requireNonNull(folder, "folder"));
  }

  /** Says which tables were not taken and why, or where the dataset is; null: there is nothing. */
  private static @Nullable String nearMisses(Path folder) throws IOException {
    List<String> reasons = new ArrayList<>();
    for (DatasetFormat format : values()) {
      String reason = format.layout().nearMiss(folder);
      if (reason != null) {
        reasons.add("as " + format.wireName + ": " + reason);
      }
    }
    if (!reasons.isEmpty()) {
      return "that can be read: " + String.join("; ", reasons);
    }
    return inside(folder);
  }

  /** Says which folder in {@code folder} holds a dataset; null: none does. */
  private static @Nullable String inside(Path folder) throws IOException {
    List<Path> inner;
    try (Stream<Path> entries = Files.list(folder)) {
      inner =
          entries
              .filter(entry -> Files.isDirectory(entry) && !FileTree.isHiddenOrSystem(entry))
              .sorted()
              .toList();
    }
    for (Path candidate : inner) {
      List<DatasetFormat> matching = matching(candidate);
      if (!matching.isEmpty()) {
        return "itself; "
            + candidate
            + " holds one, of format "
            + matching.getFirst().wireName
            + " (expected: the folder with the tables)";
      }
    }
    return null;
  }

  private static void requireFolder(Path folder) throws IOException {
    requireNonNull(folder, "folder");
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + " is no folder (expected: a folder with a dataset)");
    }
    StagedWriter.requireFinished(folder);
  }

  /**
   * Opens the dataset in {@code folder}: reads its tables, not its pixels.
   *
   * @throws IOException if a table is missing or wrong, an id comes twice, the dataset is not
   *     finished, or the format does not use what the options ask; the message is one line that
   *     names file, row, value and what was expected
   */
  public Dataset open(Path folder, ReadOptions options) throws IOException {
    requireFolder(folder);
    requireNonNull(options, "options");
    try {
      requireUsable(options);
    } catch (IllegalArgumentException e) {
      throw new IOException(folder + ": " + e.getMessage(), e);
    }
    Path cheXmask = options.cheXmask();
    if (cheXmask != null && !Files.isRegularFile(cheXmask)) {
      throw new IOException(
          cheXmask + ": no such file (expected: a CheXmask table, .csv or .csv.gz)");
    }
    return CheckedDataset.of(layout().open(folder, options), options, folder);
  }

  /**
   * Refuses options that this format does not use when it is read.
   *
   * @throws IllegalArgumentException if there is one; the message names the formats that use it
   */
  public void requireUsable(ReadOptions options) {
    Path cheXmask = options.cheXmask();
    if (cheXmask != null) {
      FormatOption.CHEXMASK.require(this, "chexmask: " + cheXmask);
    }
    if (options.minRcaMean() != ReadOptions.DEFAULT.minRcaMean()) {
      FormatOption.MIN_RCA_MEAN.require(this, "minRcaMean: " + options.minRcaMean());
    }
    if (options.labeler() != ReadOptions.DEFAULT.labeler()) {
      FormatOption.LABELER.require(this, "labeler: " + options.labeler().wireName());
    }
  }

  /**
   * Refuses options that this format does not use when it is written.
   *
   * @throws IllegalArgumentException if there is one; the message names the formats that use it
   */
  public void requireUsable(WriteOptions options) {
    if (options.shardSize() != WriteOptions.SHARD_SIZE) {
      FormatOption.SHARD_SIZE.require(this, "shardSize: " + options.shardSize());
    }
    if (options.jpegQuality() != WriteOptions.JPEG_QUALITY) {
      FormatOption.JPEG_QUALITY.require(this, "jpegQuality: " + options.jpegQuality());
    }
    if (!options.structures().isEmpty()) {
      FormatOption.STRUCTURES.require(
          this, "structures: " + options.structures().stream().map(Structure::wireName).toList());
    }
  }

  /**
   * Starts a dataset in {@code folder}, new or empty; what a stopped writer left there is deleted.
   * The dataset appears when the writer is closed, and not at all after a failure.
   *
   * @return the writer; the caller closes. {@link #write} is safer where samples come from
   *     something that may fail
   * @throws IllegalArgumentException if the format cannot do what the options ask
   * @throws IOException if the folder holds other things or cannot be written
   */
  public StagedWriter create(Path folder, WriteOptions options) throws IOException {
    requireNonNull(folder, "folder");
    requireNonNull(options, "options");
    requireUsable(options);
    return StagedWriter.open(
        folder, layout(), options, new FormatLosses(wireName, options.warnings()));
  }

  /**
   * Writes a whole dataset; if {@code feed} fails nothing of it stays.
   *
   * @throws IOException what {@code feed} or the writer threw
   * @throws InterruptedException what {@code feed} threw
   */
  public void write(Path folder, WriteOptions options, Feed feed)
      throws IOException, InterruptedException {
    requireNonNull(feed, "feed");
    StagedWriter writer = create(folder, options);
    boolean done = false;
    try {
      feed.into(writer);
      writer.close();
      done = true;
    } finally {
      if (!done) {
        writer.abandon();
      }
    }
  }
}
