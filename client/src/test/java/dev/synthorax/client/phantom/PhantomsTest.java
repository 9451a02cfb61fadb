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
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhantomsTest {
  private static String sha256(Sample sample) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(sample.image().toBytes());
    for (Structure structure : Structure.values()) {
      digest.update(sample.mask(structure).toBytes());
    }
    digest.update(sample.info().toString().getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * These move only when the phantom's pictures change on purpose; models trained on the old ones
   * no longer match.
   */
  @ParameterizedTest
  @CsvSource({
    "0, 64, 96c5d2e1e85110e906cb52271ebf5a7bee9bafebd2df40f1266276426503d310",
    "42, 128, 08663aef0975ddbb8c520c4f74b5b586e5e29ce2622c30bf0b8409a55dda681e",
    "42, 256, 20b067623b6aea50447a9796cfd8fbccf3b0c71c95e79cb9f0a6732ef7443e9f",
    "7, 512, 428f7ba494fbdd7ba6901260e5745b1eff827112f5e5ac28d24cfc296693f30c",
    "123456, 1024, 62796898c794730e2f42657e93fd15702ecd927bce41377d812cbd70e5e19b8d",
    "1000001, 128, 00614e27b34c3ef1acd3a0cf5de4b871e558e0ec00cb7ac6865948a51fa6ab19",
    "2000018, 128, aad494076c39d93422936ebf1dc5062cda5a1ee0a44d8740f7fe2c0b790485f9",
    "2999999, 200, 38e65b79496527100afbc78cdbf8daa5bd6498346ade3fb79c9007787022b530",
    "10000003, 128, 73adb87953bda2b8f584607eec0c04c3e087b26dae5099e9a5897d13c4912d73",
    "20000004, 128, acd73fbb59efd23d6d5b515d9b9475c843e73696db919bee3c6c74727a64945a",
    "30000005, 128, 160fe55232e5fcf1a24807ddee7d3314d9a36494e3739b44e34dd849fe27ef07",
    "43000006, 128, 0674776fe3d0e80ed11bbfa205a3b7a9acb09cf0b67ab03b3f7897b4ac96311a",
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
      Sample sample = Phantoms.sample(new PhantomSpec(seed, 128, Set.of(Finding.NORMAL), Cases.PA));

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

  @ParameterizedTest(name = "-Dtests.seed={0}")
  @ValueSource(longs = {5, 10_000_005, 20_000_000, 32_000_001, 43_000_002})
  void sample_anySite_hasAllMasksAndTheFactsOfItsSeed(long seed) {
    Sample sample = Phantoms.sample(seed, 96);

    assertThat(sample.masks()).containsOnlyKeys(Structure.values());
    BinaryMask lungs = sample.mask(Structure.LUNGS);
    BinaryMask left = sample.mask(Structure.LEFT_LUNG);
    BinaryMask right = sample.mask(Structure.RIGHT_LUNG);
    for (int i = 0; i < 96 * 96; i++) {
      int x = i % 96;
      int y = i / 96;
      assertThat(left.at(x, y) && right.at(x, y)).isFalse();
      assertThat(left.at(x, y) || right.at(x, y)).isEqualTo(lungs.at(x, y));
    }
    assertThat(sample.info().seed()).isEqualTo(seed);
    assertThat(sample.info().split()).isEqualTo(Site.split(seed));
    assertThat(sample.info().attributes()).containsEntry("site", Site.of(seed).name());
    assertThat(sample.info().patientId()).endsWith(String.valueOf(Site.patient(seed)));
    assertThat(sample.info().ageYears()).isBetween(18, 95);
  }

  @Test
  void stream_anyNumberOfThreads_givesTheSameSamplesInOrder() throws Exception {
    List<Sample> one = new ArrayList<>();
    List<Sample> three = new ArrayList<>();
    PhantomStream stream = new PhantomStream(PhantomSpec.of(10_000_000, 64), 12);

    stream.forEach(1, one::add);
    stream.forEach(3, three::add);

    assertThat(three).isEqualTo(one).hasSize(12);
    assertThat(three.get(11).info().seed()).isEqualTo(10_000_011);
  }

  @Test
  void stream_seedsOfTwoSites_areRefused() {
    assertThatThrownBy(() -> new PhantomStream(PhantomSpec.of(3_999_999, 64), 6_000_002))
        .hasMessage("count: 6000002 from seed 3999999 (expected: seeds of one site)");
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
