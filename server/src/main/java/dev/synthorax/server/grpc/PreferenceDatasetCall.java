package dev.synthorax.server.grpc;

import dev.synthorax.files.Sha256;
import dev.synthorax.proto.v1.CreatePreferenceDatasetRequest;
import dev.synthorax.proto.v1.CreatePreferenceDatasetResponse;
import dev.synthorax.proto.v1.SampleShape;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.review.PreferenceSample;
import dev.synthorax.server.review.RatedItem;
import dev.synthorax.server.review.Reviews;
import dev.synthorax.server.training.Datasets;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Rated images on their way into a dataset, a few items at a time.
 *
 * <p><b>Threading:</b> a thread of its own, which waits for records and datasets.
 */
final class PreferenceDatasetCall {
  private static final int ITEMS = 16; // of which the pixels are on the heap together

  private final Reviews reviews;
  private final Datasets datasets;
  private final CreatePreferenceDatasetRequest request;
  private int items;
  private int images;
  private int pairs;

  private PreferenceDatasetCall(
      Reviews reviews, Datasets datasets, CreatePreferenceDatasetRequest request) {
    this.reviews = reviews;
    this.datasets = datasets;
    this.request = request;
  }

  /** Makes the dataset. */
  static CompletableFuture<CreatePreferenceDatasetResponse> run(
      Reviews reviews, Datasets datasets, CreatePreferenceDatasetRequest request) {
    var result = new CompletableFuture<CreatePreferenceDatasetResponse>();
    Thread.ofVirtual()
        .name("preferences " + request.getReviewSet())
        .start(
            () -> {
              try {
                result.complete(new PreferenceDatasetCall(reviews, datasets, request).make());
              } catch (Throwable e) { // the thread's top: every failure becomes a status
                result.completeExceptionally(e);
              }
            });
    return result;
  }

  private CreatePreferenceDatasetResponse make() {
    String set = request.getReviewSet();
    List<String> structures = reviews.structures(set).join();
    Upload upload = null;
    int from = 0;
    for (List<RatedItem> page = page(from); page != null; page = page(from)) {
      for (RatedItem item : page) {
        if (upload == null) {
          upload =
              new Upload(PreferenceSample.shape(item.images().getFirst().picture(), structures));
        }
        add(upload, item);
      }
      from += ITEMS;
    }
    if (upload == null) {
      throw new ServerException(
          ServerReason.REVIEW_CONFLICT,
          "review set %s has no ratings%s (expected: at least one)"
              .formatted(set, request.getReader().isEmpty() ? "" : " of " + request.getReader()),
          set);
    }
    upload.finish();
    return CreatePreferenceDatasetResponse.newBuilder()
        .setDataset(request.getDataset())
        .setItems(items)
        .setImages(images)
        .setPairs(pairs)
        .build();
  }

  private @Nullable List<RatedItem> page(int from) {
    return reviews.rated(request.getReviewSet(), request.getReader(), from, from + ITEMS).join();
  }

  private void add(Upload upload, RatedItem item) {
    for (RatedItem.Image image : item.images()) {
      upload.add(PreferenceSample.of(request.getReviewSet(), item, image, upload.shape));
    }
    items++;
    images += item.images().size();
    pairs += item.pairs();
  }

  /** The dataset that is being filled. */
  private final class Upload {
    private final dev.synthorax.training.stage.SampleShape shape;
    private final Datasets.Upload to;

    private Upload(dev.synthorax.training.stage.SampleShape shape) {
      this.shape = shape;
      SampleShape wire =
          SampleShape.newBuilder()
              .setWidth(shape.width())
              .setHeight(shape.height())
              .addAllStructures(shape.structures())
              .build();
      to =
          datasets
              .upload(request.getDataset(), shape, TrainingWires.first(wire), null, () -> {})
              .join(); // one that takes the name over fails what is added here
    }

    private void add(PreferenceSample sample) {
      try {
        to.add(digest(sample), sample.image(), sample.masks(), sample.line()).join();
      } catch (CompletionException e) {
        to.abandon();
        throw e;
      }
    }

    private void finish() {
      var _ = to.finish().join();
    }
  }

  /** Of all that a sample holds. */
  private static byte[] digest(PreferenceSample sample) {
    MessageDigest digest = Sha256.digest();
    digest.update(sample.line().toString().getBytes(StandardCharsets.UTF_8));
    digest.update(sample.image());
    for (Map.Entry<String, byte[]> mask : new TreeMap<>(sample.masks()).entrySet()) {
      digest.update(mask.getKey().getBytes(StandardCharsets.UTF_8));
      digest.update(mask.getValue());
    }
    return digest.digest();
  }
}
