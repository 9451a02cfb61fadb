package dev.synthorax.client.augment;

import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.storage.ContentHash;
import java.nio.ByteBuffer;

/** The hash of an image whatever its file: of size and pixels. */
final class PixelHash {
  private PixelHash() {}

  /** Returns it in lower-case hexadecimal. */
  static String of(GrayImage image) {
    ByteBuffer size = ByteBuffer.allocate(8).putInt(image.width()).putInt(image.height());
    return ContentHash.create().add(size.array()).add(image.toBytes()).hex();
  }
}
