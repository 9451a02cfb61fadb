package dev.synthorax.client.image.codec;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The frame header.
 *
 * @param names of the components, in order
 */
record JpegLsFrame(int precision, int width, int height, List<Integer> names) {
  static final JpegLsFrame NONE = new JpegLsFrame(0, 0, 0, List.of());

  JpegLsFrame {
    names = List.copyOf(names);
  }

  static JpegLsFrame read(CodedBytes segment) throws IOException {
    int precision = segment.unsigned8();
    int height = segment.unsigned16();
    int width = segment.unsigned16();
    int components = segment.unsigned8();
    if (precision < 2 || precision > 16 || (components != 1 && components != 3)) {
      throw segment.unsupported(
          components + " components of " + precision + " bits", "1 or 3 of 2 to 16 bits");
    }
    List<Integer> names = new ArrayList<>();
    for (int i = 0; i < components; i++) {
      names.add(segment.unsigned8());
      int sampling = segment.unsigned8();
      segment.unsigned8(); // the table that T.81 has and T.87 has not
      if (components > 1 && sampling != 0x11) {
        throw segment.unsupported("subsampled components", "as many samples of each");
      }
    }
    return new JpegLsFrame(precision, width, height, names);
  }

  int components() {
    return names.size();
  }

  int indexOf(int name) {
    return names.indexOf(name);
  }
}
