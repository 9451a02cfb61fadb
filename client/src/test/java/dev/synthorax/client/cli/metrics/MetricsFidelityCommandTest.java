package dev.synthorax.client.cli.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Splits;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.StagedWriter;
import dev.synthorax.client.dataset.format.WriteOptions;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Jpeg;
import dev.synthorax.client.image.dicom.DicomUid;
import dev.synthorax.client.image.dicom.SecondaryCapture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class MetricsFidelityCommandTest extends MetricsCase {
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
