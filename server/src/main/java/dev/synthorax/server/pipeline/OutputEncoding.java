package dev.synthorax.server.pipeline;

import dev.synthorax.engine.DataType;
import dev.synthorax.server.png.PngEncoder;
import dev.synthorax.server.png.PngText;
import java.nio.ByteOrder;

/** Encodings of a finished image. */
public enum OutputEncoding {
  /** PNG, 8-bit grey. */
  PNG_GRAY8,
  /** PNG, 16-bit grey. */
  PNG_GRAY16,
  /** Row-major 8-bit samples. */
  RAW_GRAY8,
  /** Row-major little-endian float32 samples in 0..1. */
  RAW_FLOAT32;

  /** What its pixels are: {@code UINT8}, {@code UINT16}, or {@code FP32} in 0..1. */
  DataType pixels() {
    return switch (this) {
      case PNG_GRAY8, RAW_GRAY8 -> DataType.UINT8;
      case PNG_GRAY16 -> DataType.UINT16;
      case RAW_FLOAT32 -> DataType.FP32;
    };
  }

  /**
   * Encodes.
   *
   * @param pixels row-major, {@code UINT8}, {@code UINT16} or {@code FP32} in 0..1 as the encoding
   *     has it, native order; {@code width * height} of them, adopted
   */
  public byte[] encode(byte[] pixels, int width, int height) {
    return encode(pixels, width, height, PngText.NONE);
  }

  /**
   * Encodes; a PNG says {@code text} of itself.
   *
   * @param pixels row-major, of type {@link #pixels()}, native order; {@code width * height} of
   *     them, adopted
   */
  byte[] encode(byte[] pixels, int width, int height, PngText text) {
    return switch (this) {
      case PNG_GRAY8 -> PngEncoder.encode(pixels, width, height, 8, text);
      case PNG_GRAY16 ->
          PngEncoder.encode(ordered(pixels, ByteOrder.BIG_ENDIAN), width, height, 16, text);
      case RAW_GRAY8 -> pixels;
      case RAW_FLOAT32 -> ordered(pixels, ByteOrder.LITTLE_ENDIAN);
    };
  }

  /** The same numbers in another order of their bytes. */
  private byte[] ordered(byte[] pixels, ByteOrder order) {
    if (order == ByteOrder.nativeOrder()) {
      return pixels;
    }
    int each = pixels().bytes();
    byte[] reversed = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      int first = i - i % each;
      reversed[i] = pixels[2 * first + each - 1 - i];
    }
    return reversed;
  }

  /**
   * Most bytes that an encoded image takes.
   *
   * @param textBytes most bytes of what a PNG says of itself
   */
  public long maxBytes(int width, int height, long textBytes) {
    long pixels = (long) width * height;
    return switch (this) {
      case PNG_GRAY8 -> PngEncoder.maxBytes(width, height, 8) + textBytes;
      case PNG_GRAY16 -> PngEncoder.maxBytes(width, height, 16) + textBytes;
      case RAW_GRAY8 -> pixels;
      case RAW_FLOAT32 -> pixels * Float.BYTES;
    };
  }
}
