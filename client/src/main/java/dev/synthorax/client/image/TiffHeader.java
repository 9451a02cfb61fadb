package dev.synthorax.client.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What the first directory of a TIFF file says, as far as readers of the runtime do not. */
final class TiffHeader {
  private static final int BITS_PER_SAMPLE = 258;
  private static final int SAMPLE_FORMAT = 339;
  private static final int UNSIGNED = 1; // a file that says nothing is so, too
  private static final int ENTRY_BYTES = 12;

  private TiffHeader() {}

  /** Returns the bits of a sample; 0 of anything but a TIFF that says them. */
  static int bits(byte[] file) {
    return value(file, BITS_PER_SAMPLE, 0);
  }

  /** Returns whether a TIFF's samples are whole numbers without a sign. */
  static boolean isUnsigned(byte[] file) {
    return value(file, SAMPLE_FORMAT, UNSIGNED) == UNSIGNED;
  }

  /** Returns the first value of a tag of short numbers, or {@code missing}. */
  private static int value(byte[] file, int tag, int missing) {
    boolean little = file.length > 8 && file[0] == 'I' && file[1] == 'I' && file[2] == 42;
    boolean big = file.length > 8 && file[0] == 'M' && file[1] == 'M' && file[3] == 42;
    if (!little && !big) {
      return missing;
    }
    ByteBuffer tiff =
        ByteBuffer.wrap(file).order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    try {
      int directory = tiff.getInt(4);
      int entries = tiff.getShort(directory) & 0xFFFF;
      for (int i = 0; i < entries; i++) {
        int entry = directory + 2 + ENTRY_BYTES * i;
        if ((tiff.getShort(entry) & 0xFFFF) == tag) {
          boolean inline = tiff.getInt(entry + 4) <= 2;
          return tiff.getShort(inline ? entry + 8 : tiff.getInt(entry + 8)) & 0xFFFF;
        }
      }
    } catch (IndexOutOfBoundsException _) {
      return missing; // whoever decodes it is told
    }
    return missing;
  }
}
