package dev.synthorax.benchmarks.judges;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import dev.synthorax.proto.v1.GenerateResponse;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.StructureMask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The model that is judged, with the settings that it draws with.
 *
 * @param client of the server that serves it; borrowed
 * @param model its name
 * @param steps null: the model's own
 * @param guidance null: the model's own
 */
record Generator(
    SynthoraxClient client, String model, @Nullable Integer steps, @Nullable Float guidance) {
  private static final int MAX_SIDE = 4096;
  private static final int AT_ONCE = 64;

  /** What of a sample the model is told. */
  enum Told {
    /** Its prompt. */
    TEXT,
    /** Its masks. */
    MASKS,
    /** Both. */
    BOTH
  }

  /**
   * One image for each sample.
   *
   * @throws IOException if an answer holds no image
   */
  List<GrayImage> draw(List<Sample> samples, Told told) throws IOException {
    var images = new ArrayList<GrayImage>();
    for (int from = 0; from < samples.size(); from += AT_ONCE) {
      var answers = new ArrayList<CompletableFuture<GenerateResponse>>();
      for (Sample sample : samples.subList(from, Math.min(samples.size(), from + AT_ONCE))) {
        answers.add(client.generateAsync(request(sample, told)));
      }
      for (CompletableFuture<GenerateResponse> answer : answers) {
        images.add(Png.decode(answer.join().getImages(0).getData().toByteArray(), MAX_SIDE));
      }
    }
    return images;
  }

  private GenerationSpec request(Sample sample, Told told) {
    GenerationSpec.Builder request =
        GenerationSpec.newBuilder()
            .setModel(model)
            .setSeed(requireNonNull(sample.info().seed(), "seed"));
    if (steps != null) {
      request.setNumInferenceSteps(steps);
    }
    if (guidance != null) {
      request.setGuidanceScale(guidance);
    }
    if (told != Told.MASKS) {
      request.setPrompt(caption(sample.info()));
    }
    if (told != Told.TEXT) {
      for (Structure structure : Structure.CHANNELS) {
        BinaryMask mask = sample.mask(structure);
        if (mask.area() > 0) {
          request.addMasks(
              StructureMask.newBuilder()
                  .setStructure(structure.wireName())
                  .setPng(ByteString.copyFrom(Png.encode(mask.toImage()))));
        }
      }
    }
    return request.build();
  }

  /** What a model learned to read of a sample: the prompt of a phantom ends with its domain. */
  static String caption(ImageInfo info) {
    return info.attributes().containsKey("site") ? info.text() + ", phantom" : info.text();
  }
}
