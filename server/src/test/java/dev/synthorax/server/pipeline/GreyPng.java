package dev.synthorax.server.pipeline;

import dev.synthorax.server.png.PngEncoder;
import dev.synthorax.server.png.PngText;

/** PNGs that tests send as masks. */
public final class GreyPng {
  private GreyPng() {}

  /** An 8-bit PNG of row-major samples in 0..1. */
  public static byte[] of(float[] samples, int width, int height) {
    byte[] pixels = new byte[samples.length];
    for (int i = 0; i < samples.length; i++) {
      pixels[i] = (byte) Math.round(samples[i] * 255);
    }
    return PngEncoder.encode(pixels, width, height, 8, PngText.NONE);
  }
}
