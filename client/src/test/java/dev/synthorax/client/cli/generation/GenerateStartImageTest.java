package dev.synthorax.client.cli.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.storage.ContentHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code generate --init-image}. */
final class GenerateStartImageTest extends GenerateCase {
  private int generate(String... more) {
    String[] args = new String[5 + more.length];
    System.arraycopy(
        new String[] {"generate", "--prompt", "p", "--out", temp.resolve("run").toString()},
        0,
        args,
        0,
        5);
    System.arraycopy(more, 0, args, 5, more.length);
    return runOnFake(args);
  }

  private Path image() throws IOException {
    return Files.write(temp.resolve("film.png"), Png.encode(GrayImage.of(2, 1, new byte[] {7, 9})));
  }

  @Test
  void generate_initImage_isSentAndWrittenDown() throws IOException {
    Path image = image();

    int exit = generate("--init-image", image.toString(), "--strength", "0.35");

    assertThat(exit).isZero();
    var sent = fake.requests.peek().getStartImage();
    assertThat(sent.getPng().toByteArray()).isEqualTo(Files.readAllBytes(image));
    assertThat(sent.getStrength()).isEqualTo(0.35);
    var line = manifest(temp.resolve("run")).getFirst().path("startImage");
    assertThat(line.path("sha256").asText()).isEqualTo(ContentHash.of(Files.readAllBytes(image)));
    assertThat(line.path("strength").asDouble()).isEqualTo(0.35);
  }

  @Test
  void generate_initImageAlone_leavesStrengthToTheServer() throws IOException {
    int exit = generate("--init-image", image().toString());

    assertThat(exit).isZero();
    assertThat(fake.requests.peek().getStartImage().hasStrength()).isFalse();
    assertThat(manifest(temp.resolve("run")).getFirst().path("startImage").has("strength"))
        .isFalse();
  }

  @Test
  void generate_inpaint_sendsTheRegionAsAMask() throws IOException {
    GrayImage ones = GrayImage.of(2, 1, new byte[] {0, 1});
    Path mask = Files.write(temp.resolve("region.png"), Png.encode(ones));

    int exit = generate("--init-image", image().toString(), "--inpaint", mask.toString());

    assertThat(exit).isZero();
    byte[] region = fake.requests.peek().getStartImage().getRedraw().toByteArray();
    assertThat(region).isEqualTo(Png.encode(GrayImage.of(2, 1, new byte[] {0, -1})));
    assertThat(manifest(temp.resolve("run")).getFirst().path("startImage").path("redrawn").asText())
        .isEqualTo(ContentHash.of(region));
  }

  @Test
  void generate_withoutInitImage_writesNothingOfIt() throws IOException {
    assertThat(generate()).isZero();
    assertThat(fake.requests.peek().hasStartImage()).isFalse();
    assertThat(manifest(temp.resolve("run")).getFirst().has("startImage")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1.5", "NaN"})
  void generate_strengthOutOfRange_isRefusedHere(String strength) throws IOException {
    int exit = generate("--init-image", image().toString(), "--strength", strength);

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("error: start_image.strength: ")
        .contains("(expected: above 0, at most 1); see --init-image");
  }

  @Test
  void generate_noSuchImageOrStrengthAlone_isBadUsage() {
    assertThat(generate("--init-image", temp.resolve("none.png").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("none.png: no such file (expected: an image)");
    assertThat(generate("--strength", "0.5")).isEqualTo(2);
    assertThat(err.toString()).contains("--init-image");
  }
}
