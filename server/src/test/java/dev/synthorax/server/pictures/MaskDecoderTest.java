package dev.synthorax.server.pictures;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.files.Sha256;
import dev.synthorax.server.png.PngEncoder;
import dev.synthorax.server.png.PngHeader;
import dev.synthorax.server.png.PngText;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MaskDecoderTest {
  private static float[] decode(byte[] png, int width, int height) {
    float[] target = new float[width * height];
    decode(png, target, width, height);
    return target;
  }

  private static MaskCondition.Given decode(byte[] png, float[] target, int width, int height) {
    return MaskDecoder.decode(MaskFile.of("lungs", ByteBuffer.wrap(png)), target, 0, width, height);
  }

  private static byte[] gray8(int width, int height, int... samples) {
    byte[] bytes = new byte[samples.length];
    for (int i = 0; i < samples.length; i++) {
      bytes[i] = (byte) samples[i];
    }
    return PngEncoder.encode(bytes, width, height, 8, PngText.NONE);
  }

  @ParameterizedTest
  @CsvSource({"0,255", "0,1", "0,100", "1,2", "254,255"})
  void decode_gray8_theBrighterOfTwoIsInside(int dark, int bright) {
    assertThat(decode(gray8(4, 1, dark, bright, bright, dark), 4, 1)).containsExactly(0, 1, 1, 0);
  }

  @ParameterizedTest
  @CsvSource({"0,1", "0,255", "0,65535", "256,257"})
  void decode_gray16_theBrighterOfTwoIsInside(int dark, int bright) {
    var samples = ByteBuffer.allocate(6).putShort((short) bright).putShort((short) dark);
    samples.putShort((short) bright);

    assertThat(decode(PngEncoder.encode(samples.array(), 3, 1, 16, PngText.NONE), 3, 1))
        .containsExactly(1, 0, 1);
  }

  @ParameterizedTest
  @CsvSource({"0,0,true", "1,1,false", "255,1,false"})
  void decode_oneValue_isInsideUnlessItIsZero(int sample, int inside, boolean empty) {
    float[] target = new float[2];

    var given = decode(gray8(2, 1, sample, sample), target, 2, 1);

    assertThat(target).containsExactly(inside, inside);
    assertThat(given.empty()).isEqualTo(empty);
  }

  @Test
  void decode_moreThanTwoValues_areRefusedAndNamed() {
    assertRefused(
        gray8(4, 1, 0, 127, 128, 255),
        "4 values: 0, 127, 128, 255 (expected: a mask of two values, the brighter inside)");
    assertRefused(gray8(6, 1, 9, 4, 3, 2, 1, 0), "6 values: 0, 1, 2, 3, ... (expected: ");
    var deep = ByteBuffer.allocate(2 * 300);
    for (int i = 0; i < 300; i++) {
      deep.putShort((short) (100 * i));
    }
    assertRefused(
        PngEncoder.encode(deep.array(), 300, 1, 16, PngText.NONE),
        "more than 256 values: among them 0, 100, ");
  }

  @Test
  void decode_colours_compareByTheirBrightness() throws IOException {
    assertThat(decode(argb(BufferedImage.TYPE_INT_RGB, 0xFF0000, 0x00FF00), 2, 1))
        .containsExactly(0, 1);
    assertRefused(
        argb(BufferedImage.TYPE_INT_RGB, 0xFF0000, 0x00FF00, 0x0000FF),
        "3 values: (0, 0, 255), (255, 0, 0), (0, 255, 0) (expected: ");
  }

  @Test
  void decode_oneColourOfTwoOpacities_theMoreOpaqueIsInside() throws IOException {
    int rgba = BufferedImage.TYPE_INT_ARGB;

    assertThat(decode(argb(rgba, 0x00000000, 0xFF000000), 2, 1)).containsExactly(0, 1);
    assertThat(decode(argb(rgba, 0xFFFFFFFF, 0x00FFFFFF), 2, 1)).containsExactly(1, 0);
    assertThat(decode(argb(rgba, 0x00FFFFFF, 0x00FFFFFF), 2, 1)).containsExactly(0, 0);
    assertThat(decode(argb(rgba, 0xFFFFFFFF, 0x00000000), 2, 1)).containsExactly(1, 0);
  }

  @Test
  void decode_valuesThatDoNotTellInsideFromOutside_areRefused() throws IOException {
    int rgba = BufferedImage.TYPE_INT_ARGB;

    assertRefused(
        argb(rgba, 0xFF000000, 0x00FFFFFF),
        "values 0 of opacity 255 and 255 of opacity 0"
            + " (expected: the brighter one, inside, to be opaque)");
    assertRefused(argb(rgba, 0xFF000000, 0xFFFFFFFF, 0x00000000), "3 values: 0 of opacity 0, ");
    assertRefused(
        argb(BufferedImage.TYPE_INT_RGB, 0x1A0000, 0x00081B),
        "values (0, 8, 27) and (26, 0, 0) (expected: one brighter, inside)");
  }

  @Test
  void decode_paletteThatListsAColourTwice_countsColours() throws IOException {
    byte[] levels = {0, 7, 0, 7};
    var model = new IndexColorModel(2, 4, levels, levels, levels);
    var image = new BufferedImage(4, 1, BufferedImage.TYPE_BYTE_BINARY, model);
    for (int x = 0; x < 4; x++) {
      image.getRaster().setSample(x, 0, 0, x);
    }

    assertThat(decode(written(image), 4, 1)).containsExactly(0, 1, 0, 1);
  }

  @Test
  void decode_tooSmallForTheTarget_isEmptyAndHashed() {
    int[] samples = new int[64];
    samples[1] = 255;
    float[] target = new float[4];
    byte[] png = gray8(8, 8, samples);

    var given = decode(png, target, 2, 2);

    assertThat(given).isEqualTo(new MaskCondition.Given("lungs", Sha256.hex(png), true));
    assertThat(target).containsOnly(0);
  }

  private static byte[] argb(int type, int... pixels) throws IOException {
    var image = new BufferedImage(pixels.length, 1, type);
    image.setRGB(0, 0, pixels.length, 1, pixels, 0, pixels.length);
    return written(image);
  }

  private static byte[] written(BufferedImage image) throws IOException {
    var out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_BYTE_BINARY,
        BufferedImage.TYPE_BYTE_INDEXED,
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_BYTE_GRAY
      })
  void decode_otherKindsOfPng_readBlackAndWhite(int type) throws IOException {
    var image = new BufferedImage(3, 2, type);
    image.setRGB(1, 0, 0xFFFFFFFF);
    image.setRGB(2, 1, 0xFFFFFFFF);

    assertThat(decode(written(image), 3, 2)).containsExactly(0, 1, 0, 0, 0, 1);
  }

  @Test
  void decode_otherSize_takesTheNearestSample() {
    byte[] png = gray8(2, 2, 255, 0, 0, 255);

    assertThat(decode(png, 4, 4)).containsExactly(1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1);
    assertThat(decode(gray8(4, 1, 0, 255, 0, 0), 2, 1)).containsExactly(1, 0);
  }

  @Test
  void decode_intoALaterChannel_leavesTheOthers() {
    float[] target = new float[4];

    MaskDecoder.decode(
        MaskFile.of("heart", ByteBuffer.wrap(gray8(2, 1, 255, 255))), target, 2, 2, 1);

    assertThat(target).containsExactly(0, 0, 1, 1);
  }

  @Test
  void decode_noImage_isInvalidAndNamesTheField() {
    assertRefused(
        "hello, this is not an image at all, really".getBytes(US_ASCII), "not a readable PNG");
    assertRefused(new byte[0], "not a readable PNG");
  }

  @Test
  void decode_truncatedImage_isInvalid() {
    byte[] png = gray8(64, 64, new int[64 * 64]);

    assertRefused(Arrays.copyOf(png, png.length - 20), "not a readable PNG");
    assertRefused(Arrays.copyOf(png, 33), "not a readable PNG");
  }

  @Test
  void decode_bombOf20000Pixels_isRefusedByItsHeader() {
    byte[] png = gray8(1, 1, 0);
    ByteBuffer.wrap(png).putInt(16, 20_000).putInt(20, 20_000);

    assertThatThrownBy(() -> decode(png, 16, 16))
        .isInstanceOf(InferenceException.class)
        .hasMessage("20000x20000 pixels (expected: at most 4096 a side)")
        .extracting("reason")
        .isEqualTo(ErrorReason.TOO_LARGE);
  }

  @ParameterizedTest
  @CsvSource({"8,0,1", "16,0,2", "8,2,3", "16,2,6", "4,3,1", "8,4,2", "16,6,8"})
  void pixelBytes_anyKindOfPng_isKnownFromItsHeader(int bitDepth, int colorType, int perPixel) {
    byte[] png = gray8(1, 1, 0);
    ByteBuffer.wrap(png).putInt(16, 100).putInt(20, 50).put(24, (byte) bitDepth);
    png[25] = (byte) colorType;

    assertThat(MaskFile.of("lungs", ByteBuffer.wrap(png)).pixelBytes()).isEqualTo(5000L * perPixel);
  }

  @Test
  void decode_headerThatLies_isInvalid() {
    byte[] png = gray8(1, 1, 0);
    ByteBuffer.wrap(png).putInt(16, 4096).putInt(20, 4096); // the checksum no longer fits either

    assertRefused(png, "not a readable PNG");
  }

  @Test
  void decode_tooManyBytes_isRefused() {
    assertThatThrownBy(() -> decode(new byte[PngHeader.MAX_BYTES + 1], 16, 16))
        .hasMessageContaining("bytes (expected: at most 16777216)")
        .extracting("reason")
        .isEqualTo(ErrorReason.TOO_LARGE);
  }

  private static void assertRefused(byte[] png, String message) {
    assertThatThrownBy(() -> decode(png, 16, 16))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining(message)
        .satisfies(
            e ->
                assertThat(((InferenceException) e).reason())
                    .isEqualTo(ErrorReason.INVALID_ARGUMENT));
  }
}
