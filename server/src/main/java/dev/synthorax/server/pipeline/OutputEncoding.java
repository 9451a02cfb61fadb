package dev.synthorax.server.pipeline;

import java.nio.ByteBuffer;
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

  private static final int MAX_8 = 255;
  private static final int MAX_16 = 65_535;

  /**
   * Encodes.
   *
   * @param samples row-major grey in 0..1, {@code width * height} of them
   */
  public byte[] encode(float[] samples, int width, int height) {
    return encode(samples, width, height, PngText.NONE);
  }

  /** Encodes; a PNG says {@code text} of itself. */
  byte[] encode(float[] samples, int width, int height, PngText text) {
    return switch (this) {
      case PNG_GRAY8 -> PngEncoder.encode(gray8(samples), width, height, 8, text);
      case PNG_GRAY16 -> PngEncoder.encode(gray16(samples), width, height, 16, text);
      case RAW_GRAY8 -> gray8(samples);
      case RAW_FLOAT32 -> float32(samples);
    };
  }

  /**
   * Most bytes that an encoded image takes.
   *
   * @param textBytes most bytes of what a PNG says of itself
   */
  long maxBytes(int width, int height, long textBytes) {
    long pixels = (long) width * height;
    return switch (this) {
      case PNG_GRAY8 -> PngEncoder.maxBytes(width, height, 8) + textBytes;
      case PNG_GRAY16 -> PngEncoder.maxBytes(width, height, 16) + textBytes;
      case RAW_GRAY8 -> pixels;
      case RAW_FLOAT32 -> pixels * Float.BYTES;
    };
  }

  private static byte[] gray8(float[] samples) {
    byte[] bytes = new byte[samples.length];
    for (int i = 0; i < samples.length; i++) {
      bytes[i] = (byte) Math.round(samples[i] * MAX_8);
    }
    return bytes;
  }

  private static byte[] gray16(float[] samples) {
    var bytes = ByteBuffer.allocate(samples.length * Short.BYTES);
    for (float sample : samples) {
      bytes.putShort((short) Math.round(sample * MAX_16));
    }
    return bytes.array();
  }

  private static byte[] float32(float[] samples) {
    var bytes = ByteBuffer.allocate(samples.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(samples);
    return bytes.array();
  }
}
