package dev.synthorax.client.stats;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.metrics.Metric;
import dev.synthorax.client.table.TableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonsTest {
  private static final String RUNS =
      """
      arm,seed,metric,value,task
      real,1,f1,0.50,pneumonia
      real,2,f1,0.52,pneumonia
      real,3,f1,0.55,pneumonia
      masks,1,f1,0.60,pneumonia
      masks,3,f1,0.68,pneumonia
      masks,2,f1,0.66,pneumonia
      labels,1,f1,0.51,pneumonia
      labels,2,f1,0.50,pneumonia
      labels,3,f1,0.57,pneumonia
      real,1,f1,0.30,edema
      real,2,f1,0.31,edema
      masks,1,f1,0.35,edema
      masks,2,f1,0.37,edema
      """;

  @TempDir private Path folder;

  private ScoreFile file(String text) throws IOException {
    Path path = folder.resolve("scores.csv");
    Files.writeString(path, text);
    return ScoreFile.read(path);
  }

  private static ComparisonPlan plan(String baseline, String metric, PairedTest test) {
    return new ComparisonPlan(
        baseline, Metric.of(metric), 0.5, test, Alternative.GREATER, Adjustment.BONFERRONI, 0.95);
  }

  private Comparisons runs(String text) throws IOException {
    return Comparisons.of(file(text), plan("real", "f1", new PairedTest.PairedT()));
  }

  @Test
  void of_tasksAndArms_comparesEachInItsTaskAsOneFamily() throws IOException {
    Comparisons comparisons = runs(RUNS);

    assertThat(comparisons.all())
        .extracting(each -> each.task() + "/" + each.arm() + "/" + each.n())
        .containsExactly("pneumonia/masks/3", "pneumonia/labels/3", "edema/masks/2");
    Comparison first = comparisons.all().getFirst();
    assertThat(first.result().estimate()).isEqualTo((0.10 + 0.14 + 0.13) / 3);
    assertThat(first.pAdjusted()).isEqualTo(3 * requireNonNull(first.result().pValue()));
    assertThat(comparisons.warnings())
        .singleElement()
        .asString()
        .contains("arm 'labels' has no rows in task 'edema'; not compared");
  }

  @Test
  void sentence_runs_saysTestUnitFamilyAndLimits() throws IOException {
    Comparisons comparisons = runs(RUNS);

    String sentence = comparisons.sentence(comparisons.all().getFirst());

    assertThat(sentence)
        .contains("'masks' against 'real' on f1 of task 'pneumonia'")
        .contains("n = 3 training runs paired by seed")
        .contains("one-tailed (arm above baseline) paired t-test, t(2) = ")
        .contains("Bonferroni over the family of all 3 comparisons printed here")
        .contains("would be found with 80 % power")
        .doesNotContain("no between-image variance");
  }

  @Test
  void caveats_severalComparisons_areSaidOnce() throws IOException {
    Comparisons comparisons = runs(RUNS);

    assertThat(comparisons.all()).hasSize(3);
    assertThat(comparisons.caveats())
        .hasSize(6) // what runs cannot show, the direction, and two things for each n
        .anyMatch(caveat -> caveat.contains("no between-image variance"))
        .anyMatch(caveat -> caveat.contains("finds d_z = ") && caveat.contains("with 80 % power"))
        .anyMatch(caveat -> caveat.startsWith("A one-tailed p is valid only if"));
    String text = String.join("\n", ComparisonTable.lines(comparisons));
    for (String caveat : comparisons.caveats()) {
      assertThat(text.split(java.util.regex.Pattern.quote(caveat), -1)).hasSize(2);
    }
  }

  @Test
  void of_equalDecimalDifferences_hasNoPValueButAWarning() throws IOException {
    Comparisons comparisons =
        runs(
            """
            arm,seed,metric,value
            real,1,f1,0.70
            real,2,f1,0.80
            masks,1,f1,0.71
            masks,2,f1,0.81
            """);

    TestResult result = comparisons.all().getFirst().result();
    assertThat(result.estimate()).isEqualTo(0.01);
    assertThat(result.statistic()).isNull();
    assertThat(result.pValue()).isNull();
    assertThat(result.interval()).isNull();
    assertThat(comparisons.warnings())
        .containsExactly(
            "arm 'masks': zero variance: all 2 differences are 0.01, so no test statistic exists;"
                + " check that the runs differ");
  }

  @Test
  void of_onePair_hasNoPValueInAnyTest() throws IOException {
    ScoreFile file = file("arm,seed,metric,value\nreal,1,f1,0.5\nmasks,1,f1,0.6\n");

    for (PairedTest test :
        List.of(
            new PairedTest.PairedT(),
            new PairedTest.NadeauBengio(0.25),
            new PairedTest.Wilcoxon(),
            new PairedTest.Permutation(Resampling.DEFAULT))) {
      Comparisons comparisons = Comparisons.of(file, plan("real", "f1", test));

      assertThat(comparisons.all().getFirst().result().pValue()).isNull();
      assertThat(comparisons.all().getFirst().detectable()).isNull();
      assertThat(comparisons.warnings()).singleElement().asString().contains("n = 1: one pair");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          masks,2,f1,0.66 | masks,4,f1,0.66 | line 7: arm 'masks', seed '4' in task 'pneumonia' has no partner in arm 'real'
          masks,2,f1,0.66 | masks,1,f1,0.66 | line 7: arm 'masks', seed '1' in task 'pneumonia' again, first in line 5
          masks,2,f1,0.66 | masks,2,f1,nan  | line 7: value 'nan' (expected: a finite decimal number)
          masks,2,f1,0.66 | masks,2,f1,     | line 7: value '' (expected: a finite decimal number
          masks,2,f1,0.66 | masks,2,f1,1e999 | line 7: value '1e999' (expected: a finite decimal number
          masks,2,f1,0.66 | masks,2,f1,0.6d | line 7: value '0.6d' (expected: a finite decimal number
          masks,2,f1,0.66 | masks,,f1,0.66  | line 7: seed '' (expected: a value
          masks,2,f1,0.66 | masks,2,f1,0.66,x | line 7: 6 values (expected: 5)
          arm,seed        | arm,sead        | line 1: no column 'seed' or 'image' in 'arm,sead,metric,value,task'
          arm,seed        | image,seed      | line 1: both 'seed' and 'image' or 'patient'
          arm,seed        | task,seed       | line 1: two columns 'task'
          value,task      | score,task      | line 1: no column 'value' in 'arm,seed,metric,score,task' (expected: arm,seed,metric,value for runs)
          """)
  void of_brokenRows_namesFileRowAndValue(String from, String to, String message) {
    String text = RUNS.replace(from.strip(), to.strip());

    assertThatThrownBy(() -> runs(text))
        .isInstanceOf(TableException.class)
        .message()
        .startsWith(folder.resolve("scores.csv").toString())
        .contains(message)
        .doesNotContain("\n");
  }

  @Test
  void of_seedOnlyInBaseline_namesTheArmThatLacksIt() {
    String text = RUNS.replace("masks,2,f1,0.66,pneumonia\n", "");

    assertThatThrownBy(() -> runs(text))
        .hasMessageContaining("line 3: arm 'real', seed '2' in task 'pneumonia' has no partner")
        .hasMessageContaining("arm 'masks' has 1, 3");
  }

  @Test
  void of_brokenRowOfAnotherMetric_isNoConcern() throws IOException {
    Comparisons comparisons = runs(RUNS + "masks,9,hd95,nan,edema\n");

    assertThat(comparisons.all()).hasSize(3);
  }

  @Test
  void read_notACsv_isOneLine() throws IOException {
    Path path = folder.resolve("scores.csv");
    Files.write(path, new byte[] {(byte) 0xFF, (byte) 0xFE, 'a'});

    assertThatThrownBy(() -> ScoreFile.read(path))
        .hasMessageEndingWith(
            "scores.csv: after line 0: not UTF-8 (expected: save the table as UTF-8)");
    assertThatThrownBy(() -> file("arm,seed\nreal,\"1")).hasMessageContaining("not a CSV: ");
    assertThatThrownBy(() -> file("")).hasMessageContaining("scores.csv is empty");
  }

  @Test
  void of_unknownArmOrMetric_listsTheKnown() throws IOException {
    ScoreFile file = file(RUNS);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Comparisons.of(file, plan("base", "f1", new PairedTest.PairedT())))
        .withMessageContaining("--baseline: 'base'")
        .withMessageContaining("real, masks, labels");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Comparisons.of(file, plan("real", "f2", new PairedTest.PairedT())))
        .withMessageContaining("--metric: 'f2'")
        .withMessageContaining(": f1)");
  }

  @Test
  void of_testThatDoesNotFitTheFile_saysWhatItNeeds() throws IOException {
    ScoreFile file = file(RUNS);

    for (PairedTest test : List.of(new PairedTest.DeLong(), new PairedTest.McNemar())) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Comparisons.of(file, plan("real", "f1", test)))
          .withMessageContaining("--test: " + test.wireName() + " of 'f1' in runs (expected: pred");
    }
  }

  @Test
  void of_byteOrderMarkBlanksAndEmptyLines_areRead() throws IOException {
    Comparisons comparisons = runs("\uFEFF" + RUNS.replace(",", " , ").replace("\n", "\r\n\r\n"));

    assertThat(comparisons.all()).hasSize(3);
  }

  private static String predictions() {
    SplittableRandom random = new SplittableRandom(3);
    StringBuilder text = new StringBuilder("arm,patient,image,truth,score\n");
    for (int image = 0; image < 60; image++) {
      int truth = image % 3 == 0 ? 1 : 0;
      for (String arm : new String[] {"real", "masks"}) {
        double signal = truth * (arm.equals("real") ? 0.2 : 0.4);
        double score = Math.round(1000 * (0.3 + signal + 0.3 * random.nextDouble())) / 1000.0;
        text.append(arm).append(",p").append(image / 2).append(",i").append(image);
        text.append(',').append(truth).append(',').append(score).append('\n');
      }
    }
    return text.toString();
  }

  @Test
  void of_deLongOfRepeatedPatients_warnsAndBootstrapDoesNot() throws IOException {
    ScoreFile file = file(predictions());
    PairedTest bootstrap =
        new PairedTest.Bootstrap(
            new Resampling(2000, 1), ClusterBootstrap.IntervalMethod.PERCENTILE);

    Comparisons deLong = Comparisons.of(file, plan("real", "auroc", new PairedTest.DeLong()));
    Comparisons clustered = Comparisons.of(file, plan("real", "auroc", bootstrap));

    assertThat(deLong.warnings()).singleElement().asString().contains("60 images of only 30");
    assertThat(clustered.warnings()).isEmpty();
    assertThat(clustered.all().getFirst().result().estimate())
        .isCloseTo(deLong.all().getFirst().result().estimate(), Offset.offset(1e-12));
    assertThat(clustered.all().getFirst().clusters()).isEqualTo(30);
  }

  @Test
  void of_accuracy_countsDiscordantImages() throws IOException {
    Comparisons comparisons =
        Comparisons.of(file(predictions()), plan("real", "accuracy", new PairedTest.McNemar()));

    Comparison comparison = comparisons.all().getFirst();
    assertThat(comparison.result().method()).startsWith("McNemar's test of b = ");
    assertThat(comparison.result().estimate())
        .isCloseTo(comparison.armEstimate() - comparison.baselineEstimate(), Offset.offset(1e-12));
  }

  @Test
  void of_imageWithTwoPatientsOrTruths_namesBothRows() {
    PairedTest test = new PairedTest.DeLong();
    String patients = predictions().replace("masks,p3,i6,", "masks,p9,i6,");
    String truths = predictions().replace("masks,p3,i6,1", "masks,p3,i6,0");

    assertThatThrownBy(() -> Comparisons.of(file(patients), plan("real", "auroc", test)))
        .hasMessageContaining("line 15: arm 'masks', image 'i6' has patient 'p9', but line 14");
    assertThatThrownBy(() -> Comparisons.of(file(truths), plan("real", "auroc", test)))
        .hasMessageContaining(
            "line 15: arm 'masks', image 'i6' has truth 0, but line 14 has truth 1");
  }

  @Test
  void of_singleClass_isAnError() {
    String text = predictions().replaceAll("(?m),1,(0\\.\\d+)$", ",0,$1");

    assertThatThrownBy(
            () -> Comparisons.of(file(text), plan("real", "auroc", new PairedTest.DeLong())))
        .isInstanceOf(TableException.class)
        .hasMessageContaining("truth: 0 positive and 60 negative images");
  }

  @Test
  void json_undefinedComparison_isNullNeverNaN() throws IOException {
    Comparisons comparisons = runs("arm,seed,metric,value\nreal,1,f1,0.5\nmasks,1,f1,0.6\n");

    Map<String, @Nullable Object> json = ComparisonJson.of(comparisons);

    assertThat(String.valueOf(json)).contains("pValue=null", "ciLow=null").doesNotContain("NaN");
  }
}
