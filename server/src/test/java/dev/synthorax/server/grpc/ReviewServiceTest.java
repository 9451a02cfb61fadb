package dev.synthorax.server.grpc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.v1.DatasetState;
import dev.synthorax.proto.v1.DeleteReviewSetRequest;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.GetDatasetRequest;
import dev.synthorax.proto.v1.GetNextItemResponse;
import dev.synthorax.proto.v1.GetReviewItemRequest;
import dev.synthorax.proto.v1.Rating;
import dev.synthorax.proto.v1.RatingRecord;
import dev.synthorax.proto.v1.ReaderProgress;
import dev.synthorax.proto.v1.ReviewImage;
import dev.synthorax.proto.v1.ReviewSet;
import dev.synthorax.proto.v1.ReviewSetStart;
import dev.synthorax.proto.v1.ReviewTask;
import dev.synthorax.proto.v1.TaskImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReviewServiceTest {
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

  private void restart() throws IOException {
    server.close();
    start();
  }

  @Test
  void nextItem_ofANewSet_showsWhatWasAskedAndNothingOfTheModel() {
    client.create(
        ReviewSetStart.newBuilder()
            .setReviewSet("pilot")
            .setItems(1)
            .setInstructions("Look at sides."),
        List.of(ReviewClient.item(7, 2).addMasks(ReviewClient.mask("lungs")).build()));

    var next = client.next("pilot", "dr-a");

    assertThat(next.getInstructions()).isEqualTo("Look at sides.");
    assertThat(next.getItemsRated()).isZero();
    assertThat(next.getItemsLeft()).isEqualTo(1);
    ReviewTask task = next.getTask();
    assertThat(task.getPrompt()).isEqualTo("effusion 0007");
    assertThat(task.getMasksList()).containsExactly(ReviewClient.mask("lungs"));
    assertThat(task.getImagesList())
        .extracting(TaskImage::getPng)
        .containsExactlyInAnyOrder(ReviewClient.png(7), ReviewClient.png(8));
    assertThat(task.toByteString().toString(ISO_8859_1)).doesNotContain("0123456789ab");
  }

  @Test
  void nextItem_imagesThatNameTheirModel_comeWithoutThat() throws IOException {
    ByteString png;
    try (var drawing = ServerFixture.loaded(folder.resolve("drawing"))) {
      png = drawing.generate(GenerationSpec.newBuilder().setSeed(1).build()).getImages(0).getData();
    }
    assertThat(png.toString(ISO_8859_1)).contains("squares");
    var item =
        ReviewClient.item(0, 0).addImages(ReviewImage.newBuilder().setImage("a").setPng(png));
    client.create("pilot", List.of(item.build()));

    ByteString shown = client.next("pilot", "dr-a").getTask().getImages(0).getPng();

    assertThat(shown.toString(ISO_8859_1)).doesNotContain("squares").contains("IDAT", "IEND");
  }

  @Test
  void rating_untilNothingIsLeft_meetsEachItemOnceInAnOrderOfTheReaders() {
    client.create("pilot", ReviewClient.items(12, 1));

    List<String> first = client.rateAll("pilot", "dr-a", 3);
    List<String> second = client.rateAll("pilot", "dr-b", 4);

    List<String> all = ReviewClient.items(12, 1).stream().map(i -> i.getItem()).toList();
    assertThat(first).containsExactlyInAnyOrderElementsOf(all).isNotEqualTo(all);
    assertThat(second).containsExactlyInAnyOrderElementsOf(all).isNotEqualTo(first);
    assertThat(client.next("pilot", "dr-a").getItemsRated()).isEqualTo(12);
  }

  @Test
  void nextItem_imagesOfAnItem_standInAnotherOrderForAnotherReader() {
    client.create("pilot", ReviewClient.items(1, 12));

    assertThat(imagesOf(client.next("pilot", "dr-a")))
        .isEqualTo(imagesOf(client.next("pilot", "dr-a")))
        .isNotEqualTo(imagesOf(client.next("pilot", "dr-b")));
  }

  private static List<String> imagesOf(GetNextItemResponse next) {
    return next.getTask().getImagesList().stream().map(TaskImage::getImage).toList();
  }

  @Test
  void nextItem_exceptThoseOnTheScreen_isTheOneAfter() {
    client.create("pilot", ReviewClient.items(3, 1));

    String first = client.next("pilot", "dr-a").getTask().getItem();
    String second = client.next("pilot", "dr-a", first).getTask().getItem();
    var third = client.next("pilot", "dr-a", first, second);

    assertThat(third.getTask().getItem()).isNotIn(first, second);
    assertThat(third.getItemsLeft()).isEqualTo(3);
    assertThat(client.next("pilot", "dr-a", first, second, third.getTask().getItem()).hasTask())
        .isFalse();
  }

  @Test
  void nextItem_whereOneReaderAnItemIsEnough_sharesTheSet() {
    client.create(
        ReviewSetStart.newBuilder().setReviewSet("shared").setItems(10).setReadersPerItem(1),
        ReviewClient.items(10, 1));
    for (int i = 0; i < 4; i++) {
      client.submit("shared", "dr-a", client.next("shared", "dr-a").getTask(), 5);
    }

    List<String> others = client.rateAll("shared", "dr-b", 5);

    assertThat(others).hasSize(6);
    assertThat(client.next("shared", "dr-a").hasTask()).isFalse();
    assertThat(client.export("shared", false))
        .extracting(RatingRecord::getItem)
        .doesNotHaveDuplicates();
  }

  @Test
  void submit_theSameAgain_changesNothingAndOthersKeepTheFirstAsHistory() {
    client.create("pilot", ReviewClient.items(1, 2));
    ReviewTask task = client.next("pilot", "dr-a").getTask();

    assertThat(client.submit("pilot", "dr-a", task, 2).getRatingsChanged()).isEqualTo(2);
    assertThat(client.submit("pilot", "dr-a", task, 2).getRatingsChanged()).isZero();
    assertThat(
            client
                .submit("pilot", "dr-a", task, image -> image.endsWith("0") ? 5 : 2)
                .getRatingsChanged())
        .isEqualTo(1);

    assertThat(client.export("pilot", true))
        .extracting(
            r -> r.getRating().getImage(), r -> r.getRating().getTextScore(), r -> r.getRevision())
        .containsExactly(
            tuple("image-0000-0", 2, 1), tuple("image-0000-0", 5, 2), tuple("image-0000-1", 2, 1));
    assertThat(client.export("pilot", false))
        .extracting(r -> r.getRating().getTextScore())
        .containsExactly(5, 2);
  }

  @Test
  void reviewItem_thatWasRated_comesWithTheReadersOwnWord() {
    client.create(
        "pilot",
        List.of(
            ReviewClient.item(0, 1).setPrompt("").addMasks(ReviewClient.mask("heart")).build()));
    client.submit("pilot", "dr-a", client.next("pilot", "dr-a").getTask(), 4);

    assertThat(ratings("dr-a"))
        .containsExactly(Rating.newBuilder().setImage("image-0000-0").setMaskScore(4).build());
    assertThat(ratings("dr-b")).isEmpty();
  }

  private List<Rating> ratings(String reader) {
    return client
        .calls()
        .getReviewItem(
            GetReviewItemRequest.newBuilder()
                .setReviewSet("pilot")
                .setReader(reader)
                .setItem("item-0000")
                .build())
        .getTask()
        .getRatingsList();
  }

  @Test
  void everything_afterARestart_isThere() throws IOException {
    client.create("pilot", ReviewClient.items(3, 2));
    client.submit("pilot", "dr-a", client.next("pilot", "dr-a").getTask(), 1);
    String second = client.next("pilot", "dr-a").getTask().getItem();
    List<ReviewSet> before = client.list();
    List<RatingRecord> rated = client.export("pilot", true);

    restart();

    assertThat(client.list()).isEqualTo(before);
    assertThat(client.export("pilot", true)).isEqualTo(rated).hasSize(2);
    assertThat(client.next("pilot", "dr-a").getTask().getItem()).isEqualTo(second);
  }

  @Test
  void list_withReaders_tellsHowFarTheyAre() {
    client.create("pilot", ReviewClient.items(3, 2));
    client.create("another", ReviewClient.items(1, 1));
    client.rateAll("pilot", "dr-b", 1);
    client.submit("pilot", "dr-a", client.next("pilot", "dr-a").getTask(), 1);

    List<ReviewSet> sets = client.list();

    assertThat(sets).extracting(ReviewSet::getReviewSet).containsExactly("another", "pilot");
    ReviewSet pilot = sets.getLast();
    assertThat(pilot.getWhole()).isTrue();
    assertThat(pilot.getItems()).isEqualTo(3);
    assertThat(pilot.getImages()).isEqualTo(6);
    assertThat(pilot.getModelsList()).containsExactly("cxr 0123456789ab");
    assertThat(pilot.getReadersList())
        .extracting(ReaderProgress::getReader, ReaderProgress::getItemsRated)
        .containsExactly(tuple("dr-a", 1), tuple("dr-b", 3));
  }

  @Test
  void delete_aSetWithRatings_wantsToBeToldSo() {
    client.create("pilot", ReviewClient.items(2, 1));
    client.rateAll("pilot", "dr-a", 1);
    var request = DeleteReviewSetRequest.newBuilder().setReviewSet("pilot");

    assertThatThrownBy(() -> client.calls().deleteReviewSet(request.build()))
        .hasMessageContaining("FAILED_PRECONDITION")
        .hasMessageContaining("has ratings");
    var _ = client.calls().deleteReviewSet(request.setWithRatings(true).build());

    assertThat(client.list()).isEmpty();
    assertThat(
            server.records.<Integer>call(
                handle ->
                    handle
                        .createQuery(
                            "SELECT (SELECT COUNT(*) FROM review_pictures) + (SELECT COUNT(*) FROM"
                                + " review_ratings) + (SELECT COUNT(*) FROM review_items)")
                        .mapTo(Integer.class)
                        .one()))
        .isZero();
  }

  @Test
  void submit_twoReadersAtOnce_keepsAllOfBoth() {
    client.create("pilot", ReviewClient.items(15, 1));

    List<CompletableFuture<List<String>>> readers = new ArrayList<>();
    for (String reader : List.of("dr-a", "dr-b")) {
      readers.add(CompletableFuture.supplyAsync(() -> client.rateAll("pilot", reader, 3)));
    }

    assertThat(readers)
        .allSatisfy(seen -> assertThat(seen.join()).hasSize(15).doesNotHaveDuplicates());
    assertThat(client.export("pilot", true)).hasSize(30);
  }

  @Test
  void preferenceDataset_ofRatedImages_isThereForTraining() {
    client.create(
        "pilot",
        List.of(
            ReviewClient.item(0, 2).addMasks(ReviewClient.mask("lungs")).build(),
            ReviewClient.item(1, 2).build(),
            ReviewClient.item(2, 2).build()));
    client.submit("pilot", "dr-a", task("item-0000"), image -> image.endsWith("0") ? 4 : 1);
    client.submit("pilot", "dr-a", task("item-0001"), 3);

    for (int time = 0; time < 2; time++) { // the same again is answered as the first time
      var made = client.dataset("pilot", "pilot-1", "");
      assertThat(made.getItems()).isEqualTo(2);
      assertThat(made.getImages()).isEqualTo(4);
      assertThat(made.getPairs()).isEqualTo(1);
    }

    var dataset =
        server
            .trainingService()
            .getDataset(GetDatasetRequest.newBuilder().setDataset("pilot-1").build())
            .getDataset();
    assertThat(dataset.getState()).isEqualTo(DatasetState.DATASET_STATE_WHOLE);
    assertThat(dataset.getPoint().getSamples()).isEqualTo(4);
    assertThat(dataset.getShape().getStructuresList()).containsExactly("lungs");
  }

  private ReviewTask task(String item) {
    return client
        .calls()
        .getReviewItem(
            GetReviewItemRequest.newBuilder()
                .setReviewSet("pilot")
                .setReader("dr-a")
                .setItem(item)
                .build())
        .getTask();
  }

  @Test
  void preferenceDataset_withoutRatingsOrUnderATakenName_isRefused() {
    client.create("pilot", ReviewClient.items(2, 2));

    assertThatThrownBy(() -> client.dataset("pilot", "pilot-1", ""))
        .hasMessageContaining("FAILED_PRECONDITION: review set pilot has no ratings");
    client.rateAll("pilot", "dr-a", 2);
    assertThatThrownBy(() -> client.dataset("pilot", "pilot-1", "dr-b"))
        .hasMessageContaining("has no ratings of dr-b");
    assertThat(client.dataset("pilot", "pilot-1", "").getPairs()).isZero();
    client.submit("pilot", "dr-a", task("item-0000"), 5);
    assertThatThrownBy(() -> client.dataset("pilot", "pilot-1", ""))
        .hasMessageContaining("FAILED_PRECONDITION")
        .hasMessageContaining("pilot-1");
  }

  @Test
  void create_thousandsOfItems_isSentTakenAndExported() {
    client.create("large", ReviewClient.items(3000, 1));

    assertThat(client.list().getFirst().getImages()).isEqualTo(3000);
    assertThat(client.next("large", "dr-a").getItemsLeft()).isEqualTo(3000);
    client.submit("large", "dr-a", client.next("large", "dr-a").getTask(), 3);
    assertThat(client.export("large", false)).hasSize(1);
  }
}
