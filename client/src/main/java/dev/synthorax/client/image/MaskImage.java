package dev.synthorax.client.image;

import static java.util.Objects.requireNonNull;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads masks that others wrote, by one rule: of the two values of an image the darker is outside
 * and the brighter inside, whether they are 0 and 1, 0 and 255, 0 and 65,535 or two colours.
 *
 * <p>Where all pixels have one colour but two opacities, the more opaque are inside. A single value
 * is inside unless it is 0 or wholly transparent. What has more than two values is no mask.
 */
public final class MaskImage {
  private static final int NAMED = 4;
  private static final int COUNTED = 65_536;

  private MaskImage() {}

  /**
   * Reads a mask from a PNG, JPEG, BMP or TIFF file of any depth, whatever it is called.
   *
   * @param file the whole file; borrowed
   * @param maxSidePixels the largest width and height accepted, at least 1
   * @throws IOException if the file is no image that is read here, or has values that do not tell
   *     inside from outside; the message is one line that names the values
   */
  public static BinaryMask decode(byte[] file, int maxSidePixels) throws IOException {
    requireNonNull(file, "file");
    return of(Images.decodeRaw(file, maxSidePixels));
  }

  /**
   * Returns the mask that {@code image} shows.
   *
   * @throws IOException if its values do not tell inside from outside; one line that names them
   */
  public static BinaryMask of(GrayImage image) throws IOException {
    requireNonNull(image, "image");
    BufferedImage picture =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_BYTE_GRAY);
    byte[] pixels = image.toBytes();
    System.arraycopy(
        pixels,
        0,
        ((DataBufferByte) picture.getRaster().getDataBuffer()).getData(),
        0,
        pixels.length);
    return of(new RawImage(picture, false));
  }

  private static BinaryMask of(RawImage image) throws IOException {
    byte[] cells = new byte[image.width() * image.height()]; // 0: the first value, 1: the second
    double[] row = new double[RawImage.BANDS * image.width()];
    Value first = null;
    Value second = null;
    for (int y = 0; y < image.height(); y++) {
      image.readRow(y, row);
      for (int x = 0; x < image.width(); x++) {
        int at = RawImage.BANDS * x;
        if (first == null) {
          first = Value.of(row, at);
        } else if (!first.isAt(row, at)) {
          if (second == null) {
            second = Value.of(row, at);
          } else if (!second.isAt(row, at)) {
            throw tooMany(image);
          }
          cells[y * image.width() + x] = 1;
        }
      }
    }
    Value only = requireNonNull(first);
    boolean firstInside = second == null ? only.isInside(image) : only.isInside(second, image);
    if (firstInside) {
      for (int i = 0; i < cells.length; i++) {
        cells[i] ^= 1;
      }
    }
    return BinaryMask.of(image.width(), image.height(), cells);
  }

  private static IOException tooMany(RawImage image) throws IOException {
    Set<Value> values = new HashSet<>();
    double[] row = new double[RawImage.BANDS * image.width()];
    for (int y = 0; y < image.height() && values.size() <= COUNTED; y++) {
      image.readRow(y, row);
      for (int x = 0; x < image.width(); x++) {
        values.add(Value.of(row, RawImage.BANDS * x));
      }
    }
    List<Value> sorted = values.stream().sorted().toList();
    for (Value value : sorted) { // NaN equals nothing, itself included, and is counted as many
      value.requireUsable(image);
    }
    String named =
        sorted.stream()
            .limit(NAMED)
            .map(value -> value.text(image.hasOpacity()))
            .collect(Collectors.joining(", "));
    return new IOException(
        (values.size() > COUNTED ? "more than " + COUNTED : values.size())
            + " values: "
            + named
            + (values.size() > NAMED ? ", ..." : "")
            + " (expected: a mask of two values, the brighter inside"
            + (image.lossy() ? "; a lossy JPEG blurs a mask, save it as PNG)" : ")"));
  }

  /** What a pixel may be; darker ones are less. */
  private record Value(double red, double green, double blue, double opacity)
      implements Comparable<Value> {
    static Value of(double[] row, int at) {
      return new Value(row[at], row[at + 1], row[at + 2], row[at + 3]);
    }

    boolean isAt(double[] row, int at) {
      return row[at] == red
          && row[at + 1] == green
          && row[at + 2] == blue
          && row[at + 3] == opacity;
    }

    private double brightness() {
      return 299 * red + 587 * green + 114 * blue; // Rec. 601, in whole numbers
    }

    private boolean hasColourOf(Value other) {
      return red == other.red && green == other.green && blue == other.blue;
    }

    /** Returns whether this is inside where nothing else is there. */
    boolean isInside(RawImage image) throws IOException {
      requireUsable(image);
      return brightness() > 0 && (opacity > 0 || !image.hasOpacity());
    }

    /** Returns whether this is inside where {@code other} is there too. */
    boolean isInside(Value other, RawImage image) throws IOException {
      requireUsable(image);
      other.requireUsable(image);
      if (hasColourOf(other)) {
        return opacity > other.opacity;
      }
      Value brighter = compareTo(other) > 0 ? this : other;
      boolean hidden = image.hasOpacity() && brighter.opacity == 0;
      if (hidden || brightness() == other.brightness()) {
        boolean swap = compareTo(other) > 0;
        throw new IOException(
            "values %s and %s (expected: %s)"
                .formatted(
                    (swap ? other : this).text(image.hasOpacity()),
                    (swap ? this : other).text(image.hasOpacity()),
                    hidden ? "the brighter one, inside, to be opaque" : "one brighter, inside"));
      }
      return brighter.equals(this);
    }

    private void requireUsable(RawImage image) throws IOException {
      for (double sample : new double[] {red, green, blue}) {
        if (!(sample >= 0) || Double.isInfinite(sample)) { // NaN too
          throw new IOException("value " + text(image.hasOpacity()) + " (expected: 0 or more)");
        }
      }
    }

    @Override
    public int compareTo(Value other) {
      int order = Double.compare(brightness(), other.brightness());
      return order != 0 ? order : Double.compare(opacity, other.opacity);
    }

    String text(boolean withOpacity) {
      String colour =
          Double.compare(red, green) == 0 && Double.compare(green, blue) == 0
              ? number(red)
              : "(" + number(red) + ", " + number(green) + ", " + number(blue) + ")";
      return withOpacity ? colour + " of opacity " + number(opacity) : colour;
    }

    private static String number(double sample) {
      return sample == Math.rint(sample) && Math.abs(sample) < 1e15
          ? String.valueOf((long) sample)
          : String.valueOf(sample);
    }
  }
}
