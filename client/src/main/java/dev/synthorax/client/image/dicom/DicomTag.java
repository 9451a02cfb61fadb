package dev.synthorax.client.image.dicom;

import java.util.Locale;

/**
 * The attributes that are read or written.
 *
 * @see <a
 *     href="https://dicom.nema.org/medical/dicom/current/output/chtml/part06/chapter_6.html">PS3.6,
 *     section 6</a>
 */
enum DicomTag {
  MEDIA_STORAGE_SOP_CLASS_UID(0x0002_0002, "UI"),
  MEDIA_STORAGE_SOP_INSTANCE_UID(0x0002_0003, "UI"),
  TRANSFER_SYNTAX_UID(0x0002_0010, "UI"),
  IMPLEMENTATION_CLASS_UID(0x0002_0012, "UI"),
  IMPLEMENTATION_VERSION_NAME(0x0002_0013, "SH"),
  SPECIFIC_CHARACTER_SET(0x0008_0005, "CS"),
  IMAGE_TYPE(0x0008_0008, "CS"),
  SOP_CLASS_UID(0x0008_0016, "UI"),
  SOP_INSTANCE_UID(0x0008_0018, "UI"),
  SYNTHETIC_DATA(0x0008_001C, "CS"),
  STUDY_DATE(0x0008_0020, "DA"),
  STUDY_TIME(0x0008_0030, "TM"),
  ACCESSION_NUMBER(0x0008_0050, "SH"),
  MODALITY(0x0008_0060, "CS"),
  CONVERSION_TYPE(0x0008_0064, "CS"),
  MANUFACTURER(0x0008_0070, "LO"),
  REFERRING_PHYSICIAN_NAME(0x0008_0090, "PN"),
  CODE_VALUE(0x0008_0100, "SH"),
  CODING_SCHEME_DESIGNATOR(0x0008_0102, "SH"),
  CODE_MEANING(0x0008_0104, "LO"),
  SERIES_DESCRIPTION(0x0008_103E, "LO"),
  MANUFACTURER_MODEL_NAME(0x0008_1090, "LO"),
  REFERENCED_SOP_CLASS_UID(0x0008_1150, "UI"),
  REFERENCED_SOP_INSTANCE_UID(0x0008_1155, "UI"),
  DERIVATION_DESCRIPTION(0x0008_2111, "ST"),
  SOURCE_IMAGE_SEQUENCE(0x0008_2112, "SQ"),
  PATIENT_NAME(0x0010_0010, "PN"),
  PATIENT_ID(0x0010_0020, "LO"),
  PATIENT_BIRTH_DATE(0x0010_0030, "DA"),
  PATIENT_SEX(0x0010_0040, "CS"),
  PATIENT_AGE(0x0010_1010, "AS"),
  PATIENT_IDENTITY_REMOVED(0x0012_0062, "CS"),
  DEIDENTIFICATION_METHOD(0x0012_0063, "LO"),
  BODY_PART_EXAMINED(0x0018_0015, "CS"),
  SOFTWARE_VERSIONS(0x0018_1020, "LO"),
  IMAGER_PIXEL_SPACING(0x0018_1164, "DS"),
  VIEW_POSITION(0x0018_5101, "CS"),
  CONTRIBUTING_EQUIPMENT_SEQUENCE(0x0018_A001, "SQ"),
  CONTRIBUTION_DESCRIPTION(0x0018_A003, "ST"),
  STUDY_INSTANCE_UID(0x0020_000D, "UI"),
  SERIES_INSTANCE_UID(0x0020_000E, "UI"),
  STUDY_ID(0x0020_0010, "SH"),
  SERIES_NUMBER(0x0020_0011, "IS"),
  INSTANCE_NUMBER(0x0020_0013, "IS"),
  PATIENT_ORIENTATION(0x0020_0020, "CS"),
  SAMPLES_PER_PIXEL(0x0028_0002, "US"),
  PHOTOMETRIC_INTERPRETATION(0x0028_0004, "CS"),
  PLANAR_CONFIGURATION(0x0028_0006, "US"),
  NUMBER_OF_FRAMES(0x0028_0008, "IS"),
  ROWS(0x0028_0010, "US"),
  COLUMNS(0x0028_0011, "US"),
  PIXEL_SPACING(0x0028_0030, "DS"),
  BITS_ALLOCATED(0x0028_0100, "US"),
  BITS_STORED(0x0028_0101, "US"),
  HIGH_BIT(0x0028_0102, "US"),
  PIXEL_REPRESENTATION(0x0028_0103, "US"),
  PIXEL_PADDING_VALUE(0x0028_0120, "US"),
  BURNED_IN_ANNOTATION(0x0028_0301, "CS"),
  WINDOW_CENTER(0x0028_1050, "DS"),
  WINDOW_WIDTH(0x0028_1051, "DS"),
  RESCALE_INTERCEPT(0x0028_1052, "DS"),
  RESCALE_SLOPE(0x0028_1053, "DS"),
  VOI_LUT_FUNCTION(0x0028_1056, "CS"),
  LOSSY_IMAGE_COMPRESSION(0x0028_2110, "CS"),
  LOSSY_IMAGE_COMPRESSION_RATIO(0x0028_2112, "DS"),
  LOSSY_IMAGE_COMPRESSION_METHOD(0x0028_2114, "CS"),
  MODALITY_LUT_SEQUENCE(0x0028_3000, "SQ"),
  LUT_DESCRIPTOR(0x0028_3002, "US"),
  LUT_DATA(0x0028_3006, "OW"),
  VOI_LUT_SEQUENCE(0x0028_3010, "SQ"),
  PURPOSE_OF_REFERENCE_CODE_SEQUENCE(0x0040_A170, "SQ"),
  PIXEL_DATA(0x7FE0_0010, "OW");

  private final int code;
  private final String vr;

  DicomTag(int code, String vr) {
    this.code = code;
    this.vr = vr;
  }

  /** Returns group and element as one number. */
  int code() {
    return code;
  }

  /** Returns the value representation that files without one imply. */
  String vr() {
    return vr;
  }

  /** Returns whether {@code code} is a sequence of this list. */
  static boolean isSequence(int code) {
    for (DicomTag tag : values()) {
      if (tag.code == code) {
        return tag.vr.equals("SQ");
      }
    }
    return false;
  }

  /** Returns {@code (0028,0010)} and the like. */
  static String describe(int code) {
    return String.format(Locale.ROOT, "(%04X,%04X)", code >>> 16, code & 0xFFFF);
  }

  @Override
  public String toString() {
    return describe(code) + " " + name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
