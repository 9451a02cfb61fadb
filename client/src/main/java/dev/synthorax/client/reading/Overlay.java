package dev.synthorax.client.reading;

import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * An image under the outlines of masks. The outline lies inside of its structure and leaves all
 * else as it is, so that what lies in and around it can still be judged.
 */
final class Overlay {
  /**
   * Colours that are told apart on grey, also by who does not tell red from green.
   *
   * @see <a href="https://jfly.uni-koeln.de/color/">Okabe and Ito, Color Universal Design</a>
   */
  private static final List<Color> COLORS =
      List.of(
          new Color("sky blue", 0x56B4E9),
          new Color("orange", 0xE69F00),
          new Color("green", 0x009E73),
          new Color("purple", 0xCC79A7),
          new Color("yellow", 0xF0E442),
          new Color("vermilion", 0xD55E00),
          new Color("blue", 0x0072B2));

  private static final int SIDES_PER_LINE = 400; // of the longer side: thin, and seen on a screen

  private Overlay() {}

  private record Color(String name, int rgb) {}

  private static Color color(int index) {
    return COLORS.get(index % COLORS.size());
  }

  /** Returns the colour of a mask's outline by its place, such as {@code sky blue}. */
  static String colorName(int index) {
    return color(index).name;
  }

  /**
   * Returns a PNG of the image with the outlines of masks of its size; a later one lies above an
   * earlier one.
   */
  static byte[] png(GrayImage image, List<BinaryMask> masks) throws IOException {
    var picture = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    int[] pixels = ((DataBufferInt) picture.getRaster().getDataBuffer()).getData();
    byte[] grey = image.toBytes();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = 0x010101 * (grey[i] & 0xFF);
    }
    int line = Math.max(1, Math.max(image.width(), image.height()) / SIDES_PER_LINE);
    for (int i = 0; i < masks.size(); i++) {
      draw(pixels, masks.get(i), line, color(i).rgb);
    }
    var out = new ByteArrayOutputStream();
    if (!ImageIO.write(picture, "png", out)) {
      throw new IOException("this Java writes no PNG");
    }
    return out.toByteArray();
  }

  private static void draw(int[] pixels, BinaryMask mask, int line, int color) {
    for (int y = 0; y < mask.height(); y++) {
      for (int x = 0; x < mask.width(); x++) {
        if (mask.at(x, y)
            && !(inside(mask, x - line, y)
                && inside(mask, x + line, y)
                && inside(mask, x, y - line)
                && inside(mask, x, y + line))) {
          pixels[y * mask.width() + x] = color;
        }
      }
    }
  }

  private static boolean inside(BinaryMask mask, int x, int y) {
    return x >= 0 && y >= 0 && x < mask.width() && y < mask.height() && mask.at(x, y);
  }
}
