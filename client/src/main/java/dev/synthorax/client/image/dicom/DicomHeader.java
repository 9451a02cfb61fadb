package dev.synthorax.client.image.dicom;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a file says of its image. Texts are empty where it says nothing.
 *
 * @param patientSex {@code M}, {@code F}, {@code O} or what the file holds
 * @param ageYears null: not recorded, or no age; months, weeks and days are rounded down to years
 * @param viewPosition {@code PA}, {@code AP} or what the file holds
 * @param modality for example {@code CR}
 * @param rows height in pixels
 * @param columns width in pixels
 * @param pixelSpacing millimetres between rows, then between columns, or none where the file has no
 *     two numbers. Not always that of the stored grid: the RSNA files carry the spacing of the
 *     larger original images
 * @param imagerPixelSpacing the same, at the detector
 * @param transferSyntaxUid how the pixels are coded
 * @param syntheticData whether Synthetic Data (0008,001C) is YES
 */
public record DicomHeader(
    String sopInstanceUid,
    String studyInstanceUid,
    String seriesInstanceUid,
    String patientId,
    String patientSex,
    @Nullable Integer ageYears,
    String viewPosition,
    String modality,
    int rows,
    int columns,
    List<Double> pixelSpacing,
    List<Double> imagerPixelSpacing,
    String transferSyntaxUid,
    boolean syntheticData) {
  private static final Pattern AGE = Pattern.compile("(\\d{1,3})([YMWD]?)");

  /** Copies the lists. */
  public DicomHeader {
    requireNonNull(sopInstanceUid, "sopInstanceUid");
    pixelSpacing = List.copyOf(pixelSpacing);
    imagerPixelSpacing = List.copyOf(imagerPixelSpacing);
  }

  static DicomHeader of(DicomParser.Parsed parsed) throws IOException {
    DicomDataSet dataSet = parsed.dataSet();
    return new DicomHeader(
        dataSet.text(DicomTag.SOP_INSTANCE_UID),
        dataSet.text(DicomTag.STUDY_INSTANCE_UID),
        dataSet.text(DicomTag.SERIES_INSTANCE_UID),
        dataSet.text(DicomTag.PATIENT_ID),
        dataSet.text(DicomTag.PATIENT_SEX),
        years(dataSet.text(DicomTag.PATIENT_AGE)),
        dataSet.text(DicomTag.VIEW_POSITION),
        dataSet.text(DicomTag.MODALITY),
        dataSet.unsigned16(DicomTag.ROWS),
        dataSet.unsigned16(DicomTag.COLUMNS),
        spacing(dataSet, DicomTag.PIXEL_SPACING),
        spacing(dataSet, DicomTag.IMAGER_PIXEL_SPACING),
        parsed.transferSyntax(),
        dataSet.text(DicomTag.SYNTHETIC_DATA).equals("YES"));
  }

  private static List<Double> spacing(DicomDataSet dataSet, DicomTag tag) {
    try {
      List<Double> values = dataSet.decimals(tag);
      return values.size() == 2 ? values : List.of();
    } catch (IOException e) { // no reason to refuse a picture
      return List.of();
    }
  }

  /** Returns the years of an age string; the RSNA files hold plain years, {@code 51} for 051Y. */
  private static @Nullable Integer years(String age) {
    Matcher matcher = AGE.matcher(age);
    if (!matcher.matches()) {
      return null;
    }
    int number = Integer.parseInt(matcher.group(1));
    return switch (matcher.group(2)) {
      case "M" -> number / 12;
      case "W" -> number * 7 / 365;
      case "D" -> number / 365;
      default -> number;
    };
  }
}
