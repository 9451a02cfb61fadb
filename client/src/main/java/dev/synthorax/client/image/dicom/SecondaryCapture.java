package dev.synthorax.client.image.dicom;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Jpeg;
import org.jspecify.annotations.Nullable;

/**
 * A radiograph, or a mask of one, as DICOM's Secondary Capture Image.
 *
 * <p>Every file says that it is derived and secondary, and what wrote it; one of a synthetic image
 * also that it is synthetic (0008,001C) and identifies no patient. It has no date, no time and no
 * name. Equal values give equal bytes.
 *
 * @param image the pixels; a mask is 0 and 255
 * @param sopInstanceUid of this file
 * @param studyInstanceUid shared by the images of one visit
 * @param seriesInstanceUid shared by images of one kind in it
 * @param synthetic whether no patient ever gave the image; then the file says so
 * @param patientId of nobody, or as the source names its patient; letters, digits and punctuation,
 *     at most 64
 * @param patientSex {@code M}, {@code F} or {@code O}; empty: not known
 * @param ageYears 0..999; null: not known
 * @param viewPosition {@code PA}, {@code AP}, {@code LL}, {@code RL}; empty: not known
 * @param modality {@code CR} for a radiograph, {@code OT} for a mask
 * @param description what the image shows and how it was made, at most 1024 characters
 * @param model what made it, for example {@code thorax phantom}
 * @param softwareVersion of what made it
 * @param identifyingText whether the pixels hold text that tells patient and date (0028,0301); a
 *     side marker does not
 * @param sourceSopInstanceUid the image that a mask outlines; null: this is no mask
 */
public record SecondaryCapture(
    GrayImage image,
    String sopInstanceUid,
    String studyInstanceUid,
    String seriesInstanceUid,
    boolean synthetic,
    String patientId,
    String patientSex,
    @Nullable Integer ageYears,
    String viewPosition,
    String modality,
    String description,
    String model,
    String softwareVersion,
    boolean identifyingText,
    @Nullable String sourceSopInstanceUid) {

  /** Checks what DICOM limits. */
  public SecondaryCapture {
    requireNonNull(image, "image");
    for (String uid : new String[] {sopInstanceUid, studyInstanceUid, seriesInstanceUid}) {
      requireUid(uid);
    }
    if (sourceSopInstanceUid != null) {
      requireUid(sourceSopInstanceUid);
    }
    requireText("patientId", patientId, 64);
    requireText("description", description, 1024);
    requireText("model", model, 64);
    requireText("softwareVersion", softwareVersion, 64);
    if (patientId.isEmpty() || model.isEmpty() || softwareVersion.isEmpty()) {
      throw new IllegalArgumentException(
          "patientId '"
              + patientId
              + "', model '"
              + model
              + "', softwareVersion '"
              + softwareVersion
              + "' (expected: each not empty)");
    }
    requireCode("patientSex", patientSex);
    requireCode("viewPosition", viewPosition);
    requireCode("modality", modality);
    if (modality.isEmpty()) {
      throw new IllegalArgumentException("modality: '' (expected: a code, for example CR)");
    }
    if (ageYears != null && (ageYears < 0 || ageYears > 999)) {
      throw new IllegalArgumentException("ageYears: " + ageYears + " (expected: 0..999)");
    }
    if (image.width() > 65535 || image.height() > 65535) {
      throw new IllegalArgumentException("image: " + image + " (expected: at most 65535 a side)");
    }
  }

  /** Starts a synthetic radiograph in a study and series of its own. */
  public static Builder builder(GrayImage image, String sopInstanceUid) {
    return new Builder(image, sopInstanceUid);
  }

  /** Returns this as an uncompressed DICOM file, explicit VR little endian. */
  public byte[] toFile() {
    return SecondaryCaptureFile.encode(this, null);
  }

  /**
   * Returns this as a DICOM file of JPEG baseline, as those of SIIM and RSNA are; lossy.
   *
   * @param quality 1..100, as for {@link Jpeg#encode}
   */
  public byte[] toJpegFile(int quality) {
    return SecondaryCaptureFile.encode(this, Jpeg.encode(image, quality));
  }

  private static void requireUid(String uid) {
    if (!DicomUid.isUid(uid)) {
      throw new IllegalArgumentException(
          "uid: '" + uid + "' (expected: numbers and dots, at most 64 characters)");
    }
  }

  private static void requireText(String name, String text, int longest) {
    if (text.length() > longest || text.indexOf('\\') >= 0 || text.matches("(?s).*\\p{Cntrl}.*")) {
      throw new IllegalArgumentException(
          name
              + ": '"
              + text
              + "' (expected: at most "
              + longest
              + " characters, no backslash, no line break)");
    }
  }

  private static void requireCode(String name, String code) {
    if (!code.matches("[A-Z0-9_ ]{0,16}")) {
      throw new IllegalArgumentException(
          name + ": '" + code + "' (expected: at most 16 capitals, digits, spaces, underscores)");
    }
  }

  /** Collects a {@link SecondaryCapture}; one thread. */
  public static final class Builder {
    private final GrayImage image;
    private final String sopInstanceUid;
    private String studyInstanceUid;
    private String seriesInstanceUid;
    private boolean synthetic = true;
    private String patientId = "SYNTHETIC";
    private String patientSex = "";
    private @Nullable Integer ageYears;
    private String viewPosition = "";
    private String modality = "CR";
    private String description = "Chest radiograph";
    private String model = "synthorax";
    private String softwareVersion = "unknown";
    private boolean identifyingText;
    private @Nullable String sourceSopInstanceUid;

    private Builder(GrayImage image, String sopInstanceUid) {
      this.image = image;
      this.sopInstanceUid = sopInstanceUid;
      this.studyInstanceUid = DicomUid.of("study", sopInstanceUid);
      this.seriesInstanceUid = DicomUid.of("series", sopInstanceUid);
    }

    /** Sets study and series. */
    public Builder study(String studyUid, String seriesUid) {
      studyInstanceUid = studyUid;
      seriesInstanceUid = seriesUid;
      return this;
    }

    /** Says whether no patient ever gave the image; it is synthetic unless told otherwise. */
    public Builder synthetic(boolean value) {
      synthetic = value;
      return this;
    }

    /** Sets the patient; sex may be empty, age null. */
    public Builder patient(String id, String sex, @Nullable Integer years) {
      patientId = id;
      patientSex = sex;
      ageYears = years;
      return this;
    }

    /** Sets the view. */
    public Builder viewPosition(String value) {
      viewPosition = value;
      return this;
    }

    /** Sets what the image shows and how it was made. */
    public Builder description(String value) {
      description = value;
      return this;
    }

    /** Sets what made the image. */
    public Builder madeBy(String modelName, String version) {
      model = modelName;
      softwareVersion = version;
      return this;
    }

    /** Says whether the pixels hold text that tells patient and date. */
    public Builder identifyingText(boolean value) {
      identifyingText = value;
      return this;
    }

    /** Makes this a mask of another image. */
    public Builder maskOf(String sourceUid) {
      sourceSopInstanceUid = sourceUid;
      modality = "OT";
      return this;
    }

    /** Returns the capture. */
    public SecondaryCapture build() {
      return new SecondaryCapture(
          image,
          sopInstanceUid,
          studyInstanceUid,
          seriesInstanceUid,
          synthetic,
          patientId,
          patientSex,
          ageYears,
          viewPosition,
          modality,
          description,
          model,
          softwareVersion,
          identifyingText,
          sourceSopInstanceUid);
    }
  }
}
