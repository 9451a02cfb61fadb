package dev.synthorax.client.image.codec;

import java.io.IOException;

/**
 * The reference grid: image, tiles, samples.
 *
 * @see <a href="https://www.itu.int/rec/T-REC-T.800">ITU-T T.800, A.5.1 and annex B</a>
 */
record J2kSize(
    J2kArea image,
    int tileX,
    int tileY,
    int tileWidth,
    int tileHeight,
    int components,
    int precision,
    boolean signed) {

  static J2kSize read(CodedBytes segment, int maxSidePixels) throws IOException {
    int capabilities = segment.unsigned16();
    if ((capabilities & 0x4000) != 0) {
      throw segment.unsupported("high-throughput coding", "part 1 of the standard");
    }
    int x1 = segment.positive32();
    int y1 = segment.positive32();
    J2kArea image = new J2kArea(segment.positive32(), segment.positive32(), x1, y1);
    int tileWidth = segment.positive32();
    int tileHeight = segment.positive32();
    int tileX = segment.positive32();
    int tileY = segment.positive32();
    int components = segment.unsigned16();
    segment.requireSides(image.width(), image.height(), maxSidePixels);
    if (tileX > image.x0()
        || tileY > image.y0()
        || (long) tileX + tileWidth <= image.x0()
        || (long) tileY + tileHeight <= image.y0()) {
      throw segment.damaged("first tile outside the image", "one that overlaps it");
    }
    int kind = -1;
    for (int c = 0; c < components; c++) {
      int own = segment.unsigned8() << 16 | segment.unsigned16();
      if ((own & 0xFFFF) != 0x0101 || (kind >= 0 && own != kind)) {
        throw segment.unsupported("components of several sizes or depths", "alike ones");
      }
      kind = own;
    }
    int precision = (kind >> 16 & 0x7F) + 1;
    if ((components != 1 && components != 3) || precision > 16) {
      throw segment.unsupported(
          components + " components of " + precision + " bits", "1 or 3 of at most 16 bits");
    }
    boolean signed = (kind >> 23 & 1) == 1;
    return new J2kSize(image, tileX, tileY, tileWidth, tileHeight, components, precision, signed);
  }

  private int tilesAcross() {
    return (int) Math.ceilDiv((long) image.x1() - tileX, tileWidth);
  }

  long tiles() {
    return tilesAcross() * Math.ceilDiv((long) image.y1() - tileY, tileHeight);
  }

  /** Returns the part of the image that a tile covers. */
  J2kArea tile(int index) {
    long x = tileX + (long) (index % tilesAcross()) * tileWidth;
    long y = tileY + (long) (index / tilesAcross()) * tileHeight;
    return new J2kArea(
        (int) Math.max(x, image.x0()),
        (int) Math.max(y, image.y0()),
        (int) Math.min(x + tileWidth, image.x1()),
        (int) Math.min(y + tileHeight, image.y1()));
  }
}
