package dev.synthorax.server.review;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.records.Records;
import dev.synthorax.training.stage.SampleShape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreferenceSampleTest {
  private static final SampleShape SHAPE = new SampleShape(8, 8, List.of("heart", "lungs"));

  @TempDir private Path folder;
  private Records records;
  private Reviews reviews;

  @BeforeEach
  void open() {
    records = new Records(folder);
    reviews = new Reviews(records, InstantSource.fixed(Instant.ofEpochMilli(5_000)));
  }

  @AfterEach
  void close() {
    records.close();
  }

  /** A grey PNG whose first pixel is {@code first} and whose others are {@code rest}. */
  private static byte[] png(int side, int type, int first, int rest) throws IOException {
    var image = new BufferedImage(side, side, type);
    for (int i = 0; i < side * side; i++) {
      image.getRaster().setSample(i % side, i / side, 0, i == 0 ? first : rest);
    }
    var bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  private static Picture image(String name, int first, int rest) throws IOException {
    return new Picture(name, 7L, png(8, BufferedImage.TYPE_BYTE_GRAY, first, rest));
  }

  private static Picture mask(String structure) throws IOException {
    return new Picture(structure, null, png(8, BufferedImage.TYPE_BYTE_GRAY, 255, 0));
  }

  private void create(List<Picture> masks, Picture... images) {
    var item = new ReviewItem("one", "edema", masks, List.of(images), "cxr", "v1", "");
    reviews.begin(new ReviewSet("pilot", "", 1, 0, 0)).join();
    reviews.put("pilot", 0, List.of(item)).join();
    reviews.end("pilot").join();
  }

  private List<RatedItem> rated(String reader) {
    return requireNonNull(reviews.rated("pilot", reader, 0, 10).join());
  }

  private List<PreferenceSample> samples(String reader) {
    return rated(reader).stream()
        .flatMap(
            item -> item.images().stream().map(i -> PreferenceSample.of("pilot", item, i, SHAPE)))
        .toList();
  }

  @Test
  void of_ratingsOfTwoReaders_isTheirMeanOrOneOfThem() throws IOException {
    create(List.of(mask("lungs")), image("a", 0, 9), image("b", 0, 9), image("unrated", 1, 1));
    reviews
        .submit("pilot", "x", "one", List.of(new Rating("a", 5, 1), new Rating("b", 2, 1)))
        .join();
    reviews
        .submit("pilot", "y", "one", List.of(new Rating("a", 0, 2), new Rating("b", 2, 1)))
        .join();
    reviews.submit("pilot", "y", "one", List.of(new Rating("a", 2, 2))).join();

    assertThat(samples(""))
        .extracting(sample -> sample.line().attributes().toString())
        .containsExactly(
            """
            {"review_set":"pilot","item":"one","text_score":"3.5","mask_score":"1.5"}\
            """,
            """
            {"review_set":"pilot","item":"one","text_score":"2","mask_score":"1"}\
            """);
    assertThat(samples("x"))
        .extracting(sample -> sample.line().attributes().get("text_score").asText())
        .containsExactly("5", "2");
    assertThat(samples("nobody")).isEmpty();
  }

  @Test
  void of_anItem_keepsPixelsPromptSeedAndKnownMasks() throws IOException {
    create(List.of(mask("lungs")), image("a", 200, 9));
    reviews.submit("pilot", "x", "one", List.of(new Rating("a", 5, 1))).join();

    PreferenceSample sample = samples("").getFirst();

    assertThat(sample.image()).startsWith(200, 9, 9).hasSize(64);
    assertThat(sample.masks()).containsOnlyKeys("lungs");
    assertThat(sample.masks().get("lungs")).startsWith(1, 0, 0).hasSize(64);
    assertThat(sample.line().id()).isEqualTo("a");
    assertThat(sample.line().prompt()).isEqualTo("edema");
    assertThat(sample.line().seed()).isEqualTo(7);
    assertThat(reviews.structures("pilot").join()).containsExactly("lungs");
  }

  @Test
  void of_sixteenBits_isBroughtToEight() throws IOException {
    var deep = new Picture("a", null, png(8, BufferedImage.TYPE_USHORT_GRAY, 65_535, 257));
    create(List.of(), deep);
    reviews.submit("pilot", "x", "one", List.of(new Rating("a", 5, null))).join();

    assertThat(samples("").getFirst().image()).startsWith(255, 1, 1);
  }

  @Test
  void of_anotherSizeOrAMaskOfManyValues_isAConflict() throws IOException {
    var grey = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setSample(0, 0, 0, 255);
    grey.getRaster().setSample(1, 0, 0, 90);
    var bytes = new ByteArrayOutputStream();
    ImageIO.write(grey, "png", bytes);
    var large = new Picture("large", null, png(9, BufferedImage.TYPE_BYTE_GRAY, 1, 2));
    create(List.of(new Picture("heart", null, bytes.toByteArray())), image("a", 1, 2), large);
    reviews
        .submit("pilot", "x", "one", List.of(new Rating("a", 5, 1), new Rating("large", 5, 1)))
        .join();
    RatedItem item = rated("").getFirst();

    assertThatThrownBy(() -> PreferenceSample.of("pilot", item, item.images().get(1), SHAPE))
        .isInstanceOf(ServerException.class)
        .hasMessage("image large: 9x9 pixels (expected: 8x8, as the first image of the set)");
    assertThatThrownBy(() -> PreferenceSample.of("pilot", item, item.images().getFirst(), SHAPE))
        .isInstanceOf(ServerException.class)
        .hasMessageStartingWith("mask of heart: ");
  }

  @Test
  void pairs_ofUnequalScores_leaveTiesOut() throws IOException {
    create(List.of(), image("a", 1, 1), image("b", 2, 2), image("c", 3, 3));
    reviews
        .submit(
            "pilot",
            "x",
            "one",
            List.of(new Rating("a", 5, null), new Rating("b", 5, null), new Rating("c", 1, null)))
        .join();

    assertThat(rated("").getFirst().pairs()).isEqualTo(2);
  }

  @Test
  void shape_tooSmallForADataset_isAConflict() throws IOException {
    var small = new Picture("a", null, png(4, BufferedImage.TYPE_BYTE_GRAY, 1, 2));

    assertThatThrownBy(() -> PreferenceSample.shape(small, List.of()))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("image a: width: 4 (expected: 8 to 4096)");
  }
}
