package dev.synthorax.client.phantom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.View;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PhantomKnobsTest {
  private static final int FILMS = 2000;

  private static Map<String, Label> truth(long seed) {
    return PhantomLabels.of(Pathology.of(seed, Set.of(), PhantomKnobs.DEFAULT));
  }

  @Test
  void labels_ofPneumonia_holdItsParents() {
    Map<String, Label> labels =
        PhantomLabels.of(Pathology.of(3, Set.of(Finding.PNEUMONIA), PhantomKnobs.DEFAULT));

    assertThat(PhantomLabels.positives(labels))
        .containsExactly("consolidation", "pneumonia", "lung_opacity");
    assertThat(labels.keySet())
        .containsExactly(
            "no_finding",
            "cardiomegaly",
            "pleural_effusion",
            "pneumothorax",
            "consolidation",
            "edema",
            "atelectasis",
            "pneumonia",
            "fracture",
            "lung_opacity",
            "support_devices");
  }

  @Test
  void labelNoise_manyFilms_flipsAndDoubtsAsOftenAsAsked() {
    PhantomKnobs knobs = PhantomKnobs.DEFAULT.withLabelNoise(0.2, 0.1);
    int flipped = 0;
    int doubted = 0;
    int all = 0;
    for (long seed = 0; seed < FILMS; seed++) {
      Map<String, Label> truth = truth(seed);
      Map<String, Label> noisy =
          PhantomLabels.noisy(truth, knobs, Draw.of(seed, Draw.Purpose.LABELS));
      for (String name : truth.keySet()) {
        if (!name.equals(ImageInfo.NO_FINDING)) {
          all++;
          doubted += noisy.get(name) == Label.UNCERTAIN ? 1 : 0;
          flipped +=
              noisy.get(name) != Label.UNCERTAIN && noisy.get(name) != truth.get(name) ? 1 : 0;
        }
      }
      boolean finding =
          noisy.entrySet().stream()
              .anyMatch(
                  e ->
                      e.getValue() == Label.POSITIVE
                          && !List.of("no_finding", "support_devices").contains(e.getKey()));
      assertThat(noisy.get(ImageInfo.NO_FINDING) == Label.POSITIVE).isEqualTo(!finding);
    }

    assertThat(doubted / (double) all).isBetween(0.09, 0.11);
    assertThat(flipped / (double) all).isBetween(0.17, 0.19); // 0.2 of the 0.9 that are left
  }

  @Test
  void labelNoise_anyFilm_leavesPixelsMasksTextAndTruth() {
    PhantomSpec clean = Cases.spec(5, 64, Finding.EDEMA, PhantomKnobs.DEFAULT);
    PhantomSpec noisy = Cases.spec(5, 64, Finding.EDEMA, PhantomKnobs.DEFAULT.withLabelNoise(1, 0));
    Sample before = Phantoms.sample(clean);
    Sample after = Phantoms.sample(noisy);

    assertThat(after.image()).isEqualTo(before.image());
    assertThat(after.masks()).isEqualTo(before.masks());
    assertThat(after.info().text()).isEqualTo(before.info().text());
    assertThat(after.info().has("edema")).isFalse();
    assertThat(after.info().attributes().get("true_findings"))
        .isEqualTo(List.of("edema", "lung_opacity"));
  }

  @Test
  void confounding_strength_tiesTheSignToTheFinding() {
    for (double strength : new double[] {0, 1}) {
      PhantomKnobs knobs =
          PhantomKnobs.DEFAULT.withConfounding(
              new PhantomKnobs.Confounding(
                  Finding.PNEUMOTHORAX, PhantomKnobs.Channel.MARKER, strength));
      int agree = 0;
      for (long seed = 0; seed < FILMS; seed++) {
        Examination film = Examination.of(new PhantomSpec(seed, 64, Set.of(), knobs));
        boolean sign = Confounded.shows(film, PhantomKnobs.Channel.MARKER);
        agree += sign == film.pathology().findings().contains(Finding.PNEUMOTHORAX) ? 1 : 0;
        assertThat(Confounded.shows(film, PhantomKnobs.Channel.FILM)).isFalse();
      }
      assertThat(agree / (double) FILMS)
          .isBetween(strength == 1 ? 1.0 : 0.46, strength == 1 ? 1 : 0.54);
    }
  }

  @Test
  void confounding_signs_changeTheFilm() {
    Sample plain = Phantoms.sample(Cases.spec(7, 128, Finding.EDEMA, Cases.PA));
    for (PhantomKnobs.Channel channel : PhantomKnobs.Channel.values()) {
      PhantomKnobs knobs =
          Cases.PA.withConfounding(new PhantomKnobs.Confounding(Finding.EDEMA, channel, 1));
      Sample signed = Phantoms.sample(Cases.spec(7, 128, Finding.EDEMA, knobs));

      assertThat(signed.image()).as(channel.name()).isNotEqualTo(plain.image());
      assertThat(signed.masks()).isEqualTo(plain.masks());
    }
  }

  @Test
  void of_badKnobs_areRefused() {
    assertThatThrownBy(() -> PhantomKnobs.DEFAULT.withLabelNoise(1.5, 0))
        .hasMessage("label flips: 1.5 (expected: 0..1)");
    assertThatThrownBy(() -> PhantomKnobs.DEFAULT.withTubeGivenPneumothorax(Double.NaN))
        .hasMessage("P(tube | pneumothorax): NaN (expected: 0..1)");
    assertThatThrownBy(() -> PhantomKnobs.DEFAULT.withView(View.LATERAL))
        .hasMessage("view: LATERAL (expected: PA or AP)");
  }
}
