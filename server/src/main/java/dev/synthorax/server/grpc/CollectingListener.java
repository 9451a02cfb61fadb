package dev.synthorax.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.proto.v1.GenerateResponse;
import dev.synthorax.server.pipeline.GeneratedImage;
import dev.synthorax.server.pipeline.GenerationListener;
import dev.synthorax.server.scheduler.Admission;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Keeps the images until all are there, then answers once, in order of index. */
final class CollectingListener implements GenerationListener {
  private final EventStream<GenerateResponse> stream;
  private final Reply reply;

  @GuardedBy("this")
  private final SortedMap<Integer, GeneratedImage> images = new TreeMap<>();

  @GuardedBy("this")
  private List<String> warnings = List.of();

  CollectingListener(EventStream<GenerateResponse> stream, Reply reply) {
    this.stream = stream;
    this.reply = reply;
  }

  @Override
  public synchronized void queued(Admission.Queued admission, List<String> given) {
    warnings = List.copyOf(given);
  }

  @Override
  public void progress(GenerationListener.Progress progress) {}

  @Override
  public synchronized void image(GeneratedImage image) {
    images.put(image.index(), image);
  }

  @Override
  public void completed() {
    stream.send(response(), this::sent);
    stream.complete();
  }

  /** No image is held any more. */
  private synchronized void sent() {
    images.values().forEach(GeneratedImage::sent);
    images.clear();
  }

  private synchronized GenerateResponse response() {
    return GenerateResponse.newBuilder()
        .addAllImages(images.values().stream().map(reply::image).toList())
        .setSettings(reply.effectiveSettings())
        .addAllWarnings(warnings)
        .build();
  }

  @Override
  public void failed(RuntimeException failure) {
    sent();
    stream.fail(Errors.of(failure));
  }
}
