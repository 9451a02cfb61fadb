package dev.synthorax.client.generation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class ManifestEntryTest {
  @Test
  void toJson_everyMode_isTheGoldenManifest() throws IOException {
    List<MadeImage> images =
        List.of(
            RunsForTests.text("0001", 7),
            RunsForTests.masked("0002", ""),
            RunsForTests.masked("0003", "large \"left\" <effusion> é"));

    String manifest =
        images.stream()
            .map(image -> ManifestEntry.of(image).toJson() + "\n")
            .collect(Collectors.joining());

    assertThat(manifest).isEqualTo(golden());
  }

  @Test
  void of_seedAboveLongMax_staysUnsigned() {
    ManifestEntry entry = ManifestEntry.of(RunsForTests.text("0001", -1));

    assertThat(entry.seed()).isEqualTo("18446744073709551615");
    assertThat(entry.toJson()).contains("\"seed\":18446744073709551615,");
  }

  private static String golden() throws IOException {
    try (InputStream file =
        ManifestEntryTest.class.getResourceAsStream("/golden/manifest/manifest.jsonl")) {
      return new String(file.readAllBytes(), UTF_8);
    }
  }
}
