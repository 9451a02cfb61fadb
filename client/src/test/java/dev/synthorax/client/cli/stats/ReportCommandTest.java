package dev.synthorax.client.cli.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.cli.CommandRun;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.StagedWriter;
import dev.synthorax.client.dataset.format.WriteOptions;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportCommandTest {
  private static final String LONG = "masks_and_text_with_a_name_that_no_axis_has_room_for";
  private static final String RUNS =
      """
      arm,seed,metric,value
      real,1,f1,0.61
      real,2,f1,0.60
      real,3,f1,0.63
      %1$s,1,f1,0.62
      %1$s,2,f1,0.59
      %1$s,3,f1,0.64
      """
          .formatted(LONG);

  @TempDir private Path folder;

  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return CommandRun.execute(new StringWriter(), err, "report", arguments);
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  /** What generate leaves: images, masks and a manifest. */
  private void generated() throws IOException {
    Path image = folder.resolve("made/images/image-1.png");
    Path mask = folder.resolve("made/masks/image-1-lungs.png");
    Files.createDirectories(image.getParent());
    Files.createDirectories(mask.getParent());
    Files.write(image, Png.encode(GrayImage.of(8, 8, new byte[64])));
    byte[] half = new byte[64];
    Arrays.fill(half, 0, 32, (byte) 255);
    Files.write(mask, Png.encode(GrayImage.of(8, 8, half)));
    Files.writeString(
        folder.resolve("made/manifest.jsonl"),
        """
        {"id":"image-1","prompt":"mild edema","structures":[{"structure":"lungs","mask":"masks/image-1-lungs.png","sha256":"0"}],"seed":77,"model":"cxr-mini","modelVersion":"v9","image":"images/image-1.png"}
        """);
  }

  private void real() throws IOException {
    try (StagedWriter writer =
        DatasetFormat.FOLDER.create(folder.resolve("real"), WriteOptions.of(_ -> {}))) {
      writer.add(
          new Sample(
              ImageInfo.builder("film-1").text("normal").build(),
              GrayImage.of(8, 8, new byte[64]),
              Map.of()));
    }
  }

  @Test
  void report_examplesOfARun_standBesideRealOnesWithTheirOrigin() throws IOException {
    Files.writeString(folder.resolve("runs.csv"), RUNS);
    generated();
    real();

    int exit =
        run(
            at("runs.csv"),
            "--baseline",
            "real",
            "--metric",
            "f1",
            "--examples",
            at("made"),
            "--real",
            at("real"),
            "--out",
            at("report"));

    assertThat(exit).as(err.toString()).isZero();
    String html = Files.readString(folder.resolve("report/report.html"));
    assertThat(html)
        .contains("Generated beside real", "film-1", "mild edema", "image-1 · seed 77")
        .contains("<span class=\"s-lungs\">lungs</span>")
        .contains("cxr-mini v9", "--baseline real --metric f1", "Seeds of runs</dt><dd>1, 2, 3")
        .contains("No difference is shown. The largest seen: " + LONG + " raises f1 by 0.003")
        .contains("<b>B</b> " + LONG + "</span>");
    assertThat(Files.readString(folder.resolve("report/report.md")))
        .contains("**No difference is shown.", "- Command: synthorax ");
  }

  @Test
  void report_realWithoutExamples_isBadUsage() throws IOException {
    Files.writeString(folder.resolve("runs.csv"), RUNS);

    int exit =
        run(
            at("runs.csv"),
            "--baseline",
            "real",
            "--metric",
            "f1",
            "--real",
            at("real"),
            "--out",
            at("report"));

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).contains("--real: needs --examples");
  }
}
