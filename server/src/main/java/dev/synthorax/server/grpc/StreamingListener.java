package dev.synthorax.server.grpc;

import dev.synthorax.proto.v1.GenerateStreamResponse;
import dev.synthorax.server.pipeline.GeneratedImage;
import dev.synthorax.server.pipeline.GenerationListener;
import dev.synthorax.server.scheduler.Admission;
import java.util.List;

/** Tells a request's story as it happens. */
final class StreamingListener implements GenerationListener {
  private final EventStream<GenerateStreamResponse> stream;
  private final Reply reply;
  private final String requestId;

  StreamingListener(EventStream<GenerateStreamResponse> stream, Reply reply, String requestId) {
    this.stream = stream;
    this.reply = reply;
    this.requestId = requestId;
  }

  private GenerateStreamResponse.Builder event() {
    return GenerateStreamResponse.newBuilder().setRequestId(requestId);
  }

  @Override
  public void queued(Admission.Queued admission, List<String> warnings) {
    stream.send(event().setQueued(reply.queued(admission, warnings)).build());
  }

  @Override
  public void progress(GenerationListener.Progress progress) {
    stream.sendLatest(event().setProgress(Reply.progress(progress)).build());
  }

  @Override
  public void image(GeneratedImage image) {
    stream.send(event().setImage(reply.image(image)).build(), image::sent);
  }

  @Override
  public void completed() {
    stream.complete();
  }

  @Override
  public void failed(RuntimeException failure) {
    stream.fail(Errors.of(failure));
  }
}
