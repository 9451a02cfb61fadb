package dev.synthorax.client.image.dicom;

import dev.synthorax.client.image.GrayImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a Secondary Capture Image file, in their order.
 *
 * @see <a
 *     href="https://dicom.nema.org/medical/dicom/current/output/chtml/part03/sect_A.8.html">PS3.3,
 *     A.8.1</a>
 */
final class SecondaryCaptureFile {
  private static final String SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7";
  private static final String MANUFACTURER = "Synthorax";
  private static final String IMPLEMENTATION = DicomUid.of("synthorax", "implementation");

  private SecondaryCaptureFile() {}

  /**
   * Returns the file.
   *
   * @param jpeg the image as baseline JPEG; null: its pixels are stored as they are
   */
  static byte[] encode(SecondaryCapture capture, byte @Nullable [] jpeg) {
    byte[] meta = meta(capture, jpeg != null);
    byte[] dataSet = dataSet(capture, jpeg);
    ElementOutput length = new ElementOutput().bytes(0x0002_0000, "UL", littleEndian(meta.length));
    byte[] start = length.toBytes();
    ByteBuffer file = ByteBuffer.allocate(132 + start.length + meta.length + dataSet.length);
    file.position(128);
    file.put(new byte[] {'D', 'I', 'C', 'M'}).put(start).put(meta).put(dataSet);
    return file.array();
  }

  private static byte[] littleEndian(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static byte[] meta(SecondaryCapture capture, boolean jpeg) {
    return new ElementOutput()
        .bytes(0x0002_0001, "OB", new byte[] {0, 1})
        .text(DicomTag.MEDIA_STORAGE_SOP_CLASS_UID, SECONDARY_CAPTURE)
        .text(DicomTag.MEDIA_STORAGE_SOP_INSTANCE_UID, capture.sopInstanceUid())
        .text(
            DicomTag.TRANSFER_SYNTAX_UID,
            jpeg ? TransferSyntax.JPEG_BASELINE : TransferSyntax.EXPLICIT_LITTLE)
        .text(DicomTag.IMPLEMENTATION_CLASS_UID, IMPLEMENTATION)
        .text(DicomTag.IMPLEMENTATION_VERSION_NAME, "SYNTHORAX")
        .toBytes();
  }

  private static byte[] dataSet(SecondaryCapture capture, byte @Nullable [] jpeg) {
    ElementOutput output = new ElementOutput();
    general(output, capture);
    patient(output, capture);
    acquisition(output, capture);
    pixels(output, capture, jpeg);
    return output.toBytes();
  }

  private static void general(ElementOutput output, SecondaryCapture capture) {
    output
        .text(DicomTag.SPECIFIC_CHARACTER_SET, "ISO_IR 192")
        .text(DicomTag.IMAGE_TYPE, "DERIVED\\SECONDARY")
        .text(DicomTag.SOP_CLASS_UID, SECONDARY_CAPTURE)
        .text(DicomTag.SOP_INSTANCE_UID, capture.sopInstanceUid());
    if (capture.synthetic()) {
      output.text(DicomTag.SYNTHETIC_DATA, "YES");
    }
    output
        .text(DicomTag.STUDY_DATE, "")
        .text(DicomTag.STUDY_TIME, "")
        .text(DicomTag.ACCESSION_NUMBER, "")
        .text(DicomTag.MODALITY, capture.modality())
        .text(DicomTag.CONVERSION_TYPE, "WSD")
        .text(DicomTag.MANUFACTURER, MANUFACTURER)
        .text(DicomTag.REFERRING_PHYSICIAN_NAME, "")
        .text(
            DicomTag.SERIES_DESCRIPTION,
            (capture.sourceSopInstanceUid() == null ? "" : "Mask of ")
                + (capture.synthetic() ? "synthetic chest radiograph" : "chest radiograph"))
        .text(DicomTag.MANUFACTURER_MODEL_NAME, capture.model())
        .text(DicomTag.DERIVATION_DESCRIPTION, capture.description());
    String source = capture.sourceSopInstanceUid();
    if (source != null) {
      output.item(
          DicomTag.SOURCE_IMAGE_SEQUENCE,
          item ->
              item.text(DicomTag.REFERENCED_SOP_CLASS_UID, SECONDARY_CAPTURE)
                  .text(DicomTag.REFERENCED_SOP_INSTANCE_UID, source)
                  .item(
                      DicomTag.PURPOSE_OF_REFERENCE_CODE_SEQUENCE,
                      code -> code(code, "121322", "Source image for image processing operation")));
    }
  }

  private static void patient(ElementOutput output, SecondaryCapture capture) {
    output
        .text(DicomTag.PATIENT_NAME, "")
        .text(DicomTag.PATIENT_ID, capture.patientId())
        .text(DicomTag.PATIENT_BIRTH_DATE, "")
        .text(DicomTag.PATIENT_SEX, capture.patientSex());
    Integer age = capture.ageYears();
    if (age != null) {
      output.text(DicomTag.PATIENT_AGE, String.format(Locale.ROOT, "%03dY", age));
    }
    if (capture.synthetic()) {
      output
          .text(DicomTag.PATIENT_IDENTITY_REMOVED, "YES")
          .text(DicomTag.DEIDENTIFICATION_METHOD, "Synthetic image, made without a patient");
    }
  }

  private static void acquisition(ElementOutput output, SecondaryCapture capture) {
    output
        .text(DicomTag.BODY_PART_EXAMINED, "CHEST")
        .text(DicomTag.SOFTWARE_VERSIONS, capture.softwareVersion());
    if (!capture.viewPosition().isEmpty()) {
      output.text(DicomTag.VIEW_POSITION, capture.viewPosition());
    }
    output
        .item(
            DicomTag.CONTRIBUTING_EQUIPMENT_SEQUENCE,
            item ->
                item.text(DicomTag.MANUFACTURER, MANUFACTURER)
                    .text(DicomTag.MANUFACTURER_MODEL_NAME, capture.model())
                    .text(DicomTag.SOFTWARE_VERSIONS, capture.softwareVersion())
                    .text(DicomTag.CONTRIBUTION_DESCRIPTION, capture.description())
                    .item(
                        DicomTag.PURPOSE_OF_REFERENCE_CODE_SEQUENCE,
                        code -> code(code, "109102", "Processing Equipment")))
        .text(DicomTag.STUDY_INSTANCE_UID, capture.studyInstanceUid())
        .text(DicomTag.SERIES_INSTANCE_UID, capture.seriesInstanceUid())
        .text(DicomTag.STUDY_ID, "")
        .text(DicomTag.SERIES_NUMBER, capture.sourceSopInstanceUid() == null ? "1" : "2")
        .text(DicomTag.INSTANCE_NUMBER, "1")
        .text(DicomTag.PATIENT_ORIENTATION, orientation(capture.viewPosition()));
  }

  /** Frontal radiographs are shown as if the patient faced the reader: rows run to their left. */
  private static String orientation(String viewPosition) {
    return switch (viewPosition) {
      case "PA", "AP" -> "L\\F";
      default -> "";
    };
  }

  private static void pixels(
      ElementOutput output, SecondaryCapture capture, byte @Nullable [] jpeg) {
    GrayImage image = capture.image();
    output
        .number(DicomTag.SAMPLES_PER_PIXEL, 1)
        .text(DicomTag.PHOTOMETRIC_INTERPRETATION, "MONOCHROME2")
        .number(DicomTag.ROWS, image.height())
        .number(DicomTag.COLUMNS, image.width())
        .number(DicomTag.BITS_ALLOCATED, 8)
        .number(DicomTag.BITS_STORED, 8)
        .number(DicomTag.HIGH_BIT, 7)
        .number(DicomTag.PIXEL_REPRESENTATION, 0)
        .text(DicomTag.BURNED_IN_ANNOTATION, capture.identifyingText() ? "YES" : "NO")
        .text(DicomTag.LOSSY_IMAGE_COMPRESSION, jpeg == null ? "00" : "01");
    if (jpeg == null) {
      output.bytes(DicomTag.PIXEL_DATA.code(), "OW", image.toBytes());
      return;
    }
    double ratio = (double) image.width() * image.height() / jpeg.length;
    output
        .text(DicomTag.LOSSY_IMAGE_COMPRESSION_RATIO, String.format(Locale.ROOT, "%.3f", ratio))
        .text(DicomTag.LOSSY_IMAGE_COMPRESSION_METHOD, "ISO_10918_1")
        .encapsulated(jpeg);
  }

  private static void code(ElementOutput item, String value, String meaning) {
    item.text(DicomTag.CODE_VALUE, value)
        .text(DicomTag.CODING_SCHEME_DESIGNATOR, "DCM")
        .text(DicomTag.CODE_MEANING, meaning);
  }
}
