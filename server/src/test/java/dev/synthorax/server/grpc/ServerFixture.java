package dev.synthorax.server.grpc;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.v1.GenerateRequest;
import dev.synthorax.proto.v1.GenerateResponse;
import dev.synthorax.proto.v1.GenerateStreamRequest;
import dev.synthorax.proto.v1.GenerateStreamResponse;
import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.Image;
import dev.synthorax.proto.v1.ModelServiceGrpc;
import dev.synthorax.proto.v1.OutputFormat;
import dev.synthorax.proto.v1.StructureMask;
import dev.synthorax.proto.v1.TrainingServiceGrpc;
import dev.synthorax.server.access.Access;
import dev.synthorax.server.config.ServerConfig;
import dev.synthorax.server.edge.CallGate;
import dev.synthorax.server.edge.Edges;
import dev.synthorax.server.pipeline.FakeBackend;
import dev.synthorax.server.pipeline.FakePipelines;
import dev.synthorax.server.pipeline.GreyPng;
import dev.synthorax.server.records.Records;
import dev.synthorax.server.repository.DiffusionLoader;
import dev.synthorax.server.repository.ModelFolders;
import dev.synthorax.server.repository.ModelLoader;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.scheduler.ByteBudget;
import dev.synthorax.server.training.FakeTrainer;
import dev.synthorax.server.training.TestRooms;
import dev.synthorax.server.training.TrainingRoom;
import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server in this process over the fake backend, and a channel to it. */
final class ServerFixture implements AutoCloseable {
  private static final Duration EDGE_LIMIT = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofSeconds(60);

  final FakeBackend backend = new FakeBackend();
  final ModelRepository models;
  final ByteBudget responses = new ByteBudget(1 << 20);
  final FakeTrainer trainer = new FakeTrainer();
  final Records records;
  final TrainingRoom training;
  final CallGate gate = new CallGate();
  final GrpcServices services;
  final Edges edges;
  final ManagedChannel channel;

  private ServerFixture(Path folder) throws IOException {
    Path data = folder.resolveSibling(folder.getFileName() + "-data");
    models =
        new ModelRepository(
            new ModelFolders(
                List.of(folder),
                TrainingRoom.models(data),
                List.of(new DiffusionLoader(_ -> FakePipelines.loader(backend)))));
    records = new Records(data);
    training = TestRooms.room(data, records, models, trainer);
    String name = InProcessServerBuilder.generateName();
    services =
        new GrpcServices(
            models,
            training,
            records,
            gate,
            Access.open(),
            ServerConfig.DEFAULT.memory(),
            List.of());
    edges =
        new Edges(
            gate,
            List.of(
                GrpcEdge.start(
                    InProcessServerBuilder.forName(name), services, ServerConfig.DEFAULT)));
    channel = InProcessChannelBuilder.forName(name).build();
  }

  /** One good model, "squares", loaded. */
  static ServerFixture loaded(Path folder) throws IOException {
    FakePipelines.write(folder.resolve("squares"), FakePipelines.YAML);
    return loading(folder).load();
  }

  /** Whatever is in the folder, not loaded yet. */
  static ServerFixture loading(Path folder) throws IOException {
    return new ServerFixture(folder);
  }

  /** A server that keeps data below a folder; its model is not loaded. */
  static ServerFixture keeping(Path folder) throws IOException {
    Path models = folder.resolve("models");
    FakePipelines.write(models.resolve("squares"), FakePipelines.YAML);
    return loading(models);
  }

  ServerFixture load() {
    models.start(new ModelLoader.Resources(backend, 1, Path.of("unused"), responses));
    services.markServing();
    return this;
  }

  boolean drain(Duration grace) {
    return edges.drain(grace, EDGE_LIMIT);
  }

  GenerationServiceGrpc.GenerationServiceBlockingStub generation() {
    return GenerationServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(LONG.toSeconds(), TimeUnit.SECONDS);
  }

  /** Makes all images of a spec. */
  GenerateResponse generate(GenerationSpec spec) {
    return generation().generate(GenerateRequest.newBuilder().setSpec(spec).build());
  }

  ModelServiceGrpc.ModelServiceBlockingStub modelService() {
    return ModelServiceGrpc.newBlockingStub(channel);
  }

  TrainingServiceGrpc.TrainingServiceBlockingStub trainingService() {
    return TrainingServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(LONG.toSeconds(), TimeUnit.SECONDS);
  }

  /** A small request whose pixels can be compared. */
  static GenerationSpec.Builder request(long seed) {
    return GenerationSpec.newBuilder()
        .setSeed(seed)
        .setPrompt("small left effusion")
        .setOutputFormat(OutputFormat.OUTPUT_FORMAT_RAW_FLOAT32);
  }

  static StructureMask mask(String structure) {
    float[] samples = new float[64];
    Arrays.fill(samples, 20, 50, 1);
    return StructureMask.newBuilder()
        .setStructure(structure)
        .setPng(ByteString.copyFrom(GreyPng.of(samples, 8, 8)))
        .build();
  }

  List<ByteString> pixels(GenerationSpec spec) {
    return generate(spec).getImagesList().stream().map(Image::getData).toList();
  }

  /** Starts a stream whose events are kept. */
  EventLog stream(GenerationSpec spec) {
    var log = new EventLog();
    GenerationServiceGrpc.newStub(channel)
        .generateStream(GenerateStreamRequest.newBuilder().setSpec(spec).build(), log);
    return log;
  }

  /** What a stream said; {@link #next} waits for it. */
  static final class EventLog
      implements ClientResponseObserver<GenerateStreamRequest, GenerateStreamResponse> {
    /** An event, the end or the failure. */
    record Entry(@Nullable GenerateStreamResponse event, @Nullable Throwable failure) {
      boolean ended() {
        return event == null && failure == null;
      }
    }

    private final BlockingQueue<Entry> entries = new LinkedBlockingQueue<>();
    private volatile @Nullable ClientCallStreamObserver<GenerateStreamRequest> call;

    Entry next() throws InterruptedException {
      Entry entry = entries.poll(LONG.toSeconds(), TimeUnit.SECONDS);
      if (entry == null) {
        throw new AssertionError("nothing came within " + LONG);
      }
      return entry;
    }

    GenerateStreamResponse nextEvent() throws InterruptedException {
      Entry entry = next();
      if (entry.event == null) {
        throw new AssertionError("no event but " + entry, entry.failure);
      }
      return entry.event;
    }

    /** Every event until the stream's good end. */
    List<GenerateStreamResponse> rest() throws InterruptedException {
      var events = new ArrayList<GenerateStreamResponse>();
      for (Entry entry = next(); !entry.ended(); entry = next()) {
        if (entry.event == null) {
          throw new AssertionError("the stream failed", entry.failure);
        }
        events.add(entry.event);
      }
      return events;
    }

    void cancel() {
      var open = call;
      if (open != null) {
        open.cancel("the test leaves", null);
      }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<GenerateStreamRequest> started) {
      call = started;
    }

    @Override
    public void onNext(GenerateStreamResponse event) {
      entries.add(new Entry(event, null));
    }

    @Override
    public void onError(Throwable failure) {
      entries.add(new Entry(null, failure));
    }

    @Override
    public void onCompleted() {
      entries.add(new Entry(null, null));
    }
  }

  @Override
  public void close() {
    backend.letGo();
    channel.shutdownNow();
    var _ = drain(Duration.ZERO);
    services.close();
    training.close();
    records.close();
    models.close();
  }
}
