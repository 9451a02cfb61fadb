package dev.synthorax.client.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskImageTest {
  private static final String CROSS = ".#./###/.#.";

  private static BinaryMask mask(String rows) {
    String cells = rows.replace("/", "");
    byte[] bytes = new byte[cells.length()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (cells.charAt(i) == '#' ? 1 : 0);
    }
    return BinaryMask.of(rows.indexOf('/'), cells.length() / rows.indexOf('/'), bytes);
  }

  private static byte[] file(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, bytes)).as(format).isTrue();
    return bytes.toByteArray();
  }

  /** The cross in raw samples. */
  private static BufferedImage samples(BufferedImage image, double[] outside, double[] inside) {
    String cells = CROSS.replace("/", "");
    for (int i = 0; i < cells.length(); i++) {
      image.getRaster().setPixel(i % 3, i / 3, cells.charAt(i) == '#' ? inside : outside);
    }
    return image;
  }

  private static BufferedImage component(int colourSpace, boolean alpha, int dataType) {
    ColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(colourSpace),
            alpha,
            false,
            alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
            dataType);
    WritableRaster raster = model.createCompatibleWritableRaster(3, 3);
    return new BufferedImage(model, raster, false, null);
  }

  private static double[] numbers(String text) {
    return Stream.of(text.split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
  }

  @ParameterizedTest
  @CsvSource({
    "8, png, 0, 255",
    "8, png, 0, 1",
    "8, png, 100, 101",
    "8, bmp, 0, 255",
    "8, bmp, 0, 1",
    "8, tiff, 0, 1",
    "16, png, 0, 1",
    "16, png, 0, 255",
    "16, png, 0, 65535",
    "16, png, 256, 257",
    "16, tiff, 0, 1",
    "32, tiff, 0, 1",
  })
  void decode_greyOfAnyDepth_hasTheBrighterInside(
      int bits, String format, String outside, String inside) throws IOException {
    BufferedImage grey =
        component(
            ColorSpace.CS_GRAY,
            false,
            switch (bits) {
              case 8 -> DataBuffer.TYPE_BYTE;
              case 16 -> DataBuffer.TYPE_USHORT;
              default -> DataBuffer.TYPE_FLOAT;
            });

    byte[] file = file(samples(grey, numbers(outside), numbers(inside)), format);

    assertThat(MaskImage.decode(file, 3)).isEqualTo(mask(CROSS));
  }

  @ParameterizedTest
  @CsvSource({
    "8, false, 0 0 0, 255 255 255",
    "8, false, 0 0 0, 1 0 0",
    "8, false, 0 0 255, 0 255 0",
    "16, false, 0 0 0, 0 0 1",
    "8, true, 0 0 0 255, 255 255 255 255",
    "8, true, 0 0 0 0, 0 0 0 255",
    "8, true, 255 255 255 0, 255 255 255 255",
    "8, true, 9 9 9 100, 9 9 9 200",
    "8, true, 0 0 0 0, 255 255 255 255",
    "16, true, 0 0 0 0, 0 0 0 65535",
  })
  void decode_colourAndOpacity_hasTheBrighterOrTheMoreOpaqueInside(
      int bits, boolean alpha, String outside, String inside) throws IOException {
    BufferedImage picture =
        component(
            ColorSpace.CS_sRGB, alpha, bits == 8 ? DataBuffer.TYPE_BYTE : DataBuffer.TYPE_USHORT);

    byte[] file = file(samples(picture, numbers(outside), numbers(inside)), "png");

    assertThat(MaskImage.decode(file, 3)).isEqualTo(mask(CROSS));
  }

  @Test
  void decode_greyWithOpacity_hasTheOpaqueInside() throws IOException {
    BufferedImage picture = component(ColorSpace.CS_GRAY, true, DataBuffer.TYPE_BYTE);

    byte[] file = file(samples(picture, numbers("0 0"), numbers("0 255")), "png");

    assertThat(MaskImage.decode(file, 3)).isEqualTo(mask(CROSS));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0 255, 0, 1",
    "1, 255 0, 1, 0", // white is entry 0
    "8, 0 0 128 255, 1, 2", // entries 0 and 1 are both black
  })
  void decode_palette_goesByColourNotByNumber(int bits, String greys, String outside, String inside)
      throws IOException {
    double[] entries = numbers(greys);
    byte[] palette = new byte[entries.length];
    for (int i = 0; i < palette.length; i++) {
      palette[i] = (byte) (int) entries[i];
    }
    IndexColorModel model = new IndexColorModel(bits, palette.length, palette, palette, palette);
    int type = bits == 1 ? BufferedImage.TYPE_BYTE_BINARY : BufferedImage.TYPE_BYTE_INDEXED;
    BufferedImage picture = new BufferedImage(3, 3, type, model);
    samples(picture, numbers(outside), numbers(inside));

    for (String format : new String[] {"png", "tiff"}) {
      assertThat(MaskImage.decode(file(picture, format), 3)).as(format).isEqualTo(mask(CROSS));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 6", "255, 6"})
  void decode_oneValue_isInsideUnlessZero(int value, int area) throws IOException {
    byte[] pixels = new byte[6];
    Arrays.fill(pixels, (byte) value);

    BinaryMask mask = MaskImage.decode(Png.encode(GrayImage.of(3, 2, pixels)), 3);

    assertThat(mask.area()).isEqualTo(area);
  }

  @Test
  void decode_whiteThatIsWhollyTransparent_isEmpty() throws IOException {
    BufferedImage picture = component(ColorSpace.CS_sRGB, true, DataBuffer.TYPE_BYTE);

    byte[] file = file(samples(picture, numbers("255 255 255 0"), numbers("255 255 255 0")), "png");

    assertThat(MaskImage.decode(file, 3).area()).isZero();
  }

  @Test
  void decode_jpegOfTwoValues_isRead() throws IOException {
    GrayImage halves = GrayImage.of(16, 8, blocks()); // whole blocks of one value survive

    assertThat(MaskImage.decode(Jpeg.encode(halves, 100), 16).area()).isEqualTo(64);
  }

  private static byte[] blocks() {
    byte[] pixels = new byte[128];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i % 16 < 8 ? 255 : 0);
    }
    return pixels;
  }

  @Test
  void decode_moreThanTwoValues_isRefusedWithTheValues() {
    byte[] greys = new byte[256];
    for (int i = 0; i < greys.length; i++) {
      greys[i] = (byte) (255 - i);
    }

    assertThatThrownBy(() -> MaskImage.decode(Png.encode(GrayImage.of(16, 16, greys)), 16))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "256 values: 0, 1, 2, 3, ... (expected: a mask of two values, the brighter inside)");
    assertThatThrownBy(() -> MaskImage.decode(Jpeg.encode(GrayImage.of(16, 16, greys), 90), 16))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("; a lossy JPEG blurs a mask, save it as PNG)");
  }

  @Test
  void decode_valuesThatDoNotTellInside_areRefused() throws IOException {
    BufferedImage hidden = component(ColorSpace.CS_sRGB, true, DataBuffer.TYPE_BYTE);
    byte[] drawnBlack =
        file(samples(hidden, numbers("255 255 255 0"), numbers("0 0 0 255")), "png");
    BufferedImage picture = component(ColorSpace.CS_sRGB, false, DataBuffer.TYPE_USHORT);
    byte[] asBright = file(samples(picture, numbers("114 0 0"), numbers("0 0 299")), "png");
    BufferedImage real = component(ColorSpace.CS_GRAY, false, DataBuffer.TYPE_FLOAT);
    byte[] negative = file(samples(real, numbers("-1"), numbers("1")), "tiff");

    assertThatThrownBy(() -> MaskImage.decode(drawnBlack, 3))
        .hasMessage(
            "values 0 of opacity 255 and 255 of opacity 0 (expected: the brighter one, inside, to"
                + " be opaque)");
    assertThatThrownBy(() -> MaskImage.decode(asBright, 3)).hasMessageContaining("one brighter");
    assertThatThrownBy(() -> MaskImage.decode(negative, 3))
        .hasMessage("value -1 (expected: 0 or more)");
  }

  @Test
  void decode_notANumberOutside_isRefusedByThatName() throws IOException {
    BufferedImage real = component(ColorSpace.CS_GRAY, false, DataBuffer.TYPE_FLOAT);
    byte[] file = file(samples(real, numbers("NaN"), numbers("1")), "tiff");

    assertThatThrownBy(() -> MaskImage.decode(file, 3))
        .isInstanceOf(IOException.class)
        .hasMessage("value NaN (expected: 0 or more)");
  }

  @Test
  void decode_noImageOrTooLarge_isRefused() {
    byte[] png = Png.encode(GrayImage.of(4, 1, new byte[4]));

    assertThatThrownBy(() -> MaskImage.decode(new byte[] {'x'}, 3))
        .hasMessage("no image (expected: PNG, JPEG, BMP or TIFF)");
    assertThatThrownBy(() -> MaskImage.decode(png, 3)).hasMessageContaining("at most 3 a side");
  }

  /** A TIFF of 2 x 1 samples of 32 bits. */
  private static byte[] tiff(int sampleFormat, int first, int second) {
    int[][] entries = {
      {256, 2}, {257, 1}, {258, 32}, {259, 1}, {262, 1}, {273, 122}, {277, 1}, {278, 1}, {339, 0}
    };
    ByteBuffer file = ByteBuffer.allocate(130).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8);
    file.putShort((short) entries.length);
    for (int[] entry : entries) {
      int value = entry[0] == 339 ? sampleFormat : entry[1];
      file.putShort((short) entry[0]).putShort((short) 3).putInt(1).putInt(value);
    }
    file.putInt(0).putInt(first).putInt(second);
    return file.array();
  }

  @Test
  void decode_tiffOf32BitsWithoutSign_isReadToItsEnd() throws IOException {
    assertThat(MaskImage.decode(tiff(1, 0, -1), 9).toBytes()).containsExactly(0, 1);
    assertThat(MaskImage.decode(tiff(1, Integer.MIN_VALUE, Integer.MAX_VALUE), 9).toBytes())
        .containsExactly(1, 0);
  }

  @Test
  void decode_tiffOf32BitsWithSign_mayNotBeNegative() {
    assertThatThrownBy(() -> MaskImage.decode(tiff(2, 0, -1), 9))
        .isInstanceOf(IOException.class)
        .hasMessage("value -1 (expected: 0 or more)");
  }
}
