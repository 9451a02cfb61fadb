package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads images that have a file each, and masks from tables.
 *
 * @param files finds the file of a path in the table
 * @param dicom whether they are DICOM files, else pictures
 * @param options of the dataset
 */
record FileLoader(Function<String, Path> files, boolean dicom, ReadOptions options)
    implements TableDataset.Loader<DicomFiles.Entry> {
  /** Reads pictures. */
  static FileLoader ofPictures(Function<String, Path> files, ReadOptions options) {
    return new FileLoader(files, false, options);
  }

  /** Reads DICOM files. */
  static FileLoader ofDicom(Path folder, ReadOptions options) {
    return new FileLoader(folder::resolve, true, options);
  }

  @Override
  public Sample load(ImageInfo info, DicomFiles.Entry entry) throws IOException {
    Path file = files.apply(entry.place().file());
    if (dicom) {
      return DicomFiles.load(file, info, entry, options);
    }
    PixelFiles.Picture picture = PixelFiles.image(file, at(entry), options);
    CheXmask thorax = entry.thorax();
    Map<Structure, BinaryMask> masks = thorax == null ? Map.of() : thorax.masks(picture.pixels());
    return picture.sample(info, masks);
  }

  @Override
  public List<Path> files(DicomFiles.Entry entry) {
    return List.of(files.apply(entry.place().file()));
  }

  @Override
  public Set<Structure> structures(DicomFiles.Entry entry) {
    Set<Structure> structures = EnumSet.noneOf(Structure.class);
    entry.outlines().forEach(outline -> structures.add(outline.structure()));
    CheXmask thorax = entry.thorax();
    if (thorax != null) {
      structures.addAll(thorax.structures());
    }
    return structures;
  }

  @Override
  public String at(DicomFiles.Entry entry) {
    return entry.place().at();
  }
}
