package dev.synthorax.client.phantom;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.View;
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
import org.junit.jupiter.params.provider.EnumSource;
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
    "0, 64, 08100ee736937723d68217e9788acb84fcb804c034071ebc0480537ac6678885",
    "42, 128, bb0c5fbda7bfafae802cfae94127231a4050056ad209decf67e2e21b2bfbba3a",
    "42, 256, 996c897446d5e25670a393bb834aba30c96fb0db53a477ca196faa130198b75a",
    "7, 512, 0d1a509a4d5a7c31330b7a48db2a5680875a5a8c30d742ab7c6c5963484776e1",
    "123456, 1024, 6fe39ef24faa28db680f3668be0c0e3c63615ca6f708ddbad17a4a9801a1625a",
    "1000001, 128, 2c6a6e33232a7cb9b7ac95a9397bab08680865e5ea1a181049dfbbebc47b1719",
    "2000018, 128, aef2564e8637658e24de982171b7adfe24bd5039511de1866cecfa06f63593c7",
    "2999999, 200, ef1e29c5c36bd8fa9a594e6fd4217572fc84a6235d729eff2ecdb2e54f9b2c50",
    "10000003, 128, a1784bcce6c13d1af54ca10a277992dd037122556f1380962b999cf727456794",
    "20000004, 128, e2cf5aaee988dd0c6a8406bc06092a0cc83a3c8eba7ec770f8e0c055a9dfddb7",
    "30000005, 128, be8254a1c45af0f08b63d903cd5a074139c81a9b6a7afe568ab9e4205883a59e",
    "43000006, 128, 656b84f30aaf410337f59d156213fac02db6d1bd5d55c63cac0fbe94580b6500",
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

  @ParameterizedTest
  @EnumSource
  void sample_manyFilms_haveMasksAndBoxesExactlyWhereTheLabelsSay(Site site) throws Exception {
    new PhantomStream(PhantomSpec.of(site.first(Split.TEST), 96), 40)
        .forEach(
            1,
            sample -> {
              ImageInfo info = sample.info();
              assertThat(sample.mask(Structure.PNEUMOTHORAX).area() > 0)
                  .as(info.id())
                  .isEqualTo(info.has("pneumothorax"));
              assertThat(sample.mask(Structure.RIB_FRACTURE).area() > 8)
                  .as(info.id())
                  .isEqualTo(info.has("fracture"));
              assertThat(sample.mask(Structure.CHEST_TUBE).area() > 8)
                  .as(info.id())
                  .isEqualTo(info.has("support_devices"));
              assertThat(info.boxes().isEmpty()).as(info.id()).isEqualTo(!info.has("pneumonia"));
              assertThat(info.attributes().get("true_findings"))
                  .as(info.id())
                  .isEqualTo(PhantomLabels.positives(info.labels()));
              if (info.view() == View.PA) {
                assertThat((Double) requireNonNull(info.attributes().get("ctr")) > 0.5)
                    .as(info.id())
                    .isEqualTo(info.has("cardiomegaly"));
              }
            });
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
