package dev.synthorax.server.grpc;

import com.google.errorprone.annotations.MustBeClosed;
import com.google.protobuf.ByteString;
import dev.synthorax.engine.Backend;
import dev.synthorax.proto.v1.GenerateRequest;
import dev.synthorax.proto.v1.GenerateStreamRequest;
import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.Image;
import dev.synthorax.proto.v1.StructureMask;
import dev.synthorax.server.access.Access;
import dev.synthorax.server.config.ServerConfig;
import dev.synthorax.server.edge.CallGate;
import dev.synthorax.server.edge.Edges;
import dev.synthorax.server.pipeline.GreyPng;
import dev.synthorax.server.pipeline.TinyPipeline;
import dev.synthorax.server.records.Records;
import dev.synthorax.server.repository.ModelFolders;
import dev.synthorax.server.repository.ModelLoader;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.repository.ModelState;
import dev.synthorax.server.repository.ModelStatus;
import dev.synthorax.server.scheduler.ByteBudget;
import dev.synthorax.server.training.TestRooms;
import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;

/**
 * A server in this process that runs the tiny pipeline in FP32 on a backend, and a channel to it.
 *
 * <p><b>Ownership:</b> owns the backend.
 */
final class TinyServer implements AutoCloseable {
  private static final String YAML =
      """
      structures: [lungs, heart, pneumothorax]
      sizes: [[32, 32]]
      precision: fp32
      row-counts: [2, 4, 8]
      max-queued-images: 400
      defaults: {num-inference-steps: 3, noise-scheduler: DDIM}
      """;

  private final Backend backend;
  private final ModelRepository models;
  private final GrpcServices services;
  private final Edges edges;
  private final ManagedChannel channel;

  private TinyServer(Backend backend, Path folder) throws IOException {
    this.backend = backend;
    Path model = folder.resolve("models/tiny");
    if (!Files.exists(model)) {
      TinyPipeline.write(model, YAML);
    }
    models = new ModelRepository(new ModelFolders(List.of(model.getParent()), ModelLoader.all()));
    var gate = new CallGate();
    services =
        new GrpcServices(
            models,
            TestRooms.idle(models),
            new Records(Path.of("unused")),
            gate,
            Access.open(),
            ServerConfig.DEFAULT.memory(),
            List.of());
    String name = InProcessServerBuilder.generateName();
    edges =
        new Edges(
            gate,
            List.of(
                GrpcEdge.start(
                    InProcessServerBuilder.forName(name), services, ServerConfig.DEFAULT)));
    models.start(
        new ModelLoader.Resources(backend, 1, folder.resolve("graphs"), new ByteBudget(1 << 24)));
    services.markServing();
    channel = InProcessChannelBuilder.forName(name).build();
  }

  /**
   * Starts it; the model is loaded, or has failed, when this returns.
   *
   * @param backend closed with the server
   * @param folder for the model and its graphs, kept between servers
   */
  @MustBeClosed
  static TinyServer start(Backend backend, Path folder) throws IOException {
    return new TinyServer(backend, folder);
  }

  ModelStatus model() {
    return models.describe("tiny", "");
  }

  boolean isReady() {
    return model().state() == ModelState.READY;
  }

  /** Grey pixels of all images of a spec, one byte each. */
  List<byte[]> generate(GenerationSpec spec) {
    return GenerationServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .generate(GenerateRequest.newBuilder().setSpec(spec).build())
        .getImagesList()
        .stream()
        .map(TinyServer::pixels)
        .toList();
  }

  /** Starts a stream whose events are kept. */
  ServerFixture.EventLog stream(GenerationSpec spec) {
    var log = new ServerFixture.EventLog();
    GenerationServiceGrpc.newStub(channel)
        .generateStream(GenerateStreamRequest.newBuilder().setSpec(spec).build(), log);
    return log;
  }

  private static byte[] pixels(Image image) {
    try {
      var png = ImageIO.read(new ByteArrayInputStream(image.getData().toByteArray()));
      return ((DataBufferByte) png.getRaster().getDataBuffer()).getData();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A mask that shows something. */
  static StructureMask mask(String structure) {
    float[] samples = new float[1024];
    Arrays.fill(samples, 300, 700, 1);
    return StructureMask.newBuilder()
        .setStructure(structure)
        .setPng(ByteString.copyFrom(GreyPng.of(samples, 32, 32)))
        .build();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    var _ = edges.drain(Duration.ofSeconds(10), Duration.ofSeconds(1));
    services.close();
    models.close();
    backend.close();
  }
}
