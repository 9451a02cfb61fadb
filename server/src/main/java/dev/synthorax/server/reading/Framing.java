package dev.synthorax.server.reading;

import dev.synthorax.server.plain.ReaderSpec;

/**
 * How an image lies in a network's: in its middle, with black on two sides where the proportions
 * differ, and resized. As the client makes samples for trainings, whole grey levels included.
 *
 * @param width of the image
 * @param height of the image
 * @param paddedWidth with black beside it; the proportion of the network's image
 * @param paddedHeight with black above and below it
 * @param reader the network's
 */
record Framing(int width, int height, int paddedWidth, int paddedHeight, ReaderSpec reader) {

  /** Takes a row of probabilities of the image's width. */
  interface RowConsumer {
    /** Row {@code y}; {@code row} is valid until this returns. */
    void accept(int y, double[] row);
  }

  /** Frames an image of that size. */
  static Framing of(int width, int height, ReaderSpec reader) {
    boolean wide = (long) width * reader.height() >= (long) height * reader.width();
    int paddedWidth =
        wide
            ? width
            : (int) Math.max(width, Math.round((double) height * reader.width() / reader.height()));
    int paddedHeight =
        wide
            ? (int) Math.max(height, Math.round((double) width * reader.height() / reader.width()))
            : height;
    return new Framing(width, height, paddedWidth, paddedHeight, reader);
  }

  private int left() {
    return (paddedWidth - width) / 2;
  }

  private int top() {
    return (paddedHeight - height) / 2;
  }

  /** Bytes that {@link #fit} or {@link #restore} need at most while they run. */
  long workBytes() {
    long fit = (long) height * reader.width();
    long restore = (long) reader.height() * width + (long) reader.height() * reader.width();
    return Double.BYTES * Math.max(fit, restore);
  }

  /**
   * The network's image.
   *
   * @param image of this width and height
   * @return {@code [channels, height, width]}
   */
  float[] fit(GreyImage image) {
    Axis across = Axis.fit(width, left(), paddedWidth, reader.width());
    double[] levels = new double[width];
    double[] rows = new double[Math.multiplyExact(height, reader.width())];
    for (int y = 0; y < height; y++) {
      image.rows().read(y, levels);
      across.row(levels, rows, y * reader.width());
    }
    Axis down = Axis.fit(height, top(), paddedHeight, reader.height());
    int pixels = reader.width() * reader.height();
    float[] values = new float[Math.multiplyExact(reader.channels(), pixels)];
    float scale = GreyImage.WHITE / (reader.white() - reader.black());
    double[] row = new double[reader.width()];
    for (int y = 0; y < reader.height(); y++) {
      down.row(rows, y, row);
      for (int x = 0; x < row.length; x++) {
        int level = (int) (row[x] + 0.5); // samples have whole levels
        values[y * row.length + x] = level / scale + reader.black();
      }
    }
    for (int channel = 1; channel < reader.channels(); channel++) {
      System.arraycopy(values, 0, values, channel * pixels, pixels);
    }
    return values;
  }

  /**
   * A plane of the network's size, at the image's.
   *
   * @param plane {@code [height, width]} of the network
   * @param into told every row of the image, from the top
   */
  void restore(double[] plane, RowConsumer into) {
    Axis across = Axis.restore(reader.width(), paddedWidth, left(), width);
    double[] source = new double[reader.width()];
    double[] rows = new double[Math.multiplyExact(reader.height(), width)];
    for (int y = 0; y < reader.height(); y++) {
      System.arraycopy(plane, y * reader.width(), source, 0, source.length);
      across.row(source, rows, y * width);
    }
    Axis down = Axis.restore(reader.height(), paddedHeight, top(), height);
    double[] row = new double[width];
    for (int y = 0; y < height; y++) {
      down.row(rows, y, row);
      into.accept(y, row);
    }
  }
}
