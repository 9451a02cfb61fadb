package dev.synthorax.client.image.codec;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Decodes one tile into its place in the image. */
final class J2kTile {
  private final J2kSize size;
  private final J2kArea area;
  private final J2kParameters parameters;

  J2kTile(J2kSize size, int index, J2kParameters parameters) {
    this.size = size;
    this.area = size.tile(index);
    this.parameters = parameters;
  }

  /**
   * Decodes.
   *
   * @param packets the tile's bytes, without headers
   * @param values of the whole image, components of a pixel beside each other
   */
  void decode(CodedBytes packets, char[] values) throws IOException {
    List<List<J2kResolution>> components = new ArrayList<>();
    for (int c = 0; c < size.components(); c++) {
      J2kCoding coding = parameters.coding(c);
      List<J2kResolution> resolutions = new ArrayList<>();
      for (int r = 0; r <= coding.levels(); r++) {
        resolutions.add(new J2kResolution(area, coding, r));
      }
      components.add(resolutions);
    }
    new J2kPackets(packets, parameters, components).read();
    float[][] samples = new float[size.components()][];
    for (int c = 0; c < samples.length; c++) {
      samples[c] = component(c, components.get(c));
    }
    if (parameters.isMultiple()) {
      transform(samples, parameters.coding(0).reversible());
    }
    store(samples, values);
  }

  private float[] component(int c, List<J2kResolution> resolutions) {
    J2kCoding coding = parameters.coding(c);
    float[] samples = new float[area.width() * area.height()];
    J2kBlockDecoder decoder = new J2kBlockDecoder();
    J2kWavelet wavelet = new J2kWavelet(coding.reversible());
    J2kArea lower = new J2kArea(0, 0, 0, 0);
    for (J2kResolution resolution : resolutions) {
      for (J2kResolution.Precinct precinct : resolution.brought()) {
        for (J2kResolution.Grid grid : precinct.grids()) {
          grid(decoder, grid, c, samples, lower);
        }
      }
      if (resolution != resolutions.getFirst() && !resolution.area().isEmpty()) {
        wavelet.raise(samples, area.width(), resolution.area());
      }
      lower = resolution.area();
    }
    return samples;
  }

  private void grid(
      J2kBlockDecoder decoder, J2kResolution.Grid grid, int c, float[] samples, J2kArea lower) {
    J2kResolution.Band band = grid.band();
    J2kCoding coding = parameters.coding(c);
    J2kQuantization quantization = parameters.quantization(c);
    int orientation = band.orientation();
    int gain = Integer.bitCount(orientation);
    double step =
        coding.reversible() ? 1 : quantization.step(band.index(), size.precision() + gain);
    int left = ((orientation & 1) != 0 ? lower.width() : 0) - band.area().x0();
    int top = ((orientation & 2) != 0 ? lower.height() : 0) - band.area().y0();
    for (int y = 0; y < grid.down(); y++) {
      for (int x = 0; x < grid.across(); x++) {
        J2kBlock block = grid.blockOrNull(x, y);
        if (block == null || !block.isIncluded()) {
          continue;
        }
        J2kArea place = block.area();
        int planes = quantization.bitPlanes(band.index());
        int[] doubled = decoder.decode(block, orientation, planes, coding);
        for (int i = 0; i < place.height(); i++) {
          int to = (place.y0() + i + top) * area.width() + place.x0() + left;
          for (int j = 0; j < place.width(); j++) {
            int value = doubled[i * place.width() + j];
            int whole = value / 2;
            samples[to + j] = coding.reversible() ? whole : (float) (value * 0.5 * step);
          }
        }
      }
    }
  }

  /** Annex G.2 and G.3: red, green and blue again. */
  private static void transform(float[][] samples, boolean reversible) {
    for (int i = 0; i < samples[0].length; i++) {
      float luma = samples[0][i];
      float blue = samples[1][i];
      float red = samples[2][i];
      if (reversible) {
        float green = luma - (float) Math.floor((blue + red) / 4);
        samples[0][i] = red + green;
        samples[1][i] = green;
        samples[2][i] = blue + green;
      } else {
        samples[0][i] = luma + 1.402f * red;
        samples[1][i] = luma - 0.344136f * blue - 0.714136f * red;
        samples[2][i] = luma + 1.772f * blue;
      }
    }
  }

  private void store(float[][] samples, char[] values) {
    int half = 1 << (size.precision() - 1);
    int lowest = size.signed() ? -half : 0;
    int highest = size.signed() ? half - 1 : 2 * half - 1;
    int shift = size.signed() ? 0 : half;
    int mask = 2 * half - 1;
    int components = samples.length;
    for (int y = 0; y < area.height(); y++) {
      int row = (area.y0() - size.image().y0() + y) * size.image().width();
      for (int x = 0; x < area.width(); x++) {
        int to = (row + area.x0() - size.image().x0() + x) * components;
        for (int c = 0; c < components; c++) {
          double value = Math.rint(samples[c][y * area.width() + x]) + shift;
          values[to + c] = (char) ((int) Math.clamp(value, lowest, highest) & mask);
        }
      }
    }
  }
}
