package dev.synthorax.client.cli.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class GenerationProgressTest {
  @Test
  void stopped_afterSomeImages_saysWhatIsKeptAndHowToGoOn() {
    try (GenerationProgress progress =
        GenerationProgress.ofMany(new PrintWriter(new StringWriter()), false, 9)) {
      progress.made("a-000001", "", 1, 9, true);
      progress.made("a-000002", "", 2, 9, false);

      assertThat(progress.stopped(Path.of("out"), 9))
          .isEqualTo("Stopped; kept 2 of 9 images in out; the same command goes on");
    }
  }
}
