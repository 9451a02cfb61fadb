package dev.synthorax.client.cli.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.synthorax.client.FakeReviews;
import dev.synthorax.client.FakeServer;
import dev.synthorax.client.FakeServices;
import dev.synthorax.client.cli.CommandRun;
import dev.synthorax.proto.v1.Rating;
import dev.synthorax.proto.v1.ReviewImage;
import dev.synthorax.proto.v1.ReviewItem;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReviewCommandTest {
  @TempDir private Path folder;
  private final FakeReviews reviews = new FakeReviews();
  private FakeServer server;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  @BeforeEach
  void start() throws IOException {
    server = FakeServer.start(new FakeServices(), reviews);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private int run(String command, Object... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    return CommandRun.execute(
        out,
        err,
        command,
        Stream.concat(
                Stream.of(arguments).map(String::valueOf), Stream.of("--server", server.target()))
            .toArray(String[]::new));
  }

  /** Six images of two prompts. */
  private Path run() {
    Path run = folder.resolve("run");
    assertThat(
            run("generate", "--prompt", "left effusion", "--seed", 7, "--count", 5, "--out", run))
        .as(err.toString())
        .isZero();
    assertThat(run("generate", "--prompt", "edema", "--seed", 1, "--out", run)).isZero();
    return run;
  }

  private void create() {
    assertThat(run("review", "create", run(), "--name", "pilot")).as(err.toString()).isZero();
  }

  @Test
  void create_aRun_sendsImagesOfOnePromptTogether() {
    create();

    assertThat(out).hasToString("Set pilot: 3 items of 6 images" + System.lineSeparator());
    assertThat(reviews.items)
        .extracting(ReviewItem::getPrompt, ReviewItem::getImagesCount)
        .containsExactly(tuple("left effusion", 4), tuple("left effusion", 1), tuple("edema", 1));
    ReviewItem first = reviews.items.getFirst();
    assertThat(first.getSettings().getModel()).isEqualTo("fake-cxr");
    assertThat(first.getImagesList())
        .extracting(ReviewImage::getSeed)
        .containsExactly(7L, 8L, 9L, 10L);
  }

  @Test
  void create_thatIsCut_isSentAgain() {
    reviews.cuts.set(1);

    create();

    assertThat(reviews.items).hasSize(3);
  }

  @Test
  void create_ofWhatIsNoRun_saysSo() throws IOException {
    Path run = run();
    Path lost = Files.createDirectory(folder.resolve("empty"));

    assertThat(run("review", "create", lost, "--name", "pilot")).isEqualTo(2);
    assertThat(err.toString()).contains("manifest.jsonl: not there (expected: ").hasLineCount(1);
    assertThat(run("review", "create", run, "--name", "p", "--images-per-item", 17)).isEqualTo(2);
    assertThat(err.toString()).contains("--images-per-item: 17 (expected: 1 to 16)");
  }

  @Test
  void create_withAChangedImage_isRefused() throws IOException {
    Path run = run();
    Path image;
    try (Stream<Path> images = Files.list(run.resolve("images"))) {
      image = images.findFirst().orElseThrow();
    }
    Files.writeString(image, "other");

    assertThat(run("review", "create", run, "--name", "pilot")).isEqualTo(1);
    assertThat(err.toString()).contains(image.getFileName().toString(), "its hash is other");
  }

  @Test
  void sheet_filledIn_isSubmittedAndWhatIsEmptyComesAgain() throws IOException {
    create();
    Path sheet = folder.resolve("sheet");
    assertThat(run("review", "sheet", "pilot", "--reader", "dr-a", "--out", sheet)).isZero();
    Path table = sheet.resolve("ratings.csv");
    List<String> lines = Files.readAllLines(table);
    assertThat(lines).hasSize(7);
    assertThat(lines.getFirst()).isEqualTo("item,image,file,prompt,masks,text_score,mask_score");
    for (String line : lines.subList(1, 7)) {
      assertThat(sheet.resolve(line.split(",", -1)[2])).isRegularFile();
    }
    Files.write(
        table,
        lines.stream().map(l -> l.contains("edema") ? l.replaceAll(",,$", ",4,") : l).toList());

    assertThat(run("review", "rate", table, "--set", "pilot", "--reader", "dr-a")).isZero();

    assertThat(out.toString()).contains("1 items rated, 1 images new or changed");
    assertThat(reviews.ratings).hasSize(1);
    assertThat(reviews.ratings.getFirst().getReader()).isEqualTo("dr-a");
    assertThat(reviews.ratings.getFirst().getRatingsList())
        .extracting(Rating::getTextScore, Rating::hasMaskScore)
        .containsExactly(tuple(4, false));
    Path second = folder.resolve("second");
    assertThat(run("review", "sheet", "pilot", "--reader", "dr-a", "--out", second)).isZero();
    assertThat(Files.readAllLines(second.resolve("ratings.csv"))).hasSize(6);
  }

  @Test
  void sheet_whereOneIs_isNotWrittenOver() throws IOException {
    create();
    Files.writeString(folder.resolve("ratings.csv"), "mine");

    assertThat(run("review", "sheet", "pilot", "--reader", "dr-a", "--out", folder)).isEqualTo(1);

    assertThat(err.toString()).contains("ratings.csv: there already (expected: ");
    assertThat(folder.resolve("ratings.csv")).hasContent("mine");
  }

  @Test
  void rate_aScoreThatIsNone_namesTheLine() throws IOException {
    Path table = folder.resolve("ratings.csv");
    for (String score : List.of("6", "-1", "3.5", "good")) {
      Files.writeString(table, "item,image,text_score,mask_score\na,b,3,\na,c," + score + ",\n");

      assertThat(run("review", "rate", table, "--set", "pilot", "--reader", "dr-a")).isEqualTo(1);
      assertThat(err.toString()).contains("line 3", "text_score", score).hasLineCount(1);
    }
    assertThat(reviews.ratings).isEmpty();
  }

  @Test
  void rate_anItemThatIsRefused_keepsTheOthers() throws IOException {
    Path table = folder.resolve("ratings.csv");
    Files.writeString(table, "item,image,text_score,mask_score\na,1,,3\nb,2,3,\n");

    assertThat(run("review", "rate", table, "--set", "pilot", "--reader", "dr-a")).isEqualTo(1);

    assertThat(err.toString()).contains("error: item a: ", "ratings[0].text_score");
    assertThat(out.toString()).contains("1 items rated, 1 images new or changed, 1 items refused");
    assertThat(reviews.ratings).extracting(r -> r.getItem()).containsExactly("b");
  }

  @Test
  void export_ratings_isATableOrLinesOfJson() throws IOException {
    create();
    rateEverything();
    Path csv = folder.resolve("ratings-out.csv");
    Path json = folder.resolve("ratings-out.jsonl");

    assertThat(run("review", "export", "pilot", "--out", csv)).isZero();
    assertThat(out.toString()).contains("6 ratings in ");
    assertThat(run("review", "export", "pilot", "--out", json)).isZero();

    assertThat(Files.readAllLines(csv))
        .hasSize(7)
        .startsWith(
            "item,image,reader,text_score,mask_score,rated,revision,prompt,structures,model,"
                + "model_version,seed")
        .last()
        .asString()
        .contains(",dr-a,5,,1970-01-01T00:00:00Z,1,\"small, left \"\"effusion\"\"\",,cxr,v1,")
        .endsWith(",18446744073709551615");
    assertThat(Files.readAllLines(json))
        .hasSize(6)
        .allSatisfy(line -> assertThat(line).contains("\"text_score\":5,\"mask_score\":null"));
  }

  private void rateEverything() throws IOException {
    Path sheet = folder.resolve("all");
    assertThat(run("review", "sheet", "pilot", "--reader", "dr-a", "--out", sheet)).isZero();
    Path table = sheet.resolve("ratings.csv");
    Files.write(
        table,
        Files.readAllLines(table).stream().map(line -> line.replaceAll(",,$", ",5,")).toList());
    assertThat(run("review", "rate", table, "--set", "pilot", "--reader", "dr-a")).isZero();
  }

  @Test
  void list_ofSeveralServers_wantsOne() {
    assertThat(run("review", "list", "--server", "localhost:1")).isEqualTo(2);
    assertThat(err.toString()).contains("expected: one, since a review set belongs to one server");
  }

  @Test
  void list_dataset_delete_sayWhatTheyDid() throws IOException {
    assertThat(run("review", "list")).isZero();
    assertThat(out).hasToString("No sets." + System.lineSeparator());
    create();
    rateEverything();

    assertThat(run("review", "list")).isZero();
    assertThat(out.toString()).contains("pilot  3 items, 6 images", "  dr-a: 3 of 3 items");
    assertThat(run("review", "dataset", "pilot", "pilot-1")).isZero();
    assertThat(out.toString())
        .contains("Dataset pilot-1: 5 images of 2 items, 3 pairs of unequal scores");
    assertThat(run("review", "delete", "pilot")).isEqualTo(1);
    assertThat(err.toString()).contains("it has ratings");
    assertThat(run("review", "delete", "pilot", "--with-ratings")).isZero();
    assertThat(reviews.start).isNull();
  }
}
