package dev.synthorax.client.cli.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.StagedWriter;
import dev.synthorax.client.dataset.format.WriteOptions;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MetricsSegmentationCommandTest extends MetricsCase {
  @Test
  void segmentation_folders_givesMeansGroupsAndImages() throws IOException {
    mask("t/a.png", 2, "##..", 255);
    mask("p/a.png", 2, "#...", 255);
    mask("t/b.png", 2, "....", 255);
    mask("p/b.png", 2, "....", 255);
    String groups = file("groups.csv", "image,sex,age\na,F,52\nb,M,\n");

    int exit = segmentation("--groups", groups, "--group", "sex", "--group", "age", "--json");

    assertThat(exit).isZero();
    JsonNode json = new JsonMapper().readTree(out.toString());
    assertThat(json.get("means").get("all").get("dice").doubleValue()).isEqualTo(2.0 / 3);
    assertThat(json.get("means").get("all").get("diceCount").intValue()).isEqualTo(1);
    assertThat(json.get("means").get("positives").get("n").intValue()).isEqualTo(1);
    assertThat(json.get("means").get("sex=F").get("iou").doubleValue()).isEqualTo(0.5);
    assertThat(json.get("means").get("sex=M").get("iou").isNull()).isTrue();
    assertThat(json.get("means").has("age=40-59")).isTrue();
    assertThat(json.get("means").has("age=unknown")).isTrue();
    assertThat(json.get("images").get(1).get("dice").isNull()).isTrue();
    assertThat(err.toString()).contains("1 pair has two empty masks and no value");
  }

  @Test
  void segmentation_perfectPolicy_countsEmptyPairs() throws IOException {
    mask("t/b.png", 2, "....", 255);
    mask("p/b.png", 2, "....", 255);

    assertThat(segmentation("--empty", "perfect", "--convention", "edge-pixels")).isZero();

    assertThat(out.toString()).contains("all        1  1.0000  1.0000  0.0000  1.0000");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void segmentation_masksOfOneAndOf255_areAlike() throws IOException {
    mask("t/a.png", 2, "##..", 255);
    mask("p/a.png", 2, "#...", 1);

    assertThat(segmentation()).isZero();

    assertThat(out.toString()).contains("all        1  0.6667  0.5000");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void segmentation_badFolders_areNamed() throws IOException {
    mask("t/a.png", 2, "##..", 255);
    mask("p/b.png", 2, "##..", 255);
    assertThat(segmentation()).isEqualTo(1);
    mask("p/a.png", 4, "##..", 255);
    Files.delete(folder.resolve("p/b.png"));
    assertThat(segmentation()).isEqualTo(1);
    image("p/a.png", GrayImage.of(2, 2, new byte[] {0, 1, 2, 0}));
    assertThat(segmentation()).isEqualTo(1);
    Files.writeString(folder.resolve("p/a.png"), "no image");
    assertThat(segmentation()).isEqualTo(1);

    assertThat(err.toString().lines())
        .hasSize(4)
        .anyMatch(line -> line.contains("'a' has no partner in "))
        .anyMatch(line -> line.contains("'a' is 4 x 1, but in ") && line.contains(" 2 x 2"))
        .anyMatch(line -> line.contains("a.png: 3 values: 0, 1, 2 (expected: a mask of two values"))
        .anyMatch(line -> line.contains("a.png: no image (expected: PNG"));
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void segmentation_anyTypeUnderAnyName_isMeasured() throws IOException {
    mask("t/a.png", 2, "##..", 255);
    mask("p/a.png", 2, "##..", 255);
    mask("t/b.jpg", 2, "##..", 255); // a PNG inside
    mask("p/b.png", 2, "..##", 255);
    mask("t/c.png", 2, "##..", 255);
    mask("p/c.tif", 2, "..##", 255);
    Files.writeString(folder.resolve("t/.DS_Store"), "hidden");
    Files.writeString(folder.resolve("t/readme.md"), "no image");

    assertThat(segmentation("--json")).isZero();

    JsonNode all = new JsonMapper().readTree(out.toString()).get("means").get("all");
    assertThat(all.get("n").intValue()).isEqualTo(3);
    assertThat(all.get("dice").doubleValue()).isEqualTo(1.0 / 3);
    assertThat(err.toString()).contains("1 file is no image and was passed over: readme.md");
  }

  @Test
  void segmentation_infiniteAndUndefined_areToldApart() throws IOException {
    mask("t/both.png", 2, "....", 255);
    mask("p/both.png", 2, "....", 255);
    mask("t/one.png", 2, "##..", 255);
    mask("p/one.png", 2, "....", 255);

    assertThat(segmentation("--json")).isZero();

    JsonNode json = new JsonMapper().readTree(out.toString());
    assertThat(json.get("images").get(0).get("hd95").isNull()).isTrue();
    assertThat(json.get("images").get(1).get("hd95").textValue()).isEqualTo("Infinity");
    JsonNode all = json.get("means").get("all");
    assertThat(all.get("hd95Infinite").intValue()).isEqualTo(1);
    assertThat(all.get("undefined").intValue()).isEqualTo(1);
    assertThat(all.get("hd95Count").intValue()).isZero();
  }

  @Test
  void segmentation_filesCalledByStructure_haveATableForEach() throws IOException {
    mask("t/a-lungs.png", 2, "##..", 255);
    mask("p/a-lungs.png", 2, "#...", 255);
    mask("t/a-heart.png", 2, "...#", 255);
    mask("p/a-heart.png", 2, "...#", 255);
    mask("t/b-heart.png", 2, "....", 255);
    mask("p/b-heart.png", 2, "...#", 255);
    String groups = file("groups.csv", "image,sex\na,F\nb,M\n");

    assertThat(segmentation("--groups", groups, "--group", "sex", "--json")).isZero();
    JsonNode json = new JsonMapper().readTree(out.toString());
    out.getBuffer().setLength(0);
    assertThat(segmentation()).isZero();

    assertThat(json.get("means").get("all").get("n").intValue()).isEqualTo(3);
    JsonNode heart = json.get("structures").get("heart");
    assertThat(heart.get("all").get("dice").doubleValue()).isEqualTo(0.5);
    assertThat(heart.get("positives").get("dice").doubleValue()).isEqualTo(1);
    assertThat(heart.get("sex=M").get("dice").doubleValue()).isZero();
    assertThat(json.get("structures").get("lungs").get("all").get("dice").doubleValue())
        .isEqualTo(2.0 / 3);
    assertThat(json.get("images").get(0).get("structure").textValue()).isEqualTo("heart");
    assertThat(out.toString())
        .contains("STRUCTURE  IMAGES     N    DICE")
        .contains("all        all        3  0.5556")
        .contains("heart      positives  1  1.0000")
        .contains("lungs      all        1  0.6667");
  }

  @Test
  void segmentation_someFilesCalledByStructure_areNotGrouped() throws IOException {
    for (String side : new String[] {"t", "p"}) {
      mask(side + "/a-lungs.png", 2, "##..", 255);
      mask(side + "/b-scapula.png", 2, "##..", 255);
    }

    assertThat(segmentation()).isZero();

    assertThat(out.toString()).contains("IMAGES     N    DICE").doesNotContain("STRUCTURE");
    assertThat(err.toString()).contains("1 of 2 files are called IMAGE-STRUCTURE");
  }

  /** Truth "t": two images with lungs and heart, one without masks, one of another split. */
  private void maskedDataset() throws IOException {
    try (StagedWriter writer =
        DatasetFormat.FOLDER.create(folder.resolve("t"), WriteOptions.of(_ -> {}))) {
      for (int i = 0; i < 4; i++) {
        BinaryMask mask = BinaryMask.of(2, 2, new byte[] {1, 1, 0, 0});
        writer.add(
            new Sample(
                ImageInfo.builder("i" + i)
                    .patientId("patient" + i)
                    .split(i == 3 ? Split.TRAIN : Split.TEST)
                    .build(),
                GrayImage.of(2, 2, new byte[4]),
                i == 2 ? Map.of() : Map.of(Structure.LUNGS, mask, Structure.HEART, mask)));
      }
    }
  }

  @Test
  void segmentation_datasetAsTruth_measuresWhatWasPredicted() throws IOException {
    maskedDataset();
    mask("p/i0-lungs.png", 2, "##..", 255);
    mask("p/i1-lungs.png", 2, "#...", 255);
    String all = folder.resolve("all.csv").toString();

    int exit = segmentation("--split", "test", "--json", "--scores-out", all, "--arm", "one");

    assertThat(exit).isZero();
    JsonNode json = new JsonMapper().readTree(out.toString());
    assertThat(json.get("structures").get("lungs").get("all").get("n").intValue()).isEqualTo(2);
    assertThat(json.get("means").get("all").get("dice").doubleValue()).isEqualTo((1 + 2.0 / 3) / 2);
    assertThat(err.toString())
        .contains("1 of 3 images have no masks and were left out")
        .contains("no predictions of heart; left out");
    assertThat(Files.readString(folder.resolve("all.csv")))
        .startsWith("arm,patient,image,task,metric,value\none,patient0,i0,lungs,dice,1.0\n");
  }

  @Test
  void segmentation_datasetAsTruth_takesNamesWithoutStructureForItsOnlyOne() throws IOException {
    try (StagedWriter writer =
        DatasetFormat.FOLDER.create(folder.resolve("t"), WriteOptions.of(_ -> {}))) {
      writer.add(
          new Sample(
              ImageInfo.builder("i0").build(),
              GrayImage.of(2, 2, new byte[4]),
              Map.of(Structure.PNEUMOTHORAX, BinaryMask.of(2, 2, new byte[] {1, 1, 0, 0}))));
    }
    mask("p/i0.png", 2, "#...", 255);

    assertThat(segmentation()).isZero();

    assertThat(out.toString()).contains("pneumothorax  all        1  0.6667");
  }

  @Test
  void segmentation_datasetAsTruth_missingPredictionOrSplitIsNamed() throws IOException {
    maskedDataset();
    mask("p/i0-lungs.png", 2, "##..", 255);
    assertThat(segmentation("--split", "test")).isEqualTo(1);
    assertThat(segmentation("--split", "validation")).isEqualTo(1);
    Path truth = folder.resolve("t");
    Files.move(truth.resolve("masks"), folder.resolve("masks"));

    assertThat(
            run(
                "segmentation",
                "--truth",
                folder.resolve("masks").toString(),
                "--prediction",
                folder.resolve("p").toString(),
                "--split",
                "test"))
        .isEqualTo(2);
    assertThat(err.toString())
        .contains("'i1-lungs' has no partner in ")
        .contains("1 without partner")
        .contains("no images of split validation (expected: at least one; splits: train 1, test 3)")
        .contains("--split: test of ");
  }

  @Test
  void segmentation_badOptions_areBadUsage() throws IOException {
    mask("t/a.png", 2, "##..", 255);
    mask("p/a.png", 2, "##..", 255);

    assertThat(segmentation("--spacing", "1")).isEqualTo(2);
    assertThat(segmentation("--tolerance", "-1")).isEqualTo(2);
    assertThat(segmentation("--empty", "nan")).isEqualTo(2);
    assertThat(segmentation("--group", "sex")).isEqualTo(2);
    assertThat(err.toString())
        .contains("'1' (expected: row,column, two numbers above 0")
        .contains("--tolerance: -1.0 (expected: >= 0)")
        .contains("'nan' (expected: undefined, perfect, worst, positives-only)")
        .contains("--group: needs --groups");
  }

  @Test
  void scoresOut_masks_needPatients() throws IOException {
    mask("t/a.png", 2, "##..", 255);
    mask("p/a.png", 2, "#...", 255);
    String all = folder.resolve("all.csv").toString();
    String groups = file("groups.csv", "image,patient\na,p1\n");

    assertThat(segmentation("--scores-out", all)).isEqualTo(2);
    assertThat(segmentation("--scores-out", all, "--arm", "masks")).isEqualTo(2);
    assertThat(segmentation("--scores-out", all, "--arm", "masks", "--groups", groups)).isZero();

    assertThat(err.toString()).contains("expected: both", "needs --groups");
    assertThat(Files.readString(folder.resolve("all.csv")))
        .startsWith("arm,patient,image,metric,value\nmasks,p1,a,dice,0.6666666666666666\n");
  }
}
