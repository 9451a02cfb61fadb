package dev.synthorax.server.reading;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.v1.ClassificationServiceGrpc;
import dev.synthorax.proto.v1.Radiograph;
import dev.synthorax.proto.v1.RawImage;
import dev.synthorax.proto.v1.SegmentRequest;
import dev.synthorax.proto.v1.Segmentation;
import dev.synthorax.proto.v1.SegmentationServiceGrpc;
import dev.synthorax.proto.v1.SegmentationSpec;
import dev.synthorax.server.access.Access;
import dev.synthorax.server.config.MemoryConfig;
import dev.synthorax.server.config.ServerConfig;
import dev.synthorax.server.edge.CallGate;
import dev.synthorax.server.edge.Edges;
import dev.synthorax.server.grpc.GrpcEdge;
import dev.synthorax.server.grpc.GrpcServices;
import dev.synthorax.server.pipeline.FakeBackend;
import dev.synthorax.server.pipeline.FakePipelines;
import dev.synthorax.server.records.Records;
import dev.synthorax.server.repository.DiffusionLoader;
import dev.synthorax.server.repository.ModelFolders;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.training.TestRooms;
import dev.synthorax.server.training.TrainingRoom;
import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in this process whose readers are fake. */
final class ReadingFixture implements AutoCloseable {
  final FakeReaders readers = new FakeReaders();
  final CallGate gate = new CallGate();
  final ReadingServices reading;
  final ManagedChannel channel;
  private final ModelRepository models;
  private final TrainingRoom training;
  private final GrpcServices services;
  private final Edges edges;

  private ReadingFixture(Path folder, MemoryConfig limits) throws IOException {
    FakePipelines.write(folder.resolve("models/squares"), FakePipelines.YAML);
    models =
        new ModelRepository(
            new ModelFolders(
                List.of(folder.resolve("models")),
                List.of(new DiffusionLoader(_ -> FakePipelines.loader(new FakeBackend())))));
    training = TestRooms.idle(models);
    reading = new ReadingServices(readers, limits, 1);
    services =
        new GrpcServices(
            models,
            training,
            new Records(folder.resolve("none")),
            gate,
            Access.open(),
            limits,
            reading.services());
    String name = InProcessServerBuilder.generateName();
    edges =
        new Edges(
            gate,
            List.of(
                GrpcEdge.start(
                    InProcessServerBuilder.forName(name), services, ServerConfig.DEFAULT)));
    channel = InProcessChannelBuilder.forName(name).build();
  }

  static ReadingFixture open(Path folder) throws IOException {
    return new ReadingFixture(folder, ServerConfig.DEFAULT.memory());
  }

  /** One whose images and answers may take so many bytes. */
  static ReadingFixture open(Path folder, long bytes) throws IOException {
    MemoryConfig usual = ServerConfig.DEFAULT.memory();
    return new ReadingFixture(
        folder,
        new MemoryConfig(
            usual.maxMessageBytes(),
            usual.maxResponseBytes(),
            bytes,
            usual.maxTensorBytes(),
            usual.maxCacheBytes()));
  }

  Segmentation segment(SegmentationSpec.Builder spec) {
    return SegmentationServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .segment(SegmentRequest.newBuilder().setSpec(spec).build())
        .getSegmentation();
  }

  ClassificationServiceGrpc.ClassificationServiceBlockingStub classification() {
    return ClassificationServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  /** Grey levels of 8 bits. */
  static Radiograph.Builder raw(int width, int height, int... levels) {
    byte[] data = new byte[levels.length];
    for (int i = 0; i < levels.length; i++) {
      data[i] = (byte) levels[i];
    }
    return Radiograph.newBuilder()
        .setRaw(
            RawImage.newBuilder()
                .setWidth(width)
                .setHeight(height)
                .setData(ByteString.copyFrom(data)));
  }

  /** An image of one grey. */
  static Radiograph.Builder plain(int width, int height, int level) {
    int[] levels = new int[width * height];
    Arrays.fill(levels, level);
    return raw(width, height, levels);
  }

  boolean drain(Duration grace) {
    return edges.drain(grace, Duration.ofSeconds(1));
  }

  /** Waits until nothing is left of any call; the test's limit ends it where something stays. */
  void awaitNothingLeft() {
    while (gate.calls() + readers.live() + reading.heldBytes() > 0) {
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    var _ = drain(Duration.ZERO);
    services.close();
    training.close();
    reading.close();
    models.close();
  }
}
