package dev.synthorax.client.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.image.codec.Samples;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class JpegTest {
  private static GrayImage smooth(int width, int height) {
    byte[] pixels = new byte[width * height];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i % width * 2 + i / width);
    }
    return GrayImage.of(width, height, pixels);
  }

  private static int largestDifference(GrayImage first, GrayImage second) {
    byte[] one = first.toBytes();
    byte[] other = second.toBytes();
    int largest = 0;
    for (int i = 0; i < one.length; i++) {
      largest = Math.max(largest, Math.abs((one[i] & 0xFF) - (other[i] & 0xFF)));
    }
    return largest;
  }

  @Test
  void encode_thenDecode_isCloserAtHigherQuality() throws IOException {
    GrayImage image = smooth(61, 43);

    byte[] low = Jpeg.encode(image, 30);
    byte[] high = Jpeg.encode(image, 100);

    assertThat(largestDifference(Jpeg.decode(high, 64), image)).isLessThanOrEqualTo(2);
    assertThat(largestDifference(Jpeg.decode(low, 64), image)).isBetween(3, 40);
    assertThat(low.length).isLessThan(high.length);
  }

  @Test
  void encode_anyMachine_givesTheseBytes() {
    byte[] jpeg = Jpeg.encode(smooth(61, 43), 95);

    CRC32 crc = new CRC32();
    crc.update(jpeg);
    assertThat(HexFormat.of().toHexDigits((int) crc.getValue())).isEqualTo("856e5677");
    assertThat(Jpeg.encode(smooth(61, 43), 95)).isEqualTo(jpeg);
  }

  @Test
  void encode_qualityOutOfRange_isRefused() {
    assertThatThrownBy(() -> Jpeg.encode(smooth(2, 2), 101))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("quality: 101 (expected: 1..100)");
  }

  @Test
  void decode_dataLostOrGarbled_isRefusedNotMended() {
    byte[] jpeg = Jpeg.encode(smooth(64, 64), 90);
    byte[] garbled = jpeg.clone();
    Arrays.fill(garbled, jpeg.length - 60, jpeg.length - 20, (byte) 0x7F);

    assertThatThrownBy(() -> Jpeg.decode(Arrays.copyOf(jpeg, jpeg.length - 60), 64))
        .isInstanceOf(IOException.class)
        .hasMessage("JPEG image is damaged or truncated (expected: a frame header and an end)");
    assertThatThrownBy(() -> Jpeg.decode(garbled, 64))
        .isInstanceOf(IOException.class)
        .hasMessage("JPEG image is damaged or truncated");
  }

  @Test
  void decode_progressiveOfTwelveBits_saysWhatIsRead() {
    byte[] jpeg = Jpeg.encode(smooth(16, 16), 90);
    int frame = 0;
    while (jpeg[frame] != (byte) 0xFF || jpeg[frame + 1] != (byte) 0xC0) {
      frame++;
    }
    jpeg[frame + 1] = (byte) 0xC2;
    jpeg[frame + 4] = 12;

    assertThatThrownBy(() -> Jpeg.decode(jpeg, 64))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "JPEG of process SOF2 with 12-bit samples (expected: baseline, extended or progressive"
                + " of 8 bits, grey extended of 12 bits, lossless)");
  }

  @Test
  void decodeSamples_grey_givesTheSamples() throws IOException {
    byte[] jpeg = Jpeg.encode(smooth(20, 10), 90);

    Samples samples = Jpeg.decodeSamples(jpeg, 20).samples();

    assertThat(samples.width()).isEqualTo(20);
    assertThat(samples.height()).isEqualTo(10);
    assertThat(samples.precision()).isEqualTo(8);
    byte[] grey = Jpeg.decode(jpeg, 20).toBytes();
    for (int i = 0; i < grey.length; i++) {
      assertThat((int) samples.values()[i]).isEqualTo(grey[i] & 0xFF);
    }
  }
}
