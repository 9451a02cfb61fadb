package dev.synthorax.client.cli.reading;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.FakeReadings;
import dev.synthorax.client.FakeServer;
import dev.synthorax.client.FakeServices;
import dev.synthorax.client.cli.SynthoraxCommand;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.image.file.ImageFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code segment} and {@code classify} on fake services. */
@SuppressWarnings("NullAway.Init") // started before each test
class ReadingCommandsTest {
  @TempDir private Path temp;
  private final FakeReadings readings = new FakeReadings();
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();
  private FakeServer server;

  @BeforeEach
  void open() throws IOException {
    server = FakeServer.start(new FakeServices(), readings.services());
  }

  @AfterEach
  void close() {
    server.close();
  }

  private int run(String... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    return SynthoraxCommand.execute(
        Map.of(),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        Stream.concat(Stream.of(arguments), Stream.of("--server", server.target()))
            .toArray(String[]::new));
  }

  private Path film(String name, int level) throws IOException {
    byte[] pixels = new byte[200];
    Arrays.fill(pixels, (byte) level);
    return Files.write(temp.resolve(name), Png.encode(GrayImage.of(10, 20, pixels)));
  }

  @Test
  void segment_twoFilms_writesMasksOverlaysAndTheTable() throws IOException {
    Path first = film("a.png", 60);
    Path second = film("b.png", 70);
    Path folder = temp.resolve("out");

    int code =
        run(
            "segment",
            first.toString(),
            second.toString(),
            "--threshold",
            "0.4",
            "--probabilities",
            "--out",
            folder.toString());

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString())
        .isEqualTo(
            "2 images segmented by fake-segmenter 3: %s%n"
                .formatted(folder.resolve("segment.csv")));
    assertThat(Files.readAllLines(folder.resolve("segment.csv")))
        .containsExactly(
            "image,structure,width,height,area_px,area_fraction,box_left,box_top,box_width,"
                + "box_height,cardiothoracic_ratio,outline_color",
            "a,lungs,10,20,100,0.500000,0,5,10,10,,sky blue",
            "a,heart,10,20,20,0.100000,4,5,2,10,0.200000,orange",
            "b,lungs,10,20,100,0.500000,0,5,10,10,,sky blue",
            "b,heart,10,20,20,0.100000,4,5,2,10,0.200000,orange");
    assertThat(ImageFile.readMask(folder.resolve("masks/a-heart.png"), 100).area()).isEqualTo(20);
    assertThat(ImageFile.read(folder.resolve("probabilities/b-lungs.png"), 100).at(0, 10))
        .isEqualTo(255);
    assertThat(folder.resolve("overlays/b.png")).isNotEmptyFile();
    assertThat(readings.segmented).allMatch(spec -> spec.getThreshold() == 0.4);
  }

  @Test
  void segment_folderWithResults_isRefusedBeforeAnythingIsDone() throws IOException {
    Path film = film("a.png", 60);
    Files.writeString(temp.resolve("segment.csv"), "mine");

    int code = run("segment", film.toString(), "--out", temp.toString());

    assertThat(code).isEqualTo(1);
    assertThat(err.toString()).contains("segment.csv: there already (expected: another folder)");
    assertThat(readings.segmented).isEmpty();
  }

  @Test
  void classify_films_writesALineForEachFinding() throws IOException {
    Path film = film("a.png", 255);
    Path table = temp.resolve("new/findings.csv");

    int code = run("classify", film.toString(), "--out", table.toString());

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString())
        .isEqualTo("1 image classified by fake-classifier 4: %s%n".formatted(table));
    assertThat(Files.readAllLines(table))
        .containsExactly(
            "image,label,score,present,threshold,model,version",
            "a,edema,1.000000,1,0.5,fake-classifier,4",
            "a,normal,0.000000,0,0.5,fake-classifier,4");
  }

  @Test
  void classify_aFileThatIsNoImage_isLeftOutAndTheOthersAreRead() throws IOException {
    film("b.png", 0);
    Files.writeString(temp.resolve("a.png"), "no image");
    Path folder = temp.resolve("out");

    int code = run("classify", temp.toString(), "--out", folder.toString());
    String told = out.toString();
    String lines = err.toString();
    int asMachine = run("classify", temp.toString(), "--json", "--out", folder.toString());
    JsonNode json = new JsonMapper().readTree(out.toString());

    assertThat(code).isEqualTo(1);
    assertThat(told).startsWith("1 of 2 images classified by fake-classifier 4: ");
    assertThat(lines).contains("left out: " + temp.resolve("a.png"));
    assertThat(Files.readAllLines(folder.resolve("classify.csv"))).hasSize(3);
    assertThat(asMachine).isEqualTo(1);
    assertThat(json.at("/images/0/scores/normal").asDouble()).isEqualTo(1);
    assertThat(json.at("/leftOut/0/image").asText()).isEqualTo("a");
  }

  @Test
  void classify_badUsage_saysWhatWasExpected() throws IOException {
    Path film = film("a.png", 0);

    int missing = run("classify", temp.resolve("none.png").toString(), "--out", "x.csv");
    String first = err.toString();
    int threshold = run("classify", film.toString(), "--threshold", "1.5", "--out", "x.csv");
    String second = err.toString();
    int both = run("classify", film.toString(), "--models", "m", "--out", temp + "/x.csv");

    assertThat(missing).isEqualTo(2);
    assertThat(first).contains("none.png: not there (expected: an image, or a folder of them)");
    assertThat(threshold).isEqualTo(2);
    assertThat(second).contains("--threshold: 1.5 (expected: above 0 and below 1)");
    assertThat(both).isEqualTo(2);
    assertThat(err.toString()).contains("--models with --server");
  }
}
