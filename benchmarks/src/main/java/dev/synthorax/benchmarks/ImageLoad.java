package dev.synthorax.benchmarks;

import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.proto.v1.GenerateResponse;
import dev.synthorax.proto.v1.GenerationSpec;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;

/** Images of the server's default model, each a request of its own, some under way at once. */
public final class ImageLoad {
  private final SynthoraxClient client;
  private final int steps;

  /**
   * A load.
   *
   * @param client borrowed
   * @param steps denoising steps of an image
   */
  public ImageLoad(SynthoraxClient client, int steps) {
    this.client = client;
    this.steps = steps;
  }

  /** Makes {@code count} images, {@code atOnce} of them under way, and returns the seconds. */
  public double seconds(int count, int atOnce) {
    var underWay = new ArrayDeque<CompletableFuture<GenerateResponse>>();
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      if (underWay.size() == atOnce) {
        CompletableFuture.anyOf(underWay.toArray(CompletableFuture[]::new)).join();
        underWay.removeIf(CompletableFuture::isDone);
      }
      underWay.add(
          client.generateAsync(
              GenerationSpec.newBuilder()
                  .setPrompt("large pleural effusion")
                  .setSeed(i)
                  .setNumInferenceSteps(steps)
                  .build()));
    }
    underWay.forEach(CompletableFuture::join);
    return (System.nanoTime() - start) / 1e9;
  }
}
