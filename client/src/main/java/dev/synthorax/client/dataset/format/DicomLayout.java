package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.OrderedParallel;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Sex;
import dev.synthorax.client.dataset.View;
import dev.synthorax.client.image.dicom.DicomHeader;
import dev.synthorax.client.image.dicom.DicomImage;
import dev.synthorax.client.image.file.FileTree;
import dev.synthorax.client.image.file.ImageFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A plain folder of DICOM files, of any names, in any folders below it: what an archive exports.
 *
 * <p>Patient, study, sex, age and view are those of the files; the id is the image's identifier
 * (SOP Instance UID), else the file's path. Images without a patient are their study's, those
 * without a study their own. Attributes hold the modality and the pixel spacing in millimetres, as
 * the files have them. Files that are no DICOM, and DICOM without an image, are passed over and
 * counted.
 *
 * <p>Holds images, patients, studies, sex, age and view. Drops labels, masks, boxes, texts, splits,
 * seeds and attributes.
 */
final class DicomLayout implements Layout {
  private static final int LEVELS = 16;
  private static final int LOOKED_AT = 200;
  private static final int START_BYTES = 256; // a preamble and more

  @Override
  public String looksFor() {
    return "DICOM files and no table of another format";
  }

  @Override
  public boolean matches(Path folder) {
    boolean[] found = new boolean[1];
    int[] looks = new int[1];
    try {
      FileTree.walk(
          folder,
          LEVELS,
          (path, facts) -> {
            found[0] = facts.isRegularFile() && isDicom(path);
            return !found[0] && ++looks[0] < LOOKED_AT;
          });
    } catch (IOException _) { // what may not be looked into
      return false;
    }
    return found[0];
  }

  @Override
  public Set<FormatOption> options() {
    return EnumSet.of(FormatOption.JPEG_QUALITY);
  }

  private static boolean isDicom(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return DicomImage.isDicom(in.readNBytes(START_BYTES));
    }
  }

  /**
   * What a file turned out to be.
   *
   * @param header null: it holds no image, or is damaged
   * @param problem why it cannot be read; empty: it can
   */
  private record Found(Path file, boolean dicom, @Nullable DicomHeader header, String problem) {
    static Found look(Path file) throws IOException {
      String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
      if (!Files.exists(file)) {
        return new Found(file, name.endsWith(".dcm"), null, "a link to no file");
      }
      boolean dicom = isDicom(file) || name.endsWith(".dcm");
      try {
        return new Found(file, dicom, dicom ? DicomImage.readHeader(file) : null, "");
      } catch (IOException e) { // reading the image says so again
        return new Found(file, dicom, null, String.valueOf(e.getMessage()));
      }
    }
  }

  private record Loader(ReadOptions options) implements TableDataset.Loader<Path> {
    @Override
    public Sample load(ImageInfo info, Path file) throws IOException {
      return DicomFiles.load(file, info, options);
    }

    @Override
    public List<Path> files(Path file) {
      return List.of(file);
    }

    @Override
    public String at(Path file) {
      return file.toString();
    }
  }

  @Override
  public Dataset open(Path folder, ReadOptions options) throws IOException {
    ImageFolder files = ImageFolder.walk(folder, LEVELS);
    Warnings warnings = new Warnings();
    for (String line : files.warnings()) {
      warnings.add("files passed over", line);
    }
    TableDataset.Builder<Path> dataset =
        new TableDataset.Builder<>("dicom", new Loader(options), warnings);
    Map<String, Path> ids = new HashMap<>();
    List<Callable<Found>> looks =
        files.images().stream().<Callable<Found>>map(file -> () -> Found.look(file)).toList();
    try {
      OrderedParallel.forEach(
          looks.iterator(),
          Runtime.getRuntime().availableProcessors(),
          found -> add(folder, found, ids, dataset, warnings));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException)
          new InterruptedIOException("interrupted while reading headers").initCause(e);
    }
    return dataset.build(folder.toString());
  }

  private static void add(
      Path folder,
      Found found,
      Map<String, Path> ids,
      TableDataset.Builder<Path> dataset,
      Warnings warnings)
      throws IOException {
    Path file = found.file();
    DicomHeader header = found.header();
    if (!found.dicom()) {
      warnings.add("other pictures", file + ": no DICOM, passed over");
      return;
    }
    String path = folder.relativize(file).toString().replace('\\', '/');
    if (header == null) {
      if (found.problem().isEmpty()) {
        warnings.add(
            "DICOM files without an image", file + ": DICOM without an image, passed over");
      } else {
        warnings.add("damaged files", file + ": " + found.problem());
        dataset.add(ImageInfo.builder(path).build(), file, file.toString());
      }
      return;
    }
    String id = header.sopInstanceUid().isEmpty() ? path : header.sopInstanceUid();
    Path before = ids.putIfAbsent(id, file);
    if (before != null) {
      warnings.add("copies", file + ": the image of " + before + " again, passed over");
      return;
    }
    dataset.add(info(id, header), file, file.toString());
  }

  private static ImageInfo info(String id, DicomHeader header) {
    String study = header.studyInstanceUid().isEmpty() ? id : header.studyInstanceUid();
    ImageInfo.Builder info =
        ImageInfo.builder(id)
            .studyId(study)
            .patientId(header.patientId().isBlank() ? study : header.patientId())
            .sex(Sex.ofName(header.patientSex()))
            .ageYears(header.ageYears());
    if (!header.viewPosition().isEmpty()) {
      info.view(View.ofName(header.viewPosition()));
    }
    if (!header.modality().isEmpty()) {
      info.attribute("modality", header.modality());
    }
    spacing(info, "pixel_spacing", header.pixelSpacing());
    spacing(info, "imager_pixel_spacing", header.imagerPixelSpacing());
    return info.build();
  }

  private static void spacing(ImageInfo.Builder info, String name, List<Double> millimetres) {
    if (!millimetres.isEmpty()) {
      info.attribute(name, millimetres.stream().map(String::valueOf).toList());
    }
  }

  @Override
  public DatasetWriter create(Path folder, WriteOptions options, FormatLosses losses)
      throws IOException {
    PixelEncoding encoding =
        options.encoding(
            "dicom", PixelEncoding.LOSSLESS, PixelEncoding.LOSSLESS, PixelEncoding.JPEG);
    return new DicomWriter(folder, encoding, options, losses);
  }
}
