package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.EncodedSample;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Images;
import dev.synthorax.client.image.Jpeg;
import dev.synthorax.client.image.MaskImage;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.image.PngNotes;
import dev.synthorax.client.image.SampleDepth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Image and mask files: reading with errors that say which file and which row names it. */
final class PixelFiles {
  private static final int MAX_NAME_LENGTH = 120;
  private static final Set<String> ENDINGS = // of what Images reads
      Set.of("png", "jpg", "jpeg", "tif", "tiff", "bmp");

  private PixelFiles() {}

  /**
   * What an image file holds.
   *
   * @param pixels the image
   * @param text what it says of itself, if Synthorax made it
   */
  record Picture(GrayImage pixels, PngNotes text) {
    /** Returns the image with what else is known of it. */
    Sample sample(ImageInfo info, Map<Structure, BinaryMask> masks) {
      return new Sample(info, pixels, masks, text);
    }
  }

  /**
   * Reads an image, whatever its kind.
   *
   * @param at file and line of the row that names it
   * @throws IOException if it is missing, damaged or too large; one line
   */
  static Picture image(Path file, String at, ReadOptions options) throws IOException {
    return decode(bytes(file, at), file, at, options);
  }

  /** Returns whether a file's ending, without the dot, in any case, is that of an image. */
  static boolean isImageEnding(String ending) {
    return ENDINGS.contains(ending.toLowerCase(Locale.ROOT));
  }

  /** Reads a file's bytes. */
  static byte[] bytes(Path file, String at) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": no such file (named in " + at + ")", e);
    }
  }

  /** Decodes an image; {@code file} is for the message. */
  static Picture decode(byte[] bytes, Object file, String at, ReadOptions options)
      throws IOException {
    try {
      GrayImage image = Images.decode(bytes, options.maxSidePixels());
      String corner = SampleDepth.cornerOfRange(bytes, image);
      if (corner != null) {
        options
            .oddities()
            .add(
                "images in a corner of their range",
                file + ": " + corner + " (named in " + at + ")");
      }
      return new Picture(image, Png.text(bytes));
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage() + " (named in " + at + ")", e);
    }
  }

  /**
   * Reads a mask, whatever its kind.
   *
   * @param image what it must be as large as
   * @throws IOException also if it is of another size, or not of two values
   */
  static BinaryMask mask(Path file, String at, GrayImage image, ReadOptions options)
      throws IOException {
    return decodeMask(bytes(file, at), file, at, image, options);
  }

  /** Decodes a mask, as {@link #mask} does; {@code file} is for the message. */
  static BinaryMask decodeMask(
      byte[] bytes, Object file, String at, GrayImage image, ReadOptions options)
      throws IOException {
    BinaryMask mask;
    try {
      mask = MaskImage.decode(bytes, options.maxSidePixels());
    } catch (IOException e) {
      throw new IOException(file + ": mask: " + e.getMessage() + " (named in " + at + ")", e);
    }
    if (mask.width() != image.width() || mask.height() != image.height()) {
      throw new IOException(
          "%s: mask of %d x %d pixels (expected: the image's %d x %d; named in %s)"
              .formatted(file, mask.width(), mask.height(), image.width(), image.height(), at));
    }
    return mask;
  }

  /** Returns the image's file in {@code encoding}, JPEG in the quality of the options. */
  static byte[] encode(EncodedSample sample, PixelEncoding encoding, WriteOptions options) {
    return switch (encoding) {
      case LOSSLESS -> sample.image();
      case JPEG -> jpeg(sample.sample(), options);
    };
  }

  /** Returns the image as a JPEG in the quality of the options. */
  static byte[] jpeg(Sample sample, WriteOptions options) {
    return Jpeg.encode(sample.image(), options.jpegQuality());
  }

  /**
   * Returns the sample's id, which can be a file's name on any system.
   *
   * @throws IllegalArgumentException if it cannot
   */
  static String name(Sample sample) {
    String id = sample.id();
    if (id.length() > MAX_NAME_LENGTH
        || id.startsWith(".")
        || id.endsWith(".")
        || !id.equals(id.strip())
        || id.chars().anyMatch(c -> c < ' ' || "/\\:*?\"<>|".indexOf(c) >= 0)) {
      throw new IllegalArgumentException(
          "sample '"
              + id
              + "': id cannot be a file name (expected: at most "
              + MAX_NAME_LENGTH
              + " characters, none of / \\ : * ? \" < > |, no dot at either end)");
    }
    return id;
  }
}
