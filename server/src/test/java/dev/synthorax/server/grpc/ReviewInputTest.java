package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import com.google.rpc.BadRequest;
import dev.synthorax.proto.v1.CreateReviewSetRequest;
import dev.synthorax.proto.v1.Rating;
import dev.synthorax.proto.v1.ReviewImage;
import dev.synthorax.proto.v1.ReviewItem;
import dev.synthorax.proto.v1.ReviewSetStart;
import dev.synthorax.proto.v1.SubmitRatingsRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a set or a rating that cannot be taken is told. */
class ReviewInputTest {
  @TempDir private Path folder;
  private ServerFixture server;
  private ReviewClient client;

  @BeforeEach
  void start() throws IOException {
    server = ServerFixture.keeping(folder);
    client = new ReviewClient(server);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static ReviewSetStart.Builder pilot(int items) {
    return ReviewSetStart.newBuilder().setReviewSet("pilot").setItems(items);
  }

  private void assertRefused(Runnable call, String field, String... words) throws IOException {
    var failure = catchThrowableOfType(StatusRuntimeException.class, call::run);

    assertThat(failure).hasMessageContainingAll(words).hasMessageContaining("expected: ");
    var violation = BadInputTest.detail(failure, BadRequest.class).getFieldViolations(0);
    assertThat(violation.getField()).isEqualTo(field);
  }

  private static Arguments start(
      String field, String word, Consumer<ReviewSetStart.Builder> wrong) {
    ReviewSetStart.Builder start = pilot(1);
    wrong.accept(start);
    return arguments(field, word, start, ReviewClient.item(0, 1));
  }

  private static Arguments item(String field, String word, Consumer<ReviewItem.Builder> wrong) {
    ReviewItem.Builder item = ReviewClient.item(0, 2);
    wrong.accept(item);
    return arguments(field, word, pilot(1), item);
  }

  static Stream<Arguments> wrongSets() {
    ByteString png = ReviewClient.png(1);
    return Stream.of(
        start("start.review_set", "'Pilot 1'", s -> s.setReviewSet("Pilot 1")),
        start("start.items", "0", s -> s.setItems(0)),
        start("start.items", "2, and 1 were sent", s -> s.setItems(2)),
        start("start.readers_per_item", "-1", s -> s.setReadersPerItem(-1)),
        start("start.instructions", "bytes", s -> s.setInstructions("x".repeat(4097))),
        item("item.item", "''", i -> i.setItem("")),
        item("item.item", "a\\nb", i -> i.setItem("a\nb")),
        item("item.prompt", "neither prompt nor masks", i -> i.setPrompt(" ")),
        item("item.images", "0", ReviewItem.Builder::clearImages),
        item(
            "item.images[1].image",
            "image-0000-0",
            i -> i.getImagesBuilder(1).setImage("image-0000-0")),
        item(
            "item.images[1].png",
            "PNG",
            i -> i.getImagesBuilder(1).setPng(ByteString.copyFromUtf8("GIF89a"))),
        item(
            "item.images[0].png",
            "PNG",
            i -> i.getImagesBuilder(0).setPng(png.substring(0, png.size() - 9))),
        item(
            "item.masks[1].structure",
            "lungs",
            i -> i.addMasks(ReviewClient.mask("lungs")).addMasks(ReviewClient.mask("lungs"))),
        item(
            "item.settings.model", "bytes", i -> i.getSettingsBuilder().setModel("x".repeat(200))));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("wrongSets")
  void create_wrongField_namesItAndLeavesNoWholeSet(
      String field, String word, ReviewSetStart.Builder start, ReviewItem.Builder item)
      throws IOException {
    assertRefused(() -> client.create(start, List.of(item.build())), field, word);

    assertThat(client.list()).noneMatch(set -> set.getWhole());
  }

  @Test
  void create_messagesOutOfOrder_areNamed() throws IOException {
    var item = CreateReviewSetRequest.newBuilder().setItem(ReviewClient.item(0, 1)).build();
    var start = CreateReviewSetRequest.newBuilder().setStart(pilot(1)).build();

    assertRefused(() -> client.send(Stream.of(item)), "start", "first message");
    assertRefused(() -> client.send(Stream.of()), "start", "first message");
    assertRefused(() -> client.send(Stream.of(start, start)), "item", "each message after");
    assertRefused(() -> client.send(Stream.of(start, item, item)), "item.item", "sent twice");
  }

  @Test
  void create_thatWasCut_isGoneOnWithAndSeenOnlyThen() {
    List<ReviewItem> items = ReviewClient.items(3, 1);
    assertThatThrownBy(() -> client.create(pilot(3), items.subList(0, 2)))
        .hasMessageContaining("3, and 2 were sent");
    assertThatThrownBy(() -> client.next("pilot", "dr-a"))
        .hasMessageContaining("NOT_FOUND")
        .hasMessageContaining("not whole");

    assertThat(client.create(pilot(3), items).getReviewSet().getWhole()).isTrue();
    assertThat(client.create(pilot(3), items).getItemsKnown()).isEqualTo(3);
    assertThat(client.next("pilot", "dr-a").getItemsLeft()).isEqualTo(3);
  }

  @Test
  void create_anotherSetOfThatName_isAConflict() {
    client.create("pilot", ReviewClient.items(2, 1));
    var other = ReviewClient.item(0, 1).setPrompt("edema").build();
    var twin =
        ReviewItem.newBuilder().setItem("twin").setPrompt("edema").addImages(image(0)).build();

    assertConflict(() -> client.create("pilot", ReviewClient.items(3, 1)), "other settings");
    assertConflict(
        () -> client.create(pilot(2), List.of(other, ReviewClient.item(1, 1).build())),
        "item item-0000 is there");
    assertConflict(
        () -> client.create(pilot(2), List.of(ReviewClient.item(0, 1).build(), twin)),
        "is whole and has no item twin");
    assertConflict(
        () ->
            client.create(
                ReviewSetStart.newBuilder().setReviewSet("new").setItems(2),
                List.of(ReviewClient.item(0, 1).build(), twin)),
        "image image-0000-0 is one of item item-0000");
  }

  private static ReviewImage.Builder image(int number) {
    return ReviewClient.item(number, 1).getImagesBuilder(0);
  }

  private static void assertConflict(Runnable call, String words) {
    assertThatThrownBy(call::run)
        .hasMessageContaining("FAILED_PRECONDITION")
        .hasMessageContaining(words)
        .hasMessageContaining("expected: ");
  }

  @ParameterizedTest(name = "{0}: {5}")
  @CsvSource(
      delimiter = '|',
      value = {
        "reader             | ''   | image-0000-0 | 3 | 3 | 1 to 64 characters",
        "ratings[0].image   | dr-a | image-9999-0 | 3 | 3 | each image of the item once",
        "ratings[0].text_score | dr-a | image-0000-0 | 6 | 3 | 6",
        "ratings[0].text_score | dr-a | image-0000-0 | -1 | 3 | -1",
        "ratings[0].text_score | dr-a | image-0000-0 |   | 3 | for the item has a prompt",
        "ratings[0].mask_score | dr-a | image-0000-0 | 3 |   | for the item has masks",
        "ratings            | dr-a | image-0000-0 | 3 | 3 | none of image-0000-1",
      })
  void submit_wrongField_namesItAndKeepsNothing(
      String field, String reader, String image, Integer text, Integer masks, String word)
      throws IOException {
    client.create(
        "pilot", List.of(ReviewClient.item(0, 2).addMasks(ReviewClient.mask("heart")).build()));
    var rating = Rating.newBuilder().setImage(image);
    if (text != null) {
      rating.setTextScore(text);
    }
    if (masks != null) {
      rating.setMaskScore(masks);
    }

    assertRefused(() -> submit("pilot", reader, "item-0000", rating), field, word);

    assertThat(client.export("pilot", true)).isEmpty();
  }

  private void submit(String set, String reader, String item, Rating.Builder rating) {
    var _ =
        client
            .calls()
            .submitRatings(
                SubmitRatingsRequest.newBuilder()
                    .setReviewSet(set)
                    .setReader(reader)
                    .setItem(item)
                    .addRatings(rating)
                    .build());
  }

  @Test
  void submit_aMaskScoreWhereNoMaskIs_isRefused() throws IOException {
    client.create("pilot", ReviewClient.items(1, 1));
    var rating = Rating.newBuilder().setImage("image-0000-0").setTextScore(1).setMaskScore(1);

    assertRefused(
        () -> submit("pilot", "dr-a", "item-0000", rating),
        "ratings[0].mask_score",
        "the item has not masks");
  }

  @Test
  void calls_forWhatIsNotThere_sayNotFound() {
    client.create("pilot", ReviewClient.items(1, 1));
    var rating = Rating.newBuilder().setImage("image-0000-0").setTextScore(1);

    assertThatThrownBy(() -> client.next("pilots", "dr-a"))
        .hasMessageContaining("NOT_FOUND: there is no review set pilots");
    assertThatThrownBy(() -> client.export("pilots", false)).hasMessageContaining("NOT_FOUND");
    assertThatThrownBy(() -> submit("pilot", "dr-a", "item-9", rating))
        .hasMessageContaining("NOT_FOUND: review set pilot has no item item-9");
  }
}
