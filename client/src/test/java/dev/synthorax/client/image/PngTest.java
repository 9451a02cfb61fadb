package dev.synthorax.client.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PngTest {
  private static GrayImage ramp(int width, int height) {
    byte[] pixels = new byte[width * height];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 7 + i / width);
    }
    return GrayImage.of(width, height, pixels);
  }

  @Test
  void encode_thenDecode_givesTheSameImage() throws IOException {
    GrayImage image = ramp(37, 21);

    GrayImage decoded = Png.decode(Png.encode(image), 64);

    assertThat(decoded).isEqualTo(image);
  }

  @Test
  void encode_anyImage_isReadAlikeByTheJdk() throws IOException {
    GrayImage image = ramp(19, 23);

    BufferedImage read = ImageIO.read(new ByteArrayInputStream(Png.encode(image)));

    assertThat(read.getType()).isEqualTo(BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < 23; y++) {
      for (int x = 0; x < 19; x++) {
        assertThat(read.getRaster().getSample(x, y, 0)).isEqualTo(image.at(x, y));
      }
    }
  }

  @Test
  void decode_colour_givesLuma() throws IOException {
    BufferedImage colour = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
    colour.setRGB(0, 0, 0xFF0000);
    colour.setRGB(1, 0, 0xFFFFFF);

    GrayImage decoded = Png.decode(jdkPng(colour), 8);

    assertThat(decoded.at(0, 0)).isEqualTo(76);
    assertThat(decoded.at(1, 0)).isEqualTo(255);
  }

  @Test
  void decode_sixteenBitGrey_keepsTheHighByte() throws IOException {
    BufferedImage deep = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setSample(0, 0, 0, 0x12FF);
    deep.getRaster().setSample(1, 0, 0, 0xFE00);

    GrayImage decoded = Png.decode(jdkPng(deep), 8);

    assertThat(decoded.at(0, 0)).isEqualTo(0x12);
    assertThat(decoded.at(1, 0)).isEqualTo(0xFE);
  }

  @Test
  void decode_headerBeyondLimit_failsBeforeAnyPixelIsDecoded() throws IOException {
    byte[] bomb = headerOnly(20_000, 20_000); // no pixel data at all: decoding would fail otherwise

    assertThatThrownBy(() -> Png.decode(bomb, 4096))
        .isInstanceOf(IOException.class)
        .hasMessage("image of 20000 x 20000 pixels (expected: at most 4096 a side)");
  }

  @Test
  void decode_truncated_saysSo() {
    byte[] png = Png.encode(ramp(64, 64));

    assertThatThrownBy(() -> Png.decode(Arrays.copyOf(png, png.length / 2), 64))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("damaged or truncated");
    assertThatThrownBy(() -> Png.decode(Arrays.copyOf(png, 12), 64))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("damaged or truncated");
  }

  @Test
  void decode_noPng_saysSo() {
    assertThatThrownBy(
            () -> Png.decode("<svg/>".getBytes(java.nio.charset.StandardCharsets.UTF_8), 64))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a PNG");
    assertThatThrownBy(() -> Png.decode(new byte[0], 64)).hasMessageContaining("not a PNG");
  }

  private static byte[] jdkPng(BufferedImage image) throws IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ImageIO.write(image, "png", output);
    return output.toByteArray();
  }

  private static byte[] headerOnly(int width, int height) {
    byte[] png = Arrays.copyOf(Png.encode(ramp(2, 2)), 33); // signature and IHDR
    ByteBuffer buffer = ByteBuffer.wrap(png);
    buffer.putInt(16, width).putInt(20, height);
    CRC32 crc = new CRC32();
    crc.update(png, 12, 17);
    buffer.putInt(29, (int) crc.getValue());
    return png;
  }
}
