package dev.synthorax.client.phantom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhantomsTest {
  private static String sha256(Sample sample) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(sample.image().toBytes());
    for (Structure structure : Structure.CHANNELS) {
      digest.update(sample.mask(structure).toBytes());
    }
    digest.update(
        (sample.info().text() + sample.info().attributes()).getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * These move only when the phantom's pictures change on purpose; models trained on the old ones
   * no longer match.
   */
  @ParameterizedTest
  @CsvSource({
    "0, 64, 97ed5fe2db87b240d1d36a26b2eca456c6a30669382a0c650766db4179f4d111",
    "42, 128, 48bbfd3574064617c4a0e307b90825eb50939f134fa61a9a37162f422a6d5594",
    "42, 256, d7e17b23acaba3e856ba23a6a7b88c2f2068cf4b582810940bc6f838acbf3790",
    "7, 512, 36ab6c03c29df85b41583e7f6dd8bf0e0dc13df36d81ad618a40d10cd2417840",
    "123456, 1024, 6624e92d2741a76d9e8d80469b43ca376e519649bfeb1b164f4b19885ccae9e0",
    "1000001, 128, e1c03ae8002575c8dae18bc013e94ee1f9f47f2e8bdb7594835764693c743bd9",
    "2000018, 128, f28c4344dcec4cfffc6c427fdfa379b506398a08982ec522bfe7e1aca9325c7c",
    "2999999, 200, b2b1bd90640955c4222b970431c6e519d88783de06a13901abaf014234fd0305",
  })
  void sample_anySeedAndSize_givesTheGoldenBytes(long seed, int size, String expected)
      throws Exception {
    assertThat(sha256(Phantoms.sample(seed, size))).isEqualTo(expected);
  }

  @ParameterizedTest(name = "-Dtests.seed={0}")
  @ValueSource(longs = {3, 1_000_004, 2_000_018})
  void sample_otherSize_showsTheSamePatient(long seed) {
    Sample small = Phantoms.sample(seed, 128);
    Sample large = Phantoms.sample(seed, 384);

    assertThat(large.info().attributes()).isEqualTo(small.info().attributes());
    assertThat(large.info().text()).isEqualTo(small.info().text());
    assertThat(meanDifference(large.image().resize(128, 128), small.image())).isLessThan(4);
    for (Structure structure : new Structure[] {Structure.LUNGS, Structure.HEART}) {
      assertThat(dice(large.mask(structure).resize(128, 128), small.mask(structure)))
          .as(structure.wireName())
          .isGreaterThan(0.98);
    }
  }

  @ParameterizedTest(name = "-Dtests.seed={0}")
  @ValueSource(longs = {11, 222, 3_333, 44_444, 2_000_000, 2_999_999})
  void sample_masks_areDisjointAndInPlace(long seed) {
    Sample sample = Phantoms.sample(seed, 128);
    BinaryMask lungs = sample.mask(Structure.LUNGS);
    BinaryMask heart = sample.mask(Structure.HEART);
    BinaryMask air = sample.mask(Structure.PNEUMOTHORAX);

    int lungsLeft = 0;
    int heartLeft = 0;
    for (int y = 0; y < 128; y++) {
      for (int x = 0; x < 128; x++) {
        assertThat(lungs.at(x, y) && heart.at(x, y)).isFalse();
        assertThat(air.at(x, y) && !lungs.at(x, y)).isFalse();
        lungsLeft += x < 64 && lungs.at(x, y) ? 1 : 0;
        heartLeft += x < 64 && heart.at(x, y) ? 1 : 0;
      }
    }
    assertThat(lungs.area() / 16384.0).isBetween(0.15, 0.40);
    assertThat(heart.area() / 16384.0).isBetween(0.05, 0.20);
    assertThat((double) lungsLeft / lungs.area()).isBetween(0.35, 0.68); // a lung on either side
    assertThat((double) heartLeft / heart.area())
        .isLessThan(0.62); // the apex points to the image's right
    assertThat(air.area() > 0).isEqualTo(sample.info().has("pneumothorax"));
  }

  @Test
  void sample_normal_looksLikeAFilm() {
    for (long seed = 0; seed < 8; seed++) {
      Sample sample = Phantoms.sample(new PhantomSpec(seed, 128, Set.of(Finding.NORMAL)));

      double lungs = Regions.mean(sample.image(), sample.mask(Structure.LUNGS));
      double heart = Regions.mean(sample.image(), sample.mask(Structure.HEART));
      assertThat(lungs).as("lungs are dark, seed %d", seed).isBetween(45.0, 120.0);
      assertThat(heart - lungs).as("the heart is brighter, seed %d", seed).isGreaterThan(40);
      assertThat(sample.image().at(64, 126))
          .as("the abdomen is white, seed %d", seed)
          .isGreaterThan(180);
      assertThat(sample.image().at(1, 1)).as("open air is black, seed %d", seed).isLessThan(60);
    }
  }

  @Test
  void of_badSizeOrSeed_isRefused() {
    assertThatThrownBy(() -> PhantomSpec.of(1, 63))
        .hasMessage("size: 63 (expected: 64..1024 pixels)");
    assertThatThrownBy(() -> PhantomSpec.of(1, 1025)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PhantomSpec.of(-1, 64)).hasMessage("seed: -1 (expected: >= 0)");
  }

  private static double meanDifference(GrayImage a, GrayImage b) {
    double sum = 0;
    for (int y = 0; y < a.height(); y++) {
      for (int x = 0; x < a.width(); x++) {
        sum += Math.abs(a.at(x, y) - b.at(x, y));
      }
    }
    return sum / (a.width() * a.height());
  }

  private static double dice(BinaryMask a, BinaryMask b) {
    int both = 0;
    for (int y = 0; y < a.height(); y++) {
      for (int x = 0; x < a.width(); x++) {
        both += a.at(x, y) && b.at(x, y) ? 1 : 0;
      }
    }
    return 2.0 * both / (a.area() + b.area());
  }
}
