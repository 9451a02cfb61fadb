package dev.synthorax.client.image.dicom;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Writes attributes of explicit VR, little endian; the caller keeps their order. */
final class ElementOutput {
  private static final String LONG_LENGTHS = "OB OW SQ UN";

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  byte[] toBytes() {
    return bytes.toByteArray();
  }

  /** Writes a text; empty: the attribute without a value. */
  ElementOutput text(DicomTag tag, String text) {
    byte[] value = text.getBytes(StandardCharsets.UTF_8);
    header(tag.code(), tag.vr(), value.length + value.length % 2);
    bytes.writeBytes(value);
    if (value.length % 2 != 0) {
      bytes.write(tag.vr().equals("UI") ? 0 : ' ');
    }
    return this;
  }

  /** Writes a number of 16 bits. */
  ElementOutput number(DicomTag tag, int value) {
    header(tag.code(), tag.vr(), 2);
    int16(value);
    return this;
  }

  /** Writes a sequence of one item. */
  ElementOutput item(DicomTag tag, Consumer<ElementOutput> attributes) {
    ElementOutput item = new ElementOutput();
    attributes.accept(item);
    byte[] value = item.toBytes();
    header(tag.code(), tag.vr(), value.length + 8);
    itemHeader(0xE000, value.length);
    bytes.writeBytes(value);
    return this;
  }

  /** Writes bytes, padded to an even number. */
  ElementOutput bytes(int code, String vr, byte[] value) {
    header(code, vr, value.length + value.length % 2);
    padded(value);
    return this;
  }

  /** Writes pixel data of one fragment, with an empty offset table. */
  ElementOutput encapsulated(byte[] fragment) {
    header(DicomTag.PIXEL_DATA.code(), "OB", -1);
    itemHeader(0xE000, 0);
    itemHeader(0xE000, fragment.length + fragment.length % 2);
    padded(fragment);
    itemHeader(0xE0DD, 0);
    return this;
  }

  private void padded(byte[] value) {
    bytes.writeBytes(value);
    if (value.length % 2 != 0) {
      bytes.write(0);
    }
  }

  private void header(int code, String vr, int length) {
    int16(code >>> 16);
    int16(code);
    bytes.writeBytes(vr.getBytes(StandardCharsets.US_ASCII));
    if (LONG_LENGTHS.contains(vr)) {
      int16(0);
      int32(length);
    } else {
      int16(length);
    }
  }

  private void itemHeader(int element, int length) {
    int16(0xFFFE);
    int16(element);
    int32(length);
  }

  private void int32(int value) {
    int16(value);
    int16(value >>> 16);
  }

  private void int16(int value) {
    bytes.write(value);
    bytes.write(value >>> 8);
  }
}
