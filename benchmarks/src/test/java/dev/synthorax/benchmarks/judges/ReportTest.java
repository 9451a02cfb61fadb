package dev.synthorax.benchmarks.judges;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people see of the judges: goals and the sheet of images. */
class ReportTest {
  @TempDir Path folder;

  @Test
  void verdict_figuresAndGoals_saysWhichAreReached() {
    Verdict verdict =
        Goal.verdict(
            Map.of(
                "dice.lungs", 0.95,
                "dice.heart", 0.9,
                "dice.pneumothorax", Double.NaN,
                "phantoms.power_ratio_from_0.2500", 1.4));

    assertThat(verdict.rows())
        .contains(
            List.of("label_consistency", "not judged", "at least 0.85", ""),
            List.of("dice.lungs", "0.950", "at least 0.95", "yes"),
            List.of("dice.heart", "0.900", "at least 0.92", "no"),
            List.of("dice.pneumothorax", "none", "at least 0.6", "no"),
            List.of("phantoms.power_ratio_from_0.2500", "1.400", "0.7 to 1.3", "no"));
    assertThat(verdict.toMarkdown()).startsWith("**Goals**\n\n| figure | is | goal | reached |\n");
  }

  @Test
  void write_realAndDrawn_keyTellsThemApart() throws IOException {
    Path png = folder.resolve("sheet.png");

    List<String> key =
        new ContactSheet(3)
            .write(png, Collections.nCopies(4, flat(200)), Collections.nCopies(3, flat(50)), 5);

    GrayImage sheet = Png.decode(Files.readAllBytes(png), 100);
    assertThat(sheet.width()).isEqualTo(3 * 8 + 2 * 4);
    assertThat(key).hasSize(3).first().asString().hasSize(3);
    assertThat(String.join("", key)).matches("[RG]{7}").contains("R", "G");
    for (int i = 0; i < 7; i++) {
      boolean real = key.get(i / 3).charAt(i % 3) == 'R';
      assertThat(sheet.at(i % 3 * 12 + 2, i / 3 * 12 + 2)).isEqualTo(real ? 200 : 50);
    }
  }

  private static GrayImage flat(int value) {
    byte[] pixels = new byte[64];
    java.util.Arrays.fill(pixels, (byte) value);
    return GrayImage.of(8, 8, pixels);
  }
}
