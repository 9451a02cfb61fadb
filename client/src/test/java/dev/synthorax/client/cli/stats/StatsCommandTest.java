package dev.synthorax.client.cli.stats;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.cli.CommandRun;
import dev.synthorax.client.cli.option.ExitCode;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatsCommandTest {
  /** Three pairs with mean difference .150453 and the published interval .099108 to .201798. */
  private static final String PUBLISHED =
      """
      arm,seed,metric,value,task
      real,1,f1,0.5,pneumonia
      masks,1,f1,0.629783949,pneumonia
      real,2,f1,0.5,pneumonia
      masks,2,f1,0.650453,pneumonia
      real,3,f1,0.5,pneumonia
      masks,3,f1,0.671122051,pneumonia
      """;

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return CommandRun.execute(out, err, "stats", arguments);
  }

  private String file(String text) throws IOException {
    return Files.writeString(folder.resolve("runs.csv"), text).toString();
  }

  @Test
  void compare_publishedF1_givesThePublishedNumbersAsJson() throws IOException {
    int exit =
        run(
            "compare",
            file(PUBLISHED),
            "--baseline",
            "real",
            "--metric",
            "f1",
            "--test",
            "paired-t",
            "--alternative",
            "greater",
            "--adjust",
            "bonferroni",
            "--json");

    assertThat(exit).isZero();
    JsonNode json = new JsonMapper().readTree(out.toString());
    JsonNode comparison = json.get("comparisons").get(0);
    assertThat(comparison.get("arm").textValue()).isEqualTo("masks");
    assertThat(comparison.get("task").textValue()).isEqualTo("pneumonia");
    assertThat(comparison.get("n").intValue()).isEqualTo(3);
    assertThat(comparison.get("df").doubleValue()).isEqualTo(2);
    assertThat(rounded(comparison, "meanDifference", 6)).isEqualTo("0.150453");
    assertThat(rounded(comparison, "ciLow", 6)).isEqualTo("0.099108");
    assertThat(rounded(comparison, "ciHigh", 6)).isEqualTo("0.201798");
    assertThat(rounded(comparison, "pValue", 4)).isEqualTo("0.0031");
    assertThat(comparison.get("pAdjusted")).isEqualTo(comparison.get("pValue"));
    assertThat(json.get("familySize").intValue()).isEqualTo(1);
  }

  private static String rounded(JsonNode node, String key, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", node.get(key).doubleValue());
  }

  @Test
  void compare_table_hasARowAndASentence() throws IOException {
    int exit = run("compare", file(PUBLISHED), "--baseline", "real", "--metric", "f1");

    assertThat(exit).isZero();
    assertThat(out.toString())
        .contains("masks  pneumonia  3    0.150453  0.099108  0.201798")
        .contains("p = 0.0031")
        .contains("No test here shows");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void compare_onePair_warnsOnStderr() throws IOException {
    int exit =
        run(
            "compare",
            file("arm,seed,metric,value\nreal,1,f1,0.5\nmasks,1,f1,0.6\n"),
            "--baseline",
            "real",
            "--metric",
            "f1");

    assertThat(exit).isZero();
    assertThat(err.toString()).startsWith("warning: arm 'masks': n = 1: one pair has no variance");
    assertThat(out.toString()).contains("no p-value");
  }

  @Test
  void compare_unpairedSeed_failsWithOneLine() throws IOException {
    int exit =
        run(
            "compare",
            file(PUBLISHED.replace("masks,3", "masks,4")),
            "--baseline",
            "real",
            "--metric",
            "f1");

    assertThat(exit).isEqualTo(ExitCode.FAILED);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString().lines()).singleElement().asString().contains("line 7", "seed '4'");
  }

  @Test
  void compare_unknownNames_areBadUsage() throws IOException {
    String file = file(PUBLISHED);

    assertThat(run("compare", file, "--baseline", "base", "--metric", "f1")).isEqualTo(2);
    assertThat(run("compare", file, "--baseline", "real", "--metric", "auc")).isEqualTo(2);
    assertThat(run("compare", file, "--baseline", "real", "--metric", "f1", "--test", "t"))
        .isEqualTo(2);
    assertThat(
            run("compare", file, "--baseline", "real", "--metric", "f1", "--test", "nadeau-bengio"))
        .isEqualTo(2);
    assertThat(err.toString().lines())
        .hasSize(4)
        .anyMatch(line -> line.contains("an arm of") && line.contains("real, masks"))
        .anyMatch(line -> line.contains("--metric: 'auc'") && line.contains(": f1)"))
        .anyMatch(line -> line.contains("'t' (expected: paired-t, nadeau-bengio"))
        .anyMatch(line -> line.contains("--test-train-ratio: missing"));
  }

  @Test
  void compare_missingFile_failsWithItsName() {
    assertThat(run("compare", "none.csv", "--baseline", "a", "--metric", "f1")).isEqualTo(1);
    assertThat(err.toString()).contains("none.csv: no such file");
  }

  @Test
  void power_twoOfThree_givesTheThird() throws IOException {
    assertThat(run("power", "--n", "3", "--effect", "0.8", "--json")).isZero();

    JsonNode json = new JsonMapper().readTree(out.toString());
    assertThat(rounded(json, "power", 3)).isEqualTo("0.247");
    assertThat(run("power", "--n", "3")).isEqualTo(2);
    assertThat(err.toString()).contains("give exactly two of --n, --effect and --power");
  }
}
