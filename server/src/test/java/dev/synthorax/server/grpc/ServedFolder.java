package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.proto.v1.GenerateRequest;
import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.Image;
import dev.synthorax.server.access.Access;
import dev.synthorax.server.config.ServerConfig;
import dev.synthorax.server.edge.CallGate;
import dev.synthorax.server.edge.Edges;
import dev.synthorax.server.records.Records;
import dev.synthorax.server.repository.ModelFolders;
import dev.synthorax.server.repository.ModelLoader;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.scheduler.ByteBudget;
import dev.synthorax.server.training.TestRooms;
import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A model's folder, served for one request in this process. */
final class ServedFolder {
  private static final Path BUNDLED = Path.of("src/main/resources/models/cxr-mini");

  private ServedFolder() {}

  /** Copies the bundled model, with more settings at the end of its own. */
  static Path bundled(Path to, String settings) throws IOException {
    try (Stream<Path> files = Files.walk(BUNDLED)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(BUNDLED.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
    Path yaml = to.resolve("synthorax.yaml");
    Files.writeString(yaml, Files.readString(yaml) + settings);
    return to;
  }

  /** On the processor; see {@link #generate(Backend, Path, Path, GenerationSpec)}. */
  static byte[] generate(Path folder, Path cache, GenerationSpec spec) throws IOException {
    try (var backend = Backends.open("onnxruntime-cpu")) {
      return generate(backend, folder, cache, spec);
    }
  }

  /**
   * Loads a folder, makes images with it and ends.
   *
   * @param cache for graphs
   * @return the images' bytes, one after another
   */
  static byte[] generate(Backend backend, Path folder, Path cache, GenerationSpec spec)
      throws IOException {
    String name = InProcessServerBuilder.generateName();
    try (var models = new ModelRepository(new ModelFolders(List.of(folder), ModelLoader.all()))) {
      var gate = new CallGate();
      var services =
          new GrpcServices(
              models,
              TestRooms.idle(models),
              new Records(Path.of("unused")),
              gate,
              Access.open(),
              ServerConfig.DEFAULT.memory(),
              List.of());
      var edge =
          GrpcEdge.start(InProcessServerBuilder.forName(name), services, ServerConfig.DEFAULT);
      ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
      try {
        models.start(new ModelLoader.Resources(backend, 1, cache, new ByteBudget(1 << 24)));
        services.markServing();
        var bytes = new ByteArrayOutputStream();
        var request = GenerateRequest.newBuilder().setSpec(spec).build();
        for (Image image :
            GenerationServiceGrpc.newBlockingStub(channel).generate(request).getImagesList()) {
          image.getData().writeTo(bytes);
        }
        return bytes.toByteArray();
      } finally {
        channel.shutdownNow();
        var edges = new Edges(gate, List.of(edge));
        assertThat(edges.drain(Duration.ofSeconds(10), Duration.ofSeconds(1))).isTrue();
        services.close();
      }
    }
  }
}
