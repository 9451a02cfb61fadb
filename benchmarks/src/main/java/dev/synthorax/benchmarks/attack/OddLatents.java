package dev.synthorax.benchmarks.attack;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.OutputFormat;
import io.grpc.ManagedChannel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Starting latents that no normal draw gives. */
final class OddLatents implements Attack {
  private static final int ELEMENTS = 4 * 16 * 16;
  private static final String REFUSED = "INVALID_ARGUMENT INVALID_ARGUMENT";

  @Override
  public String name() {
    return "latents";
  }

  @Override
  public String about() {
    return "starting latents of NaN, infinity, 1e30 and 1000, and usual ones";
  }

  @Override
  public List<Figure> run(Scene scene) throws Exception {
    var figures = new ArrayList<Figure>();
    try (AttackedServer server = scene.serving("latents", scene.settings())) {
      ManagedChannel channel = Wire.channel(server.target());
      try {
        for (float value : new float[] {Float.NaN, Float.NEGATIVE_INFINITY, 1e30f, -1000}) {
          figures.add(ask(server, channel, "latents with " + value, value, REFUSED));
        }
        figures.add(ask(server, channel, "usual latents", 0.5f, "OK, finite"));
      } finally {
        channel.shutdownNow();
      }
    }
    return figures;
  }

  private static Figure ask(
      AttackedServer server, ManagedChannel channel, String name, float odd, String expected)
      throws Exception {
    var random = new Random(1);
    var bytes = ByteBuffer.allocate(ELEMENTS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < ELEMENTS; i++) {
      bytes.putFloat(i == ELEMENTS / 2 ? odd : (float) random.nextGaussian());
    }
    GenerationSpec spec =
        Specs.usual(3).toBuilder()
            .setInitialLatents(ByteString.copyFrom(bytes.flip()))
            .setOutputFormat(OutputFormat.OUTPUT_FORMAT_RAW_FLOAT32)
            .build();
    Answer answer =
        Wire.call(channel, Wire.GENERATE, server.request(spec), Duration.ofSeconds(30))
            .get(1, TimeUnit.MINUTES);
    return Figure.equal(name, answer.ok() ? "OK, " + finite(answer) : answer.shown(), expected);
  }

  private static String finite(Answer answer) {
    var pixels =
        Wire.imagesOfResponse(answer.messages().getFirst())
            .getFirst()
            .data()
            .asReadOnlyByteBuffer()
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    while (pixels.hasRemaining()) {
      if (!Float.isFinite(pixels.get())) {
        return "not finite";
      }
    }
    return "finite";
  }
}
