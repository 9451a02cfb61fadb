package dev.synthorax.client.dataset.format;

import dev.synthorax.client.ClientRelease;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Sex;
import dev.synthorax.client.dataset.Splits;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.View;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.PackedRuns;
import dev.synthorax.client.image.dicom.DicomHeader;
import dev.synthorax.client.image.dicom.DicomImage;
import dev.synthorax.client.image.dicom.DicomUid;
import dev.synthorax.client.image.dicom.SecondaryCapture;
import dev.synthorax.client.image.file.ImageFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The DICOM files of a dataset.
 *
 * <p>Sex, age and view are in the files, not in the tables: they are filled in when an image is
 * loaded, where the tables left them open. Pixel spacing is not read: in files made from NIH images
 * it is that of the larger originals.
 */
final class DicomFiles {
  /** Attribute of a loaded image: its file says that it is synthetic, {@code true}. */
  static final String SYNTHETIC_DATA = "dicom_synthetic_data";

  private static final int LONGEST_ID = 64;
  private static final int OLDEST = 999; // years

  private DicomFiles() {}

  /**
   * A mask as a table has it.
   *
   * @param structure what it outlines
   * @param runs of cells
   * @param table the table's path, one string for all its rows
   * @param line in the table
   */
  record Outline(Structure structure, PackedRuns runs, String table, int line) {}

  /**
   * An image and its masks.
   *
   * @param place the file and the row that names it
   * @param outlines those of one structure are joined; none of a structure: nobody outlined it
   * @param thorax lungs and heart; null: none
   */
  record Entry(Place place, List<Outline> outlines, @Nullable CheXmask thorax) {
    /** An image without masks. */
    static Entry of(Place place) {
      return new Entry(place, List.of(), null);
    }

    /** Returns this image with lungs and heart; null: none. */
    Entry with(@Nullable CheXmask other) {
      return other == null ? this : new Entry(place, outlines, other);
    }
  }

  /** Reads one image with its masks. */
  static Sample load(Path file, ImageInfo info, Entry entry, ReadOptions options)
      throws IOException {
    DicomImage dicom = read(file, " (named in " + entry.place().at() + ")", options);
    GrayImage image = dicom.image();
    Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
    for (Outline outline : entry.outlines()) {
      BinaryMask mask;
      try {
        mask = outline.runs().toMask(image.width(), image.height());
      } catch (IllegalArgumentException e) {
        throw new IOException(
            outline.table() + ": line " + outline.line() + ": " + e.getMessage(), e);
      }
      masks.merge(outline.structure(), mask, BinaryMask::or);
    }
    CheXmask thorax = entry.thorax();
    if (thorax != null) {
      masks.putAll(thorax.masks(image));
    }
    return new Sample(withHeader(info, dicom.header()), image, masks);
  }

  /** Reads an image that no table names. */
  static Sample load(Path file, ImageInfo info, ReadOptions options) throws IOException {
    DicomImage dicom = read(file, "", options);
    return new Sample(withHeader(info, dicom.header()), dicom.image(), Map.of());
  }

  private static DicomImage read(Path file, String named, ReadOptions options) throws IOException {
    try {
      return DicomImage.decode(
          ImageFile.readBytes(file, options.maxSidePixels()), options.maxSidePixels());
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage());
      String start = message.startsWith(file.toString()) ? "" : file + ": ";
      throw new IOException(start + message + named, e);
    }
  }

  private static ImageInfo withHeader(ImageInfo info, DicomHeader header) {
    ImageInfo.Builder builder = info.toBuilder();
    if (info.sex() == null) {
      builder.sex(Sex.ofName(header.patientSex()));
    }
    if (info.ageYears() == null) {
      builder.ageYears(header.ageYears());
    }
    if (info.view() == null && !header.viewPosition().isEmpty()) {
      builder.view(View.ofName(header.viewPosition()));
    }
    if (header.syntheticData()) {
      builder.attribute(SYNTHETIC_DATA, true);
    }
    return builder.build();
  }

  /** The unique identifiers of an image: its own where its names are some, else made from them. */
  record Uids(String instance, String study, String series) {
    static Uids of(Sample sample) {
      ImageInfo info = sample.info();
      String content = Integer.toHexString(sample.image().hashCode());
      String instance =
          DicomUid.isUid(info.id()) ? info.id() : DicomUid.of("image", info.id(), content);
      String study =
          DicomUid.isUid(info.studyId()) ? info.studyId() : DicomUid.of("study", info.studyId());
      return new Uids(instance, study, DicomUid.of("series", study, instance));
    }
  }

  /**
   * Writes the image of {@code sample}, uncompressed unless the options ask for JPEG. It is marked
   * as synthetic if it has a seed or says so.
   *
   * @param file must not exist
   */
  static void write(
      Path file, Sample sample, Uids uids, PixelEncoding encoding, WriteOptions options)
      throws IOException {
    ImageInfo info = sample.info();
    boolean synthetic =
        info.seed() != null
            || Boolean.TRUE.equals(info.attributes().get(Splits.SYNTHETIC))
            || Boolean.TRUE.equals(info.attributes().get(SYNTHETIC_DATA));
    Sex sex = info.sex();
    View view = info.view();
    SecondaryCapture capture =
        SecondaryCapture.builder(sample.image(), uids.instance())
            .study(uids.study(), uids.series())
            .synthetic(synthetic)
            .patient(
                patientId(info),
                sex == null ? "" : sex == Sex.MALE ? "M" : "F",
                holdsAge(info) ? info.ageYears() : null)
            .viewPosition(view == null ? "" : view.name())
            .description(description(info, synthetic))
            .madeBy("synthorax", ClientRelease.version())
            .build();
    byte[] bytes =
        switch (encoding) {
          case LOSSLESS -> capture.toFile();
          case JPEG -> capture.toJpegFile(options.jpegQuality());
        };
    Files.createDirectories(file.getParent());
    Files.write(file, bytes, StandardOpenOption.CREATE_NEW);
  }

  /** Returns whether the age, if there is one, has the three digits of a DICOM age. */
  static boolean holdsAge(ImageInfo info) {
    Integer age = info.ageYears();
    return age == null || (age >= 0 && age <= OLDEST);
  }

  private static String patientId(ImageInfo info) {
    String id = plain(info.patientId());
    return id.equals(info.patientId()) && id.length() <= LONGEST_ID
        ? id
        : DicomUid.of("patient", info.patientId());
  }

  private static String description(ImageInfo info, boolean synthetic) {
    String id = plain(info.id());
    String name = id.substring(0, Math.min(id.length(), 2 * LONGEST_ID));
    Long seed = info.seed();
    return (synthetic ? "Synthetic chest radiograph " : "Chest radiograph ")
        + name
        + (seed == null ? "" : ", seed " + Long.toUnsignedString(seed));
  }

  /** Returns the text without what DICOM gives a meaning. */
  private static String plain(String text) {
    return text.replaceAll("[\\p{Cntrl}\\\\]", "?");
  }
}
