package dev.synthorax.server.reading;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.v1.Radiograph;
import dev.synthorax.proto.v1.RawImage;
import dev.synthorax.server.grpc.FieldException;
import dev.synthorax.server.png.PngHeader;
import java.awt.image.Raster;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The image of a request, of which nothing is decoded yet. */
sealed interface RadiographFile {
  /** Pixels of a row. */
  int width();

  /** Rows of pixels. */
  int height();

  /** Bytes that it takes until it is read, with what decoding needs. */
  long heldBytes();

  /**
   * Decodes.
   *
   * @throws FieldException if it cannot be decoded
   */
  GreyImage decode();

  /**
   * Reads what is said of the image; takes microseconds whatever it holds.
   *
   * @param wire borrowed until it is decoded
   * @throws FieldException naming the field that cannot be taken
   */
  static RadiographFile of(Radiograph wire) {
    return switch (wire.getPixelsCase()) {
      case PNG ->
          new Png(
              wire.getPng(),
              FieldException.at(
                  Png.FIELD, () -> PngHeader.readGrey(wire.getPng().asReadOnlyByteBuffer())));
      case RAW -> Raw.of(wire.getRaw());
      case PIXELS_NOT_SET ->
          throw FieldException.invalid("image", "no pixels (expected: png, or raw)");
    };
  }

  /** A PNG. */
  record Png(ByteString png, PngHeader header) implements RadiographFile {
    private static final String FIELD = "image.png";
    private static final int COPIES =
        3; // as it came, as the decoder takes it, and the decoder's own

    @Override
    public int width() {
      return header.width();
    }

    @Override
    public int height() {
      return header.height();
    }

    @Override
    public long heldBytes() {
      return (long) COPIES * png.size() + header.pixelBytes();
    }

    @Override
    public GreyImage decode() {
      byte[] bytes = png.toByteArray();
      Raster raster =
          FieldException.at(
              FIELD,
              () -> {
                PngHeader.requireWhole(ByteBuffer.wrap(bytes));
                return header.decode(bytes).getRaster();
              });
      double most = (1 << header.bitDepth()) - 1;
      return new GreyImage(
          width(),
          height(),
          (y, levels) -> {
            raster.getSamples(0, y, width(), 1, 0, levels);
            scale(levels, most);
          });
    }
  }

  /** Samples as they are. */
  record Raw(int width, int height, int bits, ByteString data) implements RadiographFile {
    private static final String FIELD = "image.raw.";

    private static Raw of(RawImage wire) {
      requireSide("width", wire.getWidth());
      requireSide("height", wire.getHeight());
      int bits = wire.getBits() == 0 ? Byte.SIZE : wire.getBits();
      if (bits < Byte.SIZE || bits > Short.SIZE) {
        throw FieldException.invalid(FIELD + "bits", bits + " (expected: 8 to 16)");
      }
      long samples = (long) wire.getWidth() * wire.getHeight();
      long expected = samples * sampleBytes(bits);
      if (wire.getData().size() != expected) {
        throw FieldException.invalid(
            FIELD + "data",
            "%d bytes (expected: %d, of %d x %d samples of %d bits)"
                .formatted(
                    wire.getData().size(), expected, wire.getWidth(), wire.getHeight(), bits));
      }
      return new Raw(wire.getWidth(), wire.getHeight(), bits, wire.getData());
    }

    private static void requireSide(String side, int pixels) {
      if (pixels < 1 || pixels > PngHeader.MAX_SIDE) {
        throw FieldException.invalid(
            FIELD + side, "%d (expected: 1 to %d)".formatted(pixels, PngHeader.MAX_SIDE));
      }
    }

    private static int sampleBytes(int bits) {
      return bits > Byte.SIZE ? Short.BYTES : Byte.BYTES;
    }

    @Override
    public long heldBytes() {
      return data.size();
    }

    @Override
    public GreyImage decode() {
      int most = (1 << bits) - 1;
      int bytes = sampleBytes(bits);
      ByteBuffer samples = data.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      return new GreyImage(
          width,
          height,
          (y, levels) -> {
            for (int x = 0; x < width; x++) {
              int at = (y * width + x) * bytes;
              int sample =
                  bytes == 1
                      ? Byte.toUnsignedInt(samples.get(at))
                      : Short.toUnsignedInt(samples.getShort(at));
              if (sample > most) {
                throw FieldException.invalid(
                    FIELD + "data",
                    "sample %d in column %d of row %d (expected: 0 to %d, of %d bits)"
                        .formatted(sample, x, y, most, bits));
              }
              levels[x] = sample;
            }
            scale(levels, most);
          });
    }
  }

  private static void scale(double[] samples, double most) {
    for (int i = 0; i < samples.length; i++) {
      samples[i] = samples[i] * GreyImage.WHITE / most;
    }
  }
}
