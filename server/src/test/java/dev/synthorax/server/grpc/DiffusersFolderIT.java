package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.synthorax.engine.Backends;
import dev.synthorax.proto.v1.GenerateRequest;
import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.Image;
import dev.synthorax.proto.v1.OutputFormat;
import dev.synthorax.proto.v1.StructureMask;
import dev.synthorax.server.config.ServerConfig;
import dev.synthorax.server.edge.CallGate;
import dev.synthorax.server.edge.Edges;
import dev.synthorax.server.pipeline.GreyPng;
import dev.synthorax.server.repository.ModelFolders;
import dev.synthorax.server.repository.ModelLoader;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.scheduler.ByteBudget;
import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A folder as the current diffusers saves it, against the images that diffusers makes of it. */
@Timeout(120)
final class DiffusersFolderIT {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/diffusers-pipeline");
  private static final int HEIGHT = 32;
  private static final int WIDTH = 48;

  @TempDir private Path cache;

  @Test
  void generate_folderOfDiffusers_givesItsImagesWithinOneGreyLevel() throws IOException {
    var request =
        GenerationSpec.newBuilder()
            .setPrompt("large right pleural effusion!")
            .setNegativePrompt("support devices")
            .setNumInferenceSteps(8)
            .setGuidanceScale(5)
            .setCount(2)
            .setOutputFormat(OutputFormat.OUTPUT_FORMAT_RAW_GRAY8)
            .setInitialLatents(
                ByteString.copyFrom(Files.readAllBytes(GOLDEN.resolve("latents.f32"))))
            .addMasks(mask("red", 6, 20, 4, 18))
            .addMasks(mask("green", 10, 26, 20, 40))
            .addMasks(mask("blue", 2, 9, 30, 44))
            .build();

    byte[] images = generate(request);

    byte[] expected = Files.readAllBytes(GOLDEN.resolve("expected.u8"));
    assertThat(images).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      int difference = Byte.toUnsignedInt(images[i]) - Byte.toUnsignedInt(expected[i]);
      assertThat(difference).as("pixel %d", i).isBetween(-1, 1);
    }
  }

  private byte[] generate(GenerationSpec spec) throws IOException {
    String name = InProcessServerBuilder.generateName();
    try (var backend = Backends.open("onnxruntime-cpu");
        var models =
            new ModelRepository(
                new ModelFolders(List.of(GOLDEN.resolve("model")), ModelLoader.all()))) {
      var gate = new CallGate();
      var services = new GrpcServices(models, gate, ServerConfig.DEFAULT.memory());
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

  private static StructureMask mask(String structure, int top, int bottom, int left, int right) {
    float[] samples = new float[HEIGHT * WIDTH];
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        samples[y * WIDTH + x] = 1;
      }
    }
    byte[] png = GreyPng.of(samples, WIDTH, HEIGHT);
    return StructureMask.newBuilder()
        .setStructure(structure)
        .setPng(ByteString.copyFrom(png))
        .build();
  }
}
