package dev.synthorax.server.grpc;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.v1.CreatePreferenceDatasetRequest;
import dev.synthorax.proto.v1.CreatePreferenceDatasetResponse;
import dev.synthorax.proto.v1.CreateReviewSetRequest;
import dev.synthorax.proto.v1.CreateReviewSetResponse;
import dev.synthorax.proto.v1.EffectiveSettings;
import dev.synthorax.proto.v1.ExportRatingsRequest;
import dev.synthorax.proto.v1.GetNextItemRequest;
import dev.synthorax.proto.v1.GetNextItemResponse;
import dev.synthorax.proto.v1.ListReviewSetsRequest;
import dev.synthorax.proto.v1.Rating;
import dev.synthorax.proto.v1.RatingRecord;
import dev.synthorax.proto.v1.ReviewImage;
import dev.synthorax.proto.v1.ReviewItem;
import dev.synthorax.proto.v1.ReviewServiceGrpc;
import dev.synthorax.proto.v1.ReviewSet;
import dev.synthorax.proto.v1.ReviewSetStart;
import dev.synthorax.proto.v1.ReviewTask;
import dev.synthorax.proto.v1.StructureMask;
import dev.synthorax.proto.v1.SubmitRatingsRequest;
import dev.synthorax.proto.v1.SubmitRatingsResponse;
import dev.synthorax.server.pipeline.GreyPng;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What readers and those who ask them do, in tests. */
final class ReviewClient {
  private static final int LIMIT_SECONDS = 60;

  private final ServerFixture server;

  ReviewClient(ServerFixture server) {
    this.server = server;
  }

  private static final Map<Integer, ByteString> PNGS = new ConcurrentHashMap<>();

  /** A PNG of 8 x 8 pixels, one grey. */
  static ByteString png(int grey) {
    return PNGS.computeIfAbsent(grey, ReviewClient::encode);
  }

  private static ByteString encode(int grey) {
    float[] samples = new float[64];
    Arrays.fill(samples, grey / 255f);
    return ByteString.copyFrom(GreyPng.of(samples, 8, 8));
  }

  /** An item that asks for a prompt, with some images. */
  static ReviewItem.Builder item(int number, int images) {
    String name = "%04d".formatted(number);
    var item =
        ReviewItem.newBuilder()
            .setItem("item-" + name)
            .setPrompt("effusion " + name)
            .setSettings(
                EffectiveSettings.newBuilder().setModel("cxr").setModelVersion("0123456789ab"));
    for (int i = 0; i < images; i++) {
      item.addImages(
          ReviewImage.newBuilder()
              .setImage("image-" + name + "-" + i)
              .setPng(png((number + i) % 256))
              .setSeed(number * 100L + i));
    }
    return item;
  }

  /** A mask of the upper half. */
  static StructureMask mask(String structure) {
    float[] samples = new float[64];
    Arrays.fill(samples, 0, 32, 1);
    return StructureMask.newBuilder()
        .setStructure(structure)
        .setPng(ByteString.copyFrom(GreyPng.of(samples, 8, 8)))
        .build();
  }

  static List<ReviewItem> items(int count, int images) {
    return IntStream.range(0, count).mapToObj(i -> item(i, images).build()).toList();
  }

  CreateReviewSetResponse create(String name, List<ReviewItem> items) {
    return create(ReviewSetStart.newBuilder().setReviewSet(name).setItems(items.size()), items);
  }

  CreateReviewSetResponse create(ReviewSetStart.Builder start, List<ReviewItem> items) {
    var messages = new ArrayList<CreateReviewSetRequest>();
    messages.add(CreateReviewSetRequest.newBuilder().setStart(start).build());
    items.forEach(item -> messages.add(CreateReviewSetRequest.newBuilder().setItem(item).build()));
    return send(messages.stream());
  }

  CreateReviewSetResponse send(Stream<CreateReviewSetRequest> messages) {
    var answer = new CompletableFuture<CreateReviewSetResponse>();
    StreamObserver<CreateReviewSetRequest> call =
        ReviewServiceGrpc.newStub(server.channel)
            .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
            .createReviewSet(
                new StreamObserver<>() {
                  @Override
                  public void onNext(CreateReviewSetResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {
                    answer.cancel(false); // no answer: told by join
                  }
                });
    messages.forEach(call::onNext);
    call.onCompleted();
    try {
      return answer.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof StatusRuntimeException status ? status : e;
    }
  }

  ReviewServiceGrpc.ReviewServiceBlockingStub calls() {
    return ReviewServiceGrpc.newBlockingStub(server.channel)
        .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  GetNextItemResponse next(String set, String reader, String... except) {
    return calls()
        .getNextItem(
            GetNextItemRequest.newBuilder()
                .setReviewSet(set)
                .setReader(reader)
                .addAllExceptItems(List.of(except))
                .build());
  }

  /** The same score for each image, of whatever is asked. */
  SubmitRatingsResponse submit(String set, String reader, ReviewTask task, int score) {
    return submit(set, reader, task, _ -> score);
  }

  SubmitRatingsResponse submit(
      String set, String reader, ReviewTask task, ToIntFunction<String> score) {
    var request =
        SubmitRatingsRequest.newBuilder()
            .setReviewSet(set)
            .setReader(reader)
            .setItem(task.getItem());
    task.getImagesList()
        .forEach(
            image -> {
              var rating = Rating.newBuilder().setImage(image.getImage());
              if (!task.getPrompt().isEmpty()) {
                rating.setTextScore(score.applyAsInt(image.getImage()));
              }
              if (task.getMasksCount() > 0) {
                rating.setMaskScore(score.applyAsInt(image.getImage()));
              }
              request.addRatings(rating);
            });
    return calls().submitRatings(request.build());
  }

  /** Rates everything there is for a reader; returns the items in the order that they came. */
  List<String> rateAll(String set, String reader, int score) {
    List<String> seen = new ArrayList<>();
    for (var next = next(set, reader); next.hasTask(); next = next(set, reader)) {
      seen.add(next.getTask().getItem());
      submit(set, reader, next.getTask(), score);
    }
    return seen;
  }

  List<RatingRecord> export(String set, boolean history) {
    List<RatingRecord> records = new ArrayList<>();
    calls()
        .exportRatings(
            ExportRatingsRequest.newBuilder().setReviewSet(set).setWithHistory(history).build())
        .forEachRemaining(part -> records.addAll(part.getRatingsList()));
    return records;
  }

  CreatePreferenceDatasetResponse dataset(String set, String dataset, String reader) {
    return calls()
        .createPreferenceDataset(
            CreatePreferenceDatasetRequest.newBuilder()
                .setReviewSet(set)
                .setDataset(dataset)
                .setReader(reader)
                .build());
  }

  List<ReviewSet> list() {
    return calls().listReviewSets(ListReviewSetsRequest.getDefaultInstance()).getReviewSetsList();
  }
}
