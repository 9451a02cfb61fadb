package dev.synthorax.client.phantom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.dataset.Finding;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PhantomPromptsTest {
  private static final int SEEDS = 3000;
  private static final Map<Finding, List<String>> WORDS = new EnumMap<>(Finding.class);

  static {
    WORDS.put(Finding.NORMAL, List.of("normal", "no acute"));
    WORDS.put(Finding.CARDIOMEGALY, List.of("cardiomegaly", "enlarged"));
    WORDS.put(Finding.PLEURAL_EFFUSION, List.of("effusion"));
    WORDS.put(Finding.PNEUMOTHORAX, List.of("pneumothorax"));
    WORDS.put(Finding.CONSOLIDATION, List.of("consolidation", "opacity"));
    WORDS.put(Finding.EDEMA, List.of("edema"));
    WORDS.put(Finding.ATELECTASIS, List.of("atelectasis", "collapse"));
    WORDS.put(Finding.PNEUMONIA, List.of("pneumonia"));
    WORDS.put(Finding.RIB_FRACTURE, List.of("rib fracture", "fractured rib"));
  }

  /** Films of the sites A and B. */
  private static LongStream seeds() {
    return LongStream.concat(
        LongStream.range(0, SEEDS), LongStream.range(10_000_000, 10_000_000 + SEEDS));
  }

  private static Examination film(long seed) {
    return Examination.of(PhantomSpec.of(seed, 64));
  }

  private static String prompt(Examination film) {
    return PhantomPrompts.describe(film, film.ofDay(Draw.Purpose.PROMPT));
  }

  @Test
  void describe_anyFilm_namesItsTwoLargestFindingsAndNoOther() {
    seeds()
        .forEach(
            seed -> {
              Examination film = film(seed);
              String prompt = prompt(film);
              int named = 0;
              for (Finding finding : Finding.values()) {
                if (WORDS.getOrDefault(finding, List.of()).stream().anyMatch(prompt::contains)) {
                  assertThat(film.pathology().findings())
                      .as("'%s', seed %d", prompt, seed)
                      .contains(finding);
                  named++;
                }
              }
              assertThat(named)
                  .as("'%s', seed %d", prompt, seed)
                  .isEqualTo(Math.min(2, film.pathology().findings().size()));
            });
  }

  @Test
  void describe_sideSizeTubeOrViewNamed_isTheFilms() {
    seeds()
        .forEach(
            seed -> {
              Examination film = film(seed);
              Drain drain = film.pathology().drain();
              String prompt = prompt(film);
              Set<String> words = new HashSet<>(List.of(prompt.split("[ ,]+")));
              for (Side side : Side.values()) {
                Predicate<Lesion> same = lesion -> lesion.side() == side;
                assertThat(
                        !words.contains(side.word())
                            || film.pathology().lesions().stream().anyMatch(same)
                            || (drain != null && drain.side() == side))
                    .as("'%s', seed %d", prompt, seed)
                    .isTrue();
              }
              for (Severity severity : Severity.values()) {
                assertThat(
                        !words.contains(severity.word())
                            || film.pathology().lesions().stream()
                                .anyMatch(lesion -> lesion.severity() == severity))
                    .as("'%s', seed %d", prompt, seed)
                    .isTrue();
              }
              assertThat(!words.contains("tube") || drain != null).as(prompt).isTrue();
              assertThat(!words.contains("portable") || film.geometry().portable())
                  .as(prompt)
                  .isTrue();
            });
  }

  @Test
  void wordings_coverEveryPromptOfOneFinding() {
    Set<String> wordings = new HashSet<>(Phantoms.wordings());
    seeds()
        .forEach(
            seed -> {
              Examination film = film(seed);
              String prompt = prompt(film).replace("portable film, ", "");
              int tube = prompt.indexOf(", left chest tube");
              tube = tube < 0 ? prompt.indexOf(", right chest tube") : tube;
              tube = tube < 0 ? prompt.indexOf(", chest tube") : tube;
              if (film.pathology().lesions().size() < 2) {
                assertThat(wordings).contains(tube < 0 ? prompt : prompt.substring(0, tube));
              }
              if (tube >= 0) {
                assertThat(wordings).contains(prompt.substring(tube + 2));
              }
            });
  }

  @Test
  void describe_manyFilms_leaveOutSizeAndSideInAThird() {
    long bare =
        seeds()
            .mapToObj(PhantomPromptsTest::film)
            .filter(film -> film.pathology().lesions().size() == 1)
            .filter(film -> film.pathology().lesions().get(0) instanceof Lesion.Pneumothorax)
            .filter(
                film -> prompt(film).replaceAll("portable film, |,.*", "").equals("pneumothorax"))
            .count();
    long all =
        seeds()
            .mapToObj(PhantomPromptsTest::film)
            .filter(film -> film.pathology().lesions().size() == 1)
            .filter(film -> film.pathology().lesions().get(0) instanceof Lesion.Pneumothorax)
            .count();

    assertThat((double) bare / all).isBetween(0.24, 0.45);
  }
}
