package dev.synthorax.client.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.Splits.Own;
import dev.synthorax.client.dataset.Splits.Shares;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SplitsTest {
  private static final Shares SHARES = new Shares(0.7, 0.1, 0.2);

  private static DatasetImage image(ImageInfo.Builder info) {
    return new DatasetImage(
        info.build(),
        any -> {
          throw new IOException("not read here");
        });
  }

  private static DatasetImage image(String id, String patient, @Nullable Split split) {
    return image(ImageInfo.builder(id).patientId(patient).split(split));
  }

  private static List<DatasetImage> images(int patients, int each) {
    List<DatasetImage> images = new ArrayList<>();
    for (int i = 0; i < patients * each; i++) {
      images.add(image("image" + i, "patient" + i % patients, null));
    }
    return images;
  }

  private static Map<String, Split> splits(List<DatasetImage> images) {
    Map<String, Split> splits = new HashMap<>();
    images.forEach(image -> splits.put(image.info().id(), image.info().split()));
    return splits;
  }

  @Test
  void byPatient_manyPatients_sharesHoldAndNobodyIsInTwo() {
    List<DatasetImage> divided = Splits.byPatient(images(5000, 3), 7, SHARES);

    Map<String, Split> patients = new HashMap<>();
    for (DatasetImage image : divided) {
      Split before = patients.put(image.info().patientId(), image.info().split());
      assertThat(before == null || before == image.info().split()).isTrue();
    }
    assertThat(patients.values().stream().filter(s -> s == Split.TRAIN).count())
        .isBetween(3400L, 3600L);
    assertThat(patients.values().stream().filter(s -> s == Split.TEST).count())
        .isBetween(900L, 1100L);
  }

  @Test
  void byPatient_tableInOtherOrderOrPartly_givesEveryImageTheSameSplit() {
    List<DatasetImage> images = images(200, 2);
    List<DatasetImage> shuffled = new ArrayList<>(images);
    Collections.shuffle(shuffled, new Random(3));

    Map<String, Split> expected = splits(Splits.byPatient(images, 1, SHARES));

    assertThat(splits(Splits.byPatient(shuffled, 1, SHARES))).isEqualTo(expected);
    assertThat(expected)
        .containsAllEntriesOf(splits(Splits.byPatient(shuffled.subList(0, 90), 1, SHARES)));
    assertThat(splits(Splits.byPatient(images, 2, SHARES))).isNotEqualTo(expected);
  }

  @Test
  void split_knownPatients_staysAsItWasRecorded() {
    List<Split> splits = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      splits.add(Splits.split("patient0000" + i, 42, SHARES));
    }

    assertThat(splits).hasToString(RECORDED);
  }

  private static final String RECORDED = "[TRAIN, TRAIN, TRAIN, TRAIN, TEST, TRAIN, TRAIN, TRAIN]";

  @Test
  void byPatient_patientWithASplit_keepsItUnlessReplaced() {
    List<DatasetImage> images = new ArrayList<>(images(50, 1));
    images.replaceAll(image -> image.withInfo(image.info().toBuilder().split(Split.TEST).build()));

    assertThat(Splits.byPatient(images, 1, SHARES))
        .allMatch(image -> image.info().split() == Split.TEST);
    assertThat(Splits.byPatient(images, 1, SHARES, Own.REPLACE))
        .anyMatch(image -> image.info().split() == Split.TRAIN);
  }

  @Test
  void byPatient_syntheticImages_trainOnly() {
    List<DatasetImage> images = new ArrayList<>(images(40, 1));
    for (int i = 0; i < 40; i++) {
      images.add(image(ImageInfo.builder("made" + i).attribute(Splits.SYNTHETIC, true)));
    }

    List<DatasetImage> divided = Splits.byPatient(images, 1, SHARES);

    assertThat(divided.subList(40, 80)).allMatch(image -> image.info().split() == Split.TRAIN);
    assertThat(divided.subList(0, 40)).anyMatch(image -> image.info().split() == Split.TEST);
  }

  @Test
  void byPatient_syntheticChildOfATestImage_namesBoth() {
    List<DatasetImage> images =
        List.of(
            image("real", "p1", Split.TEST),
            image(
                ImageInfo.builder("made")
                    .attribute(Splits.SYNTHETIC, true)
                    .attribute(Splits.PARENT, "real")));

    assertThatThrownBy(() -> Splits.byPatient(images, 1, SHARES))
        .hasMessageContaining("image 'made' was made from 'real', which is in test");
  }

  @Test
  void requireDisjoint_patientInTwoSplits_namesPatientSplitsAndImages() {
    List<DatasetImage> images =
        List.of(image("a", "p1", Split.TRAIN), image("b", "p1", Split.VALIDATION));

    assertThatThrownBy(() -> Splits.requireDisjoint(images))
        .hasMessage(
            "patient 'p1' is in train (image 'a') and in validation (image 'b')"
                + " (expected: one split a patient)");
  }

  @Test
  void requireDisjoint_syntheticImageInTest_isRefused() {
    List<DatasetImage> images =
        List.of(image(ImageInfo.builder("a").split(Split.TEST).attribute("synthetic", true)));

    assertThatThrownBy(() -> Splits.requireDisjoint(images))
        .hasMessageContaining("image 'a' of patient 'a' is synthetic and in test");
  }

  @Test
  void shares_sumOtherThanOne_isRefused() {
    assertThatThrownBy(() -> new Shares(0.7, 0.2, 0.2)).hasMessageContaining("sum 1");
  }

  @Test
  void fold_manyPatients_areAboutEvenlyFull() {
    int[] counts = new int[5];
    for (int i = 0; i < 1000; i++) {
      counts[Splits.fold("patient" + i, 12345, 5)]++;
    }

    assertThat(counts)
        .satisfies(
            all -> {
              for (int count : all) {
                assertThat(count).isBetween(150, 250);
              }
            });
  }
}
