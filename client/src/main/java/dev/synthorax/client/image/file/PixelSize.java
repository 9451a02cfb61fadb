package dev.synthorax.client.image.file;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The size of a picture, from its header.
 *
 * @param width in pixels
 * @param height in pixels
 */
public record PixelSize(int width, int height) {
  /**
   * Returns the size of a PNG, JPEG, BMP or TIFF file without decoding a pixel; null for anything
   * else, and where there is no file or its header is damaged: reading it tells why.
   */
  public static @Nullable PixelSize of(Path file) {
    if (!Files.isRegularFile(requireNonNull(file, "file"))) {
      return null;
    }
    try (ImageInputStream input = new FileImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(input);
      if (!readers.hasNext()) {
        return null;
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(input, true, true);
        return new PixelSize(reader.getWidth(0), reader.getHeight(0));
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException _) { // the readers throw both on malformed headers
      return null;
    }
  }
}
