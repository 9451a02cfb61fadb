package dev.synthorax.server.review;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.pictures.MaskDecoder;
import dev.synthorax.server.pictures.MaskFile;
import dev.synthorax.server.png.PngHeader;
import dev.synthorax.training.stage.SampleLine;
import dev.synthorax.training.stage.SampleShape;
import java.awt.image.BufferedImage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A rated image as a sample that preferences are learned from: its attributes say which item it
 * belongs to and how it was scored.
 *
 * <p><b>Ownership:</b> its arrays are the taker's.
 */
public final class PreferenceSample {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SCORE_DIGITS = 4;

  private final SampleLine line;
  private final byte[] image;
  private final Map<String, byte[]> masks;

  private PreferenceSample(SampleLine line, byte[] image, Map<String, byte[]> masks) {
    this.line = line;
    this.image = image;
    this.masks = masks;
  }

  /**
   * The shape of all samples of a set.
   *
   * @param any one of its images
   * @param structures of the set
   * @throws ServerException {@code REVIEW_CONFLICT} if no dataset has such a shape
   */
  public static SampleShape shape(Picture any, List<String> structures) {
    PngHeader header = PngHeader.read(ByteBuffer.wrap(any.png()));
    try {
      return new SampleShape(header.width(), header.height(), structures);
    } catch (IllegalArgumentException e) {
      throw conflict("image " + any.name(), String.valueOf(e.getMessage()));
    }
  }

  /**
   * A sample; decodes its pixels.
   *
   * @throws ServerException {@code REVIEW_CONFLICT} if the image has another size, or it or a mask
   *     cannot be read
   */
  public static PreferenceSample of(
      String set, RatedItem item, RatedItem.Image rated, SampleShape shape) {
    Picture picture = rated.picture();
    try {
      PngHeader header = PngHeader.read(ByteBuffer.wrap(picture.png()));
      if (header.width() != shape.width() || header.height() != shape.height()) {
        throw conflict(
            "image " + picture.name(),
            "%dx%d pixels (expected: %dx%d, as the first image of the set)"
                .formatted(header.width(), header.height(), shape.width(), shape.height()));
      }
      ObjectNode attributes = JSON.createObjectNode();
      attributes.put("review_set", set).put("item", item.item());
      put(attributes, "text_score", rated.textScore());
      put(attributes, "mask_score", rated.maskScore());
      var line =
          new SampleLine(
              picture.name(), picture.seed(), item.prompt(), List.of(), List.of(), attributes);
      return new PreferenceSample(
          line, grey(header.decode(picture.png())), masks(item.masks(), shape));
    } catch (InferenceException e) {
      throw conflict("image " + picture.name(), String.valueOf(e.getMessage()));
    }
  }

  private static void put(ObjectNode attributes, String name, @Nullable Double score) {
    if (score != null) {
      BigDecimal rounded = BigDecimal.valueOf(score).setScale(SCORE_DIGITS, RoundingMode.HALF_EVEN);
      attributes.put(name, rounded.stripTrailingZeros().toPlainString());
    }
  }

  private static Map<String, byte[]> masks(List<Picture> masks, SampleShape shape) {
    Map<String, byte[]> decoded = new LinkedHashMap<>();
    for (Picture mask : masks) {
      float[] inside = new float[shape.pixels()];
      try {
        var file = MaskFile.of(mask.name(), ByteBuffer.wrap(mask.png()));
        var _ = MaskDecoder.decode(file, inside, 0, shape.width(), shape.height());
      } catch (InferenceException e) {
        throw conflict("mask of " + mask.name(), String.valueOf(e.getMessage()));
      }
      byte[] pixels = new byte[inside.length];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) inside[i];
      }
      decoded.put(mask.name(), pixels);
    }
    return decoded;
  }

  /** Grey as the file has it, at 8 bits; of colours the luma of Rec. 601. */
  private static byte[] grey(BufferedImage image) {
    byte[] grey = new byte[image.getWidth() * image.getHeight()];
    int bits = image.getColorModel().getComponentSize(0);
    boolean isGrey = image.getColorModel().getNumColorComponents() == 1 && bits >= Byte.SIZE;
    for (int at = 0; at < grey.length; at++) {
      int x = at % image.getWidth();
      int y = at / image.getWidth();
      if (isGrey) {
        int sample = image.getRaster().getSample(x, y, 0);
        grey[at] = (byte) (bits == Byte.SIZE ? sample : Math.round(sample * 255f / 65_535f));
      } else {
        int rgb = image.getRGB(x, y);
        int red = rgb >> 16 & 0xFF;
        int green = rgb >> 8 & 0xFF;
        grey[at] = (byte) Math.round(0.299f * red + 0.587f * green + 0.114f * (rgb & 0xFF));
      }
    }
    return grey;
  }

  private static ServerException conflict(String what, String why) {
    return new ServerException(ServerReason.REVIEW_CONFLICT, what + ": " + why);
  }

  /** What the sample says beside its pixels. */
  public SampleLine line() {
    return line;
  }

  /** Row-major grey, 0 black. */
  public byte[] image() {
    return image;
  }

  /** By structure, 0 or 1; a structure that is not there is unknown. */
  public Map<String, byte[]> masks() {
    return masks;
  }
}
