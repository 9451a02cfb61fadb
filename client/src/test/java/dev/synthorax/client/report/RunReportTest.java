package dev.synthorax.client.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.FakeServices;
import dev.synthorax.client.generation.MadeImage;
import dev.synthorax.client.generation.ManifestEntry;
import dev.synthorax.client.generation.RunsForTests;
import dev.synthorax.proto.v1.Model;
import dev.synthorax.proto.v1.StructureMask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunReportTest {
  private static final String ATTACK = "<script>alert('x')</script>\"&";

  @TempDir private Path temp;

  @Test
  void toHtml_scriptsEverywhere_areEscaped() throws IOException {
    MadeImage image = RunsForTests.squareMask("0001", ATTACK, "<img onerror=x>");
    Model model = FakeServices.MODEL.toBuilder().setVersion(ATTACK).setDescription(ATTACK).build();

    String html = html(ATTACK, image, model);

    assertThat(html)
        .doesNotContain("<script")
        .doesNotContain("<img onerror")
        .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;")
        .contains("&lt;img onerror=x&gt;");
  }

  @Test
  void toHtml_anyRun_needsNoOtherFile() throws IOException {
    String html = html(RunsForTests.text("0001", 7));

    assertThat(html)
        .contains("default-src 'none'")
        .contains("src=\"data:image/png;base64,")
        .doesNotContain("href=")
        .doesNotContain("url(");
  }

  @Test
  void toHtml_maskedImage_showsMaskImageAndOverlay() throws IOException {
    String html = html(RunsForTests.squareMask("0001", "", "heart"));

    assertThat(html)
        .contains("From masks")
        .contains("class=\"shapes\"")
        .contains("class=\"outline\"")
        .contains("<path class=\"s-heart\" d=\"M");
  }

  @Test
  void toHtml_maskThatCannotBeRead_stillShowsTheImage() throws IOException {
    String html = html(RunsForTests.masked("0001", "mild edema"));

    assertThat(html).contains("From text and masks").contains("mild edema");
  }

  @Test
  void toHtml_timings_areThere() throws IOException {
    String html = html(RunsForTests.text("0001", 7));

    assertThat(html).contains("480 ms").contains("500 ms").contains("2.00 s in all");
  }

  @Test
  void toHtml_imageThatIsGone_isSaid() throws IOException {
    StringBuilder html = new StringBuilder();
    MadeImage image = RunsForTests.text("0001", 7);

    new RunReport(
            "Run",
            List.of(ManifestEntry.of(image)),
            temp,
            FakeServices.MODEL,
            Duration.ofSeconds(2),
            Map.of())
        .writeTo(html);

    assertThat(html.toString()).contains("images/0001.png cannot be read").contains("seed 7");
  }

  private String html(MadeImage image) throws IOException {
    return html("Run", image, FakeServices.MODEL);
  }

  /** Returns the page of an image whose files are there. */
  private String html(String title, MadeImage image, Model model) throws IOException {
    Files.createDirectories(temp.resolve("images"));
    Files.createDirectories(temp.resolve("masks"));
    Files.write(temp.resolve(image.imageFile()), image.png().toByteArray());
    for (StructureMask mask : image.request().getMasksList()) {
      Files.write(temp.resolve(image.maskFile(mask.getStructure())), mask.getPng().toByteArray());
    }
    StringBuilder html = new StringBuilder();
    new RunReport(
            title,
            List.of(ManifestEntry.of(image)),
            temp,
            model,
            Duration.ofSeconds(2),
            Map.of(image.id(), image.timings()))
        .writeTo(html);
    return html.toString();
  }
}
