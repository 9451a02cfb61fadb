package dev.synthorax.client;

import static java.util.Objects.requireNonNull;

import dev.synthorax.proto.v1.Dataset;
import dev.synthorax.proto.v1.DatasetState;
import dev.synthorax.proto.v1.TrainingServiceGrpc;
import dev.synthorax.proto.v1.UploadDatasetRequest;
import dev.synthorax.proto.v1.UploadDatasetResponse;
import dev.synthorax.proto.v1.UploadPoint;
import dev.synthorax.proto.v1.UploadStart;
import io.grpc.Status;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One upload: goes on where an earlier one was cut, if that held the same samples, and is tried
 * again where it is cut itself. Tries that brought samples nearer do not count.
 *
 * <p><b>Threading:</b> {@link #run} blocks its thread; the call's answer comes on the channel's.
 */
final class SampleUpload {
  private static final String CONFLICT = "DATASET_CONFLICT";

  private final TrainingClient training;
  private final RetryingCall.Terms terms;
  private final String name;
  private final SampleSource source;
  private final LongConsumer progress;

  /** What the server has are other samples than ours. */
  private static final class OtherSamplesException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  SampleUpload(
      TrainingClient training,
      RetryingCall.Terms terms,
      String name,
      SampleSource source,
      LongConsumer progress) {
    this.training = training;
    this.terms = terms;
    this.name = name;
    this.source = source;
    this.progress = progress;
  }

  Dataset run() throws IOException, InterruptedException {
    long before = -1;
    int tries = 0;
    while (true) {
      Dataset there = training.datasetIfAny(name);
      UploadPoint point = there == null ? UploadPoint.getDefaultInstance() : there.getPoint();
      if (there != null && there.getState() == DatasetState.DATASET_STATE_WHOLE) {
        return same(there);
      }
      tries = point.getSamples() > before ? 1 : tries + 1;
      before = Math.max(before, point.getSamples());
      try {
        return attempt(point);
      } catch (OtherSamplesException e) {
        before = -1;
        return attempt(UploadPoint.getDefaultInstance());
      } catch (SynthoraxException e) {
        boolean cut = e.code() == Status.Code.UNAVAILABLE;
        if (!cut || (e.retryDelay() == null && tries >= terms.options().retry().maxAttempts())) {
          throw e;
        }
        Thread.sleep(
            terms.options().retry().delayAfter(tries, e.retryDelay(), ThreadLocalRandom.current()));
      }
    }
  }

  /** Returns a whole dataset of our name if it holds our samples. */
  private Dataset same(Dataset there) throws IOException, InterruptedException {
    SampleDigest digest = new SampleDigest(source.shape());
    source.forEach(digest::add);
    if (!digest.point().equals(there.getPoint())) {
      throw SynthoraxException.ofReason(
          Status.Code.FAILED_PRECONDITION,
          CONFLICT,
          "dataset '"
              + name
              + "' is on "
              + terms.target()
              + " with "
              + there.getPoint().getSamples()
              + " other samples (expected: "
              + digest.point().getSamples()
              + " of ours; choose another name, or delete it)");
    }
    progress.accept(there.getPoint().getSamples());
    return there;
  }

  private Dataset attempt(UploadPoint from) throws IOException, InterruptedException {
    SampleDigest digest = new SampleDigest(source.shape());
    Sender sender = new Sender();
    try {
      if (from.getSamples() == 0) {
        sender.open(from);
      }
      source.forEach(
          sample -> {
            if (!sender.isOpen() && digest.point().getSamples() == from.getSamples()) {
              openAt(sender, digest, from);
            }
            digest.add(sample);
            if (sender.isOpen()) {
              sender.send(UploadDatasetRequest.newBuilder().setSample(sample).build());
            }
            progress.accept(digest.point().getSamples());
          });
      if (!sender.isOpen()) {
        openAt(sender, digest, from);
      }
      return sender.finish();
    } catch (IOException | InterruptedException | RuntimeException e) {
      sender.giveUp(e);
      throw e;
    }
  }

  private static void openAt(Sender sender, SampleDigest digest, UploadPoint from)
      throws IOException {
    if (!digest.point().equals(from)) {
      throw new OtherSamplesException();
    }
    sender.open(from);
  }

  /** The call to the server, begun where the samples that it lacks begin. */
  private final class Sender {
    private @Nullable RequestStream<UploadDatasetRequest, UploadDatasetResponse> call;

    private boolean isOpen() {
      return call != null;
    }

    private void open(UploadPoint from) {
      call = RequestStream.open(terms, TrainingServiceGrpc.getUploadDatasetMethod());
      UploadStart.Builder start =
          UploadStart.newBuilder().setDataset(name).setShape(source.shape());
      if (from.getSamples() > 0) {
        start.setResume(from);
      }
      send(UploadDatasetRequest.newBuilder().setStart(start).build());
    }

    private void send(UploadDatasetRequest message) {
      requireNonNull(call, "call").send(message);
    }

    private Dataset finish() {
      return requireNonNull(call, "call").finish().getDataset();
    }

    private void giveUp(Exception cause) {
      if (call != null) {
        call.giveUp(cause);
      }
    }
  }
}
