package dev.synthorax.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import dev.synthorax.proto.v1.Classification;
import dev.synthorax.proto.v1.ClassificationServiceGrpc.ClassificationServiceImplBase;
import dev.synthorax.proto.v1.ClassificationSpec;
import dev.synthorax.proto.v1.ClassifiedFinding;
import dev.synthorax.proto.v1.ClassifyRequest;
import dev.synthorax.proto.v1.ClassifyResponse;
import dev.synthorax.proto.v1.ClassifyStreamRequest;
import dev.synthorax.proto.v1.ClassifyStreamResponse;
import dev.synthorax.proto.v1.Failure;
import dev.synthorax.proto.v1.Radiograph;
import dev.synthorax.proto.v1.RawImage;
import dev.synthorax.proto.v1.SegmentRequest;
import dev.synthorax.proto.v1.SegmentResponse;
import dev.synthorax.proto.v1.SegmentStreamRequest;
import dev.synthorax.proto.v1.SegmentStreamResponse;
import dev.synthorax.proto.v1.Segmentation;
import dev.synthorax.proto.v1.SegmentationServiceGrpc.SegmentationServiceImplBase;
import dev.synthorax.proto.v1.SegmentationSpec;
import dev.synthorax.proto.v1.SegmentedStructure;
import io.grpc.BindableService;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Services that read: of every image the middle half of its rows is "lungs", from the left edge to
 * the right one, and "heart" is the middle fifth of these rows; the finding "edema" is as probable
 * as the first pixel is bright, and "normal" as it is dark. The request named "bad" fails.
 */
public final class FakeReadings {
  private static final int MAX_SIDE = 4096;

  /** What was asked of images that were segmented. */
  public final Queue<SegmentationSpec> segmented = new ConcurrentLinkedQueue<>();

  /** Returns both services. */
  public BindableService[] services() {
    return new BindableService[] {new Segmenting(), new Classifying()};
  }

  private static final Failure FAILURE =
      Failure.newBuilder()
          .setCode(3)
          .setReason("INVALID_ARGUMENT")
          .setMessage("spec.image.png: not a readable PNG")
          .setField("spec.image.png")
          .setRetryDelay(Duration.newBuilder().setNanos(5_000_000))
          .build();

  private static GrayImage image(Radiograph sent) {
    try {
      RawImage raw = sent.getRaw();
      return sent.hasPng()
          ? Png.decode(sent.getPng().toByteArray(), MAX_SIDE)
          : GrayImage.of(raw.getWidth(), raw.getHeight(), raw.getData().toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Segmentation segment(SegmentationSpec spec) {
    segmented.add(spec);
    GrayImage image = image(spec.getImage());
    int width = image.width();
    int height = image.height();
    return Segmentation.newBuilder()
        .setModel("fake-segmenter")
        .setModelVersion("3")
        .setWidth(width)
        .setHeight(height)
        .addStructures(box("lungs", width, height, 0, width, spec.getProbabilities()))
        .addStructures(
            box("heart", width, height, width * 2 / 5, width * 3 / 5, spec.getProbabilities()))
        .build();
  }

  private static SegmentedStructure box(
      String name, int width, int height, int left, int right, boolean probabilities) {
    byte[] cells = new byte[width * height];
    for (int y = height / 4; y < height * 3 / 4; y++) {
      for (int x = left; x < right; x++) {
        cells[y * width + x] = 1;
      }
    }
    BinaryMask mask = BinaryMask.of(width, height, cells);
    ByteString png = ByteString.copyFrom(Png.encode(mask.toImage()));
    return SegmentedStructure.newBuilder()
        .setStructure(name)
        .setPng(png)
        .setArea(mask.area())
        .setProbabilitiesPng(probabilities ? png : ByteString.EMPTY)
        .build();
  }

  private static Classification classify(ClassificationSpec spec) {
    double bright = image(spec.getImage()).at(0, 0) / 255.0;
    return Classification.newBuilder()
        .setModel("fake-classifier")
        .setModelVersion("4")
        .setThreshold(spec.getThreshold())
        .addFindings(finding("edema", bright, spec.getThreshold()))
        .addFindings(finding("normal", 1 - bright, spec.getThreshold()))
        .build();
  }

  private static ClassifiedFinding finding(String name, double probability, double threshold) {
    return ClassifiedFinding.newBuilder()
        .setFinding(name)
        .setProbability(probability)
        .setPresent(probability >= threshold)
        .build();
  }

  private final class Segmenting extends SegmentationServiceImplBase {
    @Override
    public void segment(SegmentRequest request, StreamObserver<SegmentResponse> observer) {
      observer.onNext(
          SegmentResponse.newBuilder()
              .setSegmentation(FakeReadings.this.segment(request.getSpec()))
              .build());
      observer.onCompleted();
    }

    @Override
    public StreamObserver<SegmentStreamRequest> segmentStream(
        StreamObserver<SegmentStreamResponse> observer) {
      return new Each<>(observer) {
        @Override
        SegmentStreamResponse answer(SegmentStreamRequest request) {
          String id = request.getSpec().getRequestId();
          var answer = SegmentStreamResponse.newBuilder().setRequestId(id);
          return id.equals("bad")
              ? answer.setFailure(FAILURE).build()
              : answer.setSegmentation(FakeReadings.this.segment(request.getSpec())).build();
        }
      };
    }
  }

  private static final class Classifying extends ClassificationServiceImplBase {
    @Override
    public void classify(ClassifyRequest request, StreamObserver<ClassifyResponse> observer) {
      observer.onNext(
          ClassifyResponse.newBuilder()
              .setClassification(FakeReadings.classify(request.getSpec()))
              .build());
      observer.onCompleted();
    }

    @Override
    public StreamObserver<ClassifyStreamRequest> classifyStream(
        StreamObserver<ClassifyStreamResponse> observer) {
      return new Each<>(observer) {
        @Override
        ClassifyStreamResponse answer(ClassifyStreamRequest request) {
          return ClassifyStreamResponse.newBuilder()
              .setRequestId(request.getSpec().getRequestId())
              .setClassification(FakeReadings.classify(request.getSpec()))
              .build();
        }
      };
    }
  }

  /** Answers each request at once. */
  private abstract static class Each<Q, R> implements StreamObserver<Q> {
    private final StreamObserver<R> observer;

    private Each(StreamObserver<R> observer) {
      this.observer = observer;
    }

    abstract R answer(Q request);

    @Override
    public void onNext(Q request) {
      observer.onNext(answer(request));
    }

    @Override
    public void onError(Throwable failure) {
      // the client left
    }

    @Override
    public void onCompleted() {
      observer.onCompleted();
    }
  }
}
