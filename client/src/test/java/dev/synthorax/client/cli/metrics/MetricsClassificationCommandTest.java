package dev.synthorax.client.cli.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.metrics.DecisionMetric;
import dev.synthorax.client.stats.Adjustment;
import dev.synthorax.client.stats.Alternative;
import dev.synthorax.client.stats.ComparisonPlan;
import dev.synthorax.client.stats.Comparisons;
import dev.synthorax.client.stats.PairedTest;
import dev.synthorax.client.stats.ScoreFile;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MetricsClassificationCommandTest extends MetricsCase {
  private static final String SCORES =
      """
      image,patient,split,label,truth,score,sex
      v1,p1,val,edema,1,0.8,F
      v2,p2,val,edema,0,0.3,M
      t1,p3,test,edema,1,0.9,F
      t2,p4,test,edema,0,0.4,M
      t3,p5,test,edema,1,0.6,M
      t4,p6,test,edema,0,0.1,F
      """;

  @Test
  void classification_validationAndTest_givesLabelsAndGroups() throws IOException {
    int exit = run("classification", file("s.csv", SCORES), "--group", "sex", "--json");

    assertThat(exit).isZero();
    assertThat(err.toString()).isEmpty();
    JsonNode results = new JsonMapper().readTree(out.toString()).get("results");
    JsonNode label = results.get("all").get("labels").get(0);
    assertThat(label.get("auroc").doubleValue()).isEqualTo(1);
    assertThat(label.get("atThreshold").get("threshold").doubleValue()).isEqualTo(0.8);
    assertThat(label.get("atThreshold").get("falseNegatives").intValue()).isEqualTo(1);
    assertThat(label.get("atHalf").get("f1").doubleValue()).isEqualTo(1);
    assertThat(results.get("sex=F").get("labels").get(0).get("n").intValue()).isEqualTo(2);
  }

  @Test
  void classification_table_hasLabelsAndAverages() throws IOException {
    assertThat(run("classification", file("s.csv", SCORES))).isZero();

    assertThat(out.toString()).contains("edema", "MACRO AUROC", "validation", "0.5");
  }

  @Test
  void classification_noValidationAndOneClass_warns() throws IOException {
    String text = SCORES.replaceAll("(?m)^v.*\n", "").replace("edema,1", "edema,0");

    assertThat(run("classification", file("s.csv", text))).isZero();

    assertThat(err.toString())
        .contains("no rows of split 'validation': no thresholds are chosen")
        .contains("label 'edema', all: 0 of 4 test images are positive: one class, so no AUROC");
  }

  @Test
  void scoresOut_twoArms_areComparedByStats() throws IOException {
    String all = folder.resolve("all.csv").toString();
    String scores = file("s.csv", SCORES);
    for (String arm : new String[] {"real", "masks"}) {
      assertThat(run("classification", scores, "--scores-out", all, "--arm", arm)).isZero();
    }

    assertThat(run("classification", scores, "--scores-out", all, "--arm", "real")).isEqualTo(1);

    assertThat(err.toString()).contains("all.csv: line 2: arm 'real' (expected: another arm");
    assertThat(Files.readString(folder.resolve("all.csv")))
        .startsWith("arm,patient,image,task,truth,score\nreal,p3,t1,edema,1,0.9\n")
        .hasLineCount(9);
    Comparisons comparisons =
        Comparisons.of(
            ScoreFile.read(folder.resolve("all.csv")),
            new ComparisonPlan(
                "real",
                DecisionMetric.ACCURACY,
                0.5,
                new PairedTest.McNemar(),
                Alternative.GREATER,
                Adjustment.NONE,
                0.95));
    assertThat(comparisons.all().getFirst().n()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          t1,p3,test,edema,1,0.9 | t1,p3,test,edema,1,NaN | line 4: score 'NaN' (expected: a finite
          t1,p3,test,edema,1,0.9 | t1,p3,test,edema,,0.9  | line 4: truth '' (expected: 0 or 1)
          t1,p3,test,edema,1,0.9 | t1,p1,test,edema,1,0.9 | line 4: patient 'p1' (expected: a patient of one split; line 2
          t1,p3,test,edema,1,0.9 | t1,p3,dev,edema,1,0.9  | line 4: split 'dev' (expected: train, validation or test)
          t2,p4,test             | t1,p3,test             | line 5: image 't1' (expected: each image once
          t2,p4,test             | t1,p4,test             | line 5: patient 'p4' (expected: 'p3', as in an earlier row
          v1,p1,val,edema,1      | v1,p1,val,edema,0      | label 'edema': no positive among 2 validation images
          t1,p3,test,edema       | t1,p3,test,pneumonia   | label 'pneumonia': no threshold
          image,patient          | image,person           | line 1: no column 'patient'
          """)
  void classification_brokenRows_nameFileRowAndValue(String from, String to, String message)
      throws IOException {
    String text = SCORES.replace(from.strip(), to.strip());

    assertThat(run("classification", file("s.csv", text))).isEqualTo(1);

    assertThat(err.toString().lines()).singleElement().asString().contains("s.csv: ", message);
  }
}
