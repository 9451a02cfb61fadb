package dev.synthorax.client.cli.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.cli.CommandRun;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Splits;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.StagedWriter;
import dev.synthorax.client.dataset.format.WriteOptions;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Jpeg;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.image.dicom.DicomUid;
import dev.synthorax.client.image.dicom.SecondaryCapture;
import dev.synthorax.client.stats.Adjustment;
import dev.synthorax.client.stats.Alternative;
import dev.synthorax.client.stats.ComparisonPlan;
import dev.synthorax.client.stats.Comparisons;
import dev.synthorax.client.stats.PairedTest;
import dev.synthorax.client.stats.ScoreFile;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsCommandTest {
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

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return CommandRun.execute(out, err, "metrics", arguments);
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private void mask(String path, int width, String cells, int inside) throws IOException {
    byte[] pixels = new byte[cells.length()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (cells.charAt(i) == '#' ? inside : 0);
    }
    image(path, GrayImage.of(width, cells.length() / width, pixels));
  }

  private void image(String path, GrayImage image) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, Png.encode(image));
  }

  private int segmentation(String... more) {
    String[] arguments = new String[5 + more.length];
    arguments[0] = "segmentation";
    arguments[1] = "--truth";
    arguments[2] = folder.resolve("t").toString();
    arguments[3] = "--prediction";
    arguments[4] = folder.resolve("p").toString();
    System.arraycopy(more, 0, arguments, 5, more.length);
    return run(arguments);
  }

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
                "accuracy",
                0.5,
                new PairedTest.McNemar(),
                Alternative.GREATER,
                Adjustment.NONE,
                0.95));
    assertThat(comparisons.all().getFirst().n()).isEqualTo(4);
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

  @Test
  void fidelity_folders_namesTheFeatureSet() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    for (String set : new String[] {"real", "synthetic", "train"}) {
      for (int i = 0; i < 8; i++) {
        byte[] pixels = new byte[32 * 32];
        random.nextBytes(pixels);
        image(set + "/" + i + ".png", GrayImage.of(32, 32, pixels));
      }
    }

    int exit =
        run(
            "fidelity",
            "--real",
            folder.resolve("real").toString(),
            "--synthetic",
            folder.resolve("synthetic").toString(),
            "--train",
            folder.resolve("synthetic").toString());

    assertThat(exit).isZero();
    assertThat(out.toString())
        .contains("Fréchet distance (texture-v1)")
        .contains("TO NEAREST TRAINING IMAGE");
    assertThat(err.toString())
        .contains("8 real images for 59 features")
        .contains("8 synthetic images have the very features of a training image")
        .contains("8 synthetic images have the very features of a training image");
    assertThat(out.toString()).contains("100 random pairs of each, 2 of five scales");
  }

  @Test
  void fidelity_featuresAsGivenOrStandardised_isSaid() throws IOException {
    String real = file("real.csv", "image,f\na,0\nb,2\n");
    String synthetic = file("synthetic.csv", "image,f\nc,10\nd,14\n");
    String[] arguments = {
      "fidelity", "--real", real, "--synthetic", synthetic, "--feature-set", "f-v1", "--k", "1"
    };

    assertThat(run(with(arguments, "--json"))).isZero();
    JsonNode asGiven = new JsonMapper().readTree(out.toString());
    out.getBuffer().setLength(0);
    assertThat(run(with(arguments, "--json", "--standardise"))).isZero();
    JsonNode standardised = new JsonMapper().readTree(out.toString());
    out.getBuffer().setLength(0);
    assertThat(run(arguments)).isZero();

    // means 1 and 12, variances 2 and 8: 11^2 + 2 + 8 - 2 sqrt(2 * 8)
    assertThat(asGiven.get("frechetDistance").doubleValue()).isCloseTo(123, Offset.offset(1e-9));
    assertThat(asGiven.get("features").textValue()).isEqualTo("as-given");
    assertThat(standardised.get("frechetDistance").doubleValue())
        .isCloseTo(123 / 2.0, Offset.offset(1e-9));
    assertThat(standardised.get("features").textValue()).isEqualTo("standardised");
    assertThat(out.toString()).contains("123.0000", "on 1 features as given");
  }

  private static String[] with(String[] arguments, String... more) {
    return Stream.concat(Arrays.stream(arguments), Arrays.stream(more)).toArray(String[]::new);
  }

  @Test
  void fidelity_sameSet_printsNoNegativeZero() throws IOException {
    StringBuilder text = new StringBuilder("image,f1,f2,f3\n");
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 40; i++) {
      text.append(
          "i%d,%s,%s,%s\n"
              .formatted(i, random.nextDouble(), random.nextDouble(), random.nextDouble()));
    }
    String csv = file("f.csv", text.toString());

    assertThat(run("fidelity", "--real", csv, "--synthetic", csv, "--feature-set", "s")).isZero();

    assertThat(out.toString()).contains("Fréchet distance (s)").contains("0.0000");
    assertThat(out.toString().lines().filter(line -> line.startsWith("Fréchet")))
        .allMatch(line -> !line.contains("-0"));
    assertThat(err.toString()).contains("40 synthetic images have the very features of a real one");
  }

  private void films(String set, String ending, Function<GrayImage, byte[]> encode, int from)
      throws IOException {
    for (int i = 0; i < 8; i++) {
      byte[] pixels = new byte[32 * 32];
      new SplittableRandom(from + i).nextBytes(pixels);
      Path file = folder.resolve(set).resolve("film" + i + ending);
      Files.createDirectories(file.getParent());
      Files.write(file, encode.apply(GrayImage.of(32, 32, pixels)));
    }
  }

  @Test
  void fidelity_jpegAndDicomFolders_areRead() throws IOException {
    films("jpeg", ".jpg", image -> Jpeg.encode(image, 95), 0);
    films(
        "dicom",
        "",
        image -> SecondaryCapture.builder(image, DicomUid.of("x")).build().toFile(),
        100);
    Files.writeString(folder.resolve("jpeg/notes.txt"), "no image at all");

    int exit =
        run(
            "fidelity",
            "--real",
            folder.resolve("dicom").toString(),
            "--synthetic",
            folder.resolve("jpeg").toString(),
            "--json");

    assertThat(exit).isZero();
    JsonNode json = new JsonMapper().readTree(out.toString());
    assertThat(json.get("real").intValue()).isEqualTo(8);
    assertThat(json.get("synthetic").intValue()).isEqualTo(8);
    assertThat(json.get("msSsimScales").intValue()).isEqualTo(2);
    assertThat(err.toString()).contains("1 file is no image and was passed over: notes.txt");
  }

  /** A data set of eight films and eight images that were made of them. */
  private void mixedDataset(String name) throws IOException {
    try (StagedWriter writer =
        DatasetFormat.FOLDER.create(folder.resolve(name), WriteOptions.of(_ -> {}))) {
      for (int i = 0; i < 16; i++) {
        byte[] pixels = new byte[32 * 32];
        new SplittableRandom(1000 + i).nextBytes(pixels);
        ImageInfo.Builder info = ImageInfo.builder("i" + i).split(i < 8 ? Split.TEST : Split.TRAIN);
        if (i >= 8) {
          info.attribute(Splits.SYNTHETIC, true);
        }
        writer.add(new Sample(info.build(), GrayImage.of(32, 32, pixels), Map.of()));
      }
    }
  }

  @Test
  void fidelity_outputOfAugment_leavesCopiesOfTheSourceOut() throws IOException {
    mixedDataset("job");
    String job = folder.resolve("job").toString();
    String images = folder.resolve("job").resolve("images").toString();

    for (String synthetic : new String[] {job, images}) {
      out.getBuffer().setLength(0);
      err.getBuffer().setLength(0);
      int exit =
          run(
              "fidelity",
              "--real",
              job,
              "--real-split",
              "test",
              "--synthetic",
              synthetic,
              "--json");

      assertThat(exit).isZero();
      JsonNode json = new JsonMapper().readTree(out.toString());
      assertThat(json.get("real").intValue()).isEqualTo(8);
      assertThat(json.get("synthetic").intValue()).isEqualTo(8);
      assertThat(err.toString())
          .contains("8 of 16 images are real ones, copied from the source, and were left out")
          .doesNotContain("very features of a real one");
    }
    assertThat(run("fidelity", "--real", job, "--synthetic", job, "--real-split", "validation"))
        .isEqualTo(1);
    assertThat(err.toString())
        .contains(
            "no images of split validation (expected: at least one; splits: train 8, test 8)");
  }

  @Test
  void fidelity_formatWithoutAttributes_isToldByTheManifest() throws IOException {
    mixedDataset("plain");
    Path table = folder.resolve("plain/images.csv");
    Files.writeString(
        table,
        Files.readString(table).replaceAll("\"\\{.*?synthetic.*?\\}\"", "")); // no attributes
    StringBuilder manifest = new StringBuilder();
    for (int i = 0; i < 16; i++) {
      manifest.append(
          "{\"id\":\"i%d\",\"arm\":\"plain\",\"kind\":\"%s\"}\n"
              .formatted(i, i < 8 ? "source" : "single-label"));
    }
    file("manifest.jsonl", manifest.toString());

    int exit =
        run(
            "fidelity",
            "--real",
            folder.resolve("plain").toString(),
            "--synthetic",
            folder.resolve("plain").toString(),
            "--json");

    assertThat(exit).isZero();
    JsonNode json = new JsonMapper().readTree(out.toString());
    assertThat(json.get("real").intValue()).isEqualTo(8);
    assertThat(json.get("synthetic").intValue()).isEqualTo(8);
  }

  @Test
  void fidelity_featuresInCsv_needTheirName() throws IOException {
    StringBuilder text = new StringBuilder("image,f1,f2\n");
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 9; i++) {
      text.append("i%d,%s,%s%n".formatted(i, random.nextDouble(), random.nextDouble()));
    }
    String csv = file("f.csv", text.toString().replace("\r", ""));

    assertThat(run("fidelity", "--real", csv, "--synthetic", csv)).isEqualTo(2);
    assertThat(
            run(
                "fidelity",
                "--real",
                csv,
                "--synthetic",
                csv,
                "--feature-set",
                "rad-dino-v1",
                "--json"))
        .isZero();

    JsonNode json = new JsonMapper().readTree(out.toString());
    assertThat(json.get("featureSet").textValue()).isEqualTo("rad-dino-v1");
    assertThat(json.get("msSsimReal").isNull()).isTrue();
    assertThat(json.get("coverage").doubleValue()).isEqualTo(1);
    assertThat(err.toString()).contains("--feature-set: missing");
  }

  @Test
  void fidelity_missingOrTooFew_isSaid() throws IOException {
    assertThat(run("fidelity", "--real", "none", "--synthetic", "none")).isEqualTo(1);
    image("few/a.png", GrayImage.of(8, 8, new byte[64]));
    String few = folder.resolve("few").toString();
    assertThat(run("fidelity", "--real", few, "--synthetic", few)).isEqualTo(2);
    assertThat(err.toString()).contains("none: no folder").contains("at least 2");
  }
}
