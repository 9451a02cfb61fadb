package dev.synthorax.server.pipeline;

import dev.synthorax.engine.DataType;

/** The grey pixels of one decoded image, on the heap. */
final class DecodedImage {
  private final byte[] pixels;
  private final DataType dataType;
  private final int notFinite;

  /**
   * Adopts the pixels.
   *
   * @param pixels row-major, native order
   * @param dataType of a pixel: {@code FP32} in 0..1, {@code UINT8} or {@code UINT16}
   * @param notFinite how many of the decoder's samples were not finite
   */
  DecodedImage(byte[] pixels, DataType dataType, int notFinite) {
    this.pixels = pixels;
    this.dataType = dataType;
    this.notFinite = notFinite;
  }

  byte[] pixels() {
    return pixels;
  }

  DataType dataType() {
    return dataType;
  }

  boolean isFinite() {
    return notFinite == 0;
  }
}
