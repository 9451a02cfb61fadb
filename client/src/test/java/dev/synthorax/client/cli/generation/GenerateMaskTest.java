package dev.synthorax.client.cli.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** Masks on their way from a file to a request. */
final class GenerateMaskTest extends GenerateCase {
  @Test
  void generate_maskThatIsNoImage_namesTheFile() throws IOException {
    Path mask = Files.writeString(temp.resolve("heart.png"), "GIF89a");

    int exit =
        runOnFake("generate", "--mask", "heart=" + mask, "--out", temp.resolve("x").toString());

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString())
        .startsWith(
            "error: masks[0].png: "
                + mask
                + ": no image (expected: PNG, JPEG, BMP, TIFF or DICOM); see --mask");
  }

  @Test
  void generate_maskOfOnes_isSentAsTheMaskOf255() throws IOException {
    GrayImage ones = GrayImage.of(3, 1, new byte[] {0, 1, 0});
    Path mask = Files.write(temp.resolve("lungs.jpg"), Png.encode(ones));

    int exit =
        runOnFake("generate", "--mask", "lungs=" + mask, "--out", temp.resolve("x").toString());

    assertThat(exit).isZero();
    assertThat(fake.requests.peek().getMasks(0).getPng().toByteArray())
        .isEqualTo(Png.encode(GrayImage.of(3, 1, new byte[] {0, -1, 0})));
    assertThat(err.toString()).doesNotContain("warning");
  }

  @Test
  void generate_maskOfNothing_isTheServersToWarnOf() throws IOException {
    Path mask = Files.write(temp.resolve("lungs.png"), Png.encode(GrayImage.of(1, 1, new byte[1])));

    int exit =
        runOnFake("generate", "--mask", "lungs=" + mask, "--out", temp.resolve("x").toString());

    assertThat(exit).isZero();
    assertThat(err.toString()).doesNotContain("warning");
  }

  @Test
  void generate_maskOfGreys_isRefusedWithItsValues() throws IOException {
    GrayImage greys = GrayImage.of(3, 1, new byte[] {0, 7, 9});
    Path mask = Files.write(temp.resolve("lungs.png"), Png.encode(greys));

    int exit =
        runOnFake("generate", "--mask", "lungs=" + mask, "--out", temp.resolve("x").toString());

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo(
            "error: masks[0].png: "
                + mask
                + ": 3 values: 0, 7, 9 (expected: a mask of two values, the brighter inside); see"
                + " --mask\n");
  }

  @Test
  void generate_maskBomb_isRefusedByItsHeader() throws IOException {
    byte[] png = png();
    ByteBuffer.wrap(png).putInt(16, 20_000).putInt(20, 20_000);
    CRC32 crc = new CRC32();
    crc.update(png, 12, 17);
    ByteBuffer.wrap(png).putInt(29, (int) crc.getValue());
    Path mask = Files.write(temp.resolve("bomb.png"), png);

    int exit =
        runOnFake("generate", "--mask", "heart=" + mask, "--out", temp.resolve("x").toString());

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).contains("20000 x 20000 pixels (expected: at most 4096 a side)");
  }

  @Test
  void generate_sameStructureTwice_isRefused() throws IOException {
    Path mask = Files.write(temp.resolve("heart.png"), png());

    int exit =
        runOnFake(
            "generate",
            "--mask",
            "heart=" + mask,
            "--mask",
            "heart=" + mask,
            "--out",
            temp.resolve("x").toString());

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString())
        .startsWith(
            "error: masks[1].structure: heart again (expected: each structure at most once)");
  }

  private static byte[] png() {
    return Png.encode(GrayImage.of(4, 4, new byte[16]));
  }
}
