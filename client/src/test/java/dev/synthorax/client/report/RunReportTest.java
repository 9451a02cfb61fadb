package dev.synthorax.client.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.FakeServices;
import dev.synthorax.client.augment.MadeImage;
import dev.synthorax.client.augment.RunsForTests;
import dev.synthorax.proto.v1.Model;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RunReportTest {
  private static final String ATTACK = "<script>alert('x')</script>\"&";

  @Test
  void toHtml_scriptsEverywhere_areEscaped() {
    MadeImage image = RunsForTests.squareMask("0001", ATTACK, "<img onerror=x>");
    Model model = FakeServices.MODEL.toBuilder().setName(ATTACK).setDescription(ATTACK).build();

    String html = new RunReport(ATTACK, List.of(image), model, Duration.ofSeconds(2)).toHtml();

    assertThat(html)
        .doesNotContain("<script")
        .doesNotContain("<img onerror")
        .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;")
        .contains("&lt;img onerror=x&gt;");
  }

  @Test
  void toHtml_anyRun_needsNoOtherFile() {
    String html = html(RunsForTests.text("0001", 7));

    assertThat(html)
        .contains("default-src 'none'")
        .contains("src=\"data:image/png;base64,")
        .doesNotContain("href=")
        .doesNotContain("url(");
  }

  @Test
  void toHtml_maskedImage_showsMaskImageAndOverlay() {
    String html = html(RunsForTests.squareMask("0001", "", "heart"));

    assertThat(html)
        .contains("From masks")
        .contains("class=\"shapes\"")
        .contains("class=\"outline\"")
        .contains("<path class=\"s-heart\" d=\"M");
  }

  @Test
  void toHtml_maskThatCannotBeRead_stillShowsTheImage() {
    String html = html(RunsForTests.masked("0001", "mild edema"));

    assertThat(html).contains("From text and masks").contains("mild edema");
  }

  @Test
  void toHtml_timings_areThere() {
    String html = html(RunsForTests.text("0001", 7));

    assertThat(html).contains("480 ms").contains("500 ms").contains("2.00 s in all");
  }

  private static String html(MadeImage image) {
    return new RunReport("Run", List.of(image), FakeServices.MODEL, Duration.ofSeconds(2)).toHtml();
  }
}
