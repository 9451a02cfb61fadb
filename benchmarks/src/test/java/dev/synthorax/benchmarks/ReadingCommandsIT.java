package dev.synthorax.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.ServerCommand;
import dev.synthorax.client.cli.SynthoraxCommand;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.image.file.ImageFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole way: the commands, a server of their own, and readers on ONNX Runtime. */
@Timeout(120)
class ReadingCommandsIT {
  @TempDir private Path folder;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  private int run(String... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(List.of("--data", folder.resolve("data").toString(), "--verbose"));
    return SynthoraxCommand.execute(
        Map.of(ServerCommand.VARIABLE, RealServer.command()),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        all.toArray(String[]::new));
  }

  /** Left half white, right half black. */
  private Path film(int side) throws IOException {
    byte[] pixels = new byte[side * side];
    for (int y = 0; y < side; y++) {
      Arrays.fill(pixels, y * side, y * side + side / 2, (byte) 255);
    }
    return Files.write(folder.resolve("film.png"), Png.encode(GrayImage.of(side, side, pixels)));
  }

  @Test
  void segment_serverOfItsOwn_marksTheFilm() throws IOException {
    Path marked = folder.resolve("marked");

    int code =
        run(
            "segment",
            film(32).toString(),
            "--models",
            TinySegmenter.write(folder.resolve("models/marks")).toString(),
            "--out",
            marked.toString());

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString()).startsWith("1 image segmented by marks 1: ");
    assertThat(ImageFile.readMask(marked.resolve("masks/film-lungs.png"), 64).area())
        .isEqualTo(32 * 16);
    assertThat(Files.readAllLines(marked.resolve("segment.csv")).get(1))
        .startsWith("film,lungs,32,32,512,0.500000,0,0,16,32,");
  }

  @Test
  void classify_noClassifierAmongTheModels_saysWhatToDo() throws IOException {
    Path table = Files.writeString(folder.resolve("findings.csv"), "of an earlier call");

    int code =
        run(
            "classify",
            film(16).toString(),
            "--models",
            TinySegmenter.write(folder.resolve("models/marks")).toString(),
            "--out",
            table.toString());

    assertThat(code).isEqualTo(2);
    assertThat(table).hasContent("of an earlier call");
    assertThat(err.toString())
        .contains("no model of this server finds findings (expected: a trained classifier")
        .contains("docs/readers.md");
  }
}
