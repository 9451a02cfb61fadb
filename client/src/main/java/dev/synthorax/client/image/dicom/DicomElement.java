package dev.synthorax.client.image.dicom;

import java.util.List;

/**
 * Where the value of an attribute lies in its file.
 *
 * @param code group and element
 * @param vr value representation, empty in files of implicit VR
 * @param parts the value; several parts are the fragments of encapsulated pixel data
 * @param items of a sequence that was looked into, else empty
 */
record DicomElement(int code, String vr, List<Part> parts, List<DicomDataSet> items) {
  /** The bytes {@code offset..offset + length - 1} of the file. */
  record Part(int offset, int length) {}

  DicomElement {
    parts = List.copyOf(parts);
    items = List.copyOf(items);
  }
}
