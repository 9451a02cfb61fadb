package dev.synthorax.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.server.pipeline.TinyPipeline;
import io.grpc.ManagedChannel;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.channelz.v1.GetServersRequest;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The serving process from outside: first line, exit codes, signals. */
@Timeout(300)
final class ServeProcessIT {
  private static final String WEIGHTS =
      "unet/diffusion_pytorch_model.fp16-00001-of-00002.safetensors";

  @TempDir private Path folder;

  @BeforeEach
  void writeModel() throws IOException {
    model("tiny");
  }

  private Path model(String name) throws IOException {
    return TinyPipeline.write(
        folder.resolve("models").resolve(name),
        "structures: [lungs, heart, pneumothorax]\nsizes: [[32, 32]]\nrow-counts: [2, 4]\n");
  }

  private static void truncate(Path model) throws IOException {
    try (var weights = new RandomAccessFile(model.resolve(WEIGHTS).toFile(), "rw")) {
      weights.setLength(weights.length() / 2);
    }
  }

  private Process serve(String... options) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("serve", "--models", folder.resolve("models").toString()));
    command.addAll(List.of(options));
    var builder = new ProcessBuilder(command);
    builder.environment().put("SYNTHORAX_CACHE", folder.resolve("cache").toString());
    builder.environment().put("SYNTHORAX_DATA", folder.resolve("data").toString());
    builder.redirectError(folder.resolve("stderr.txt").toFile());
    return builder.start();
  }

  private String stderr() throws IOException {
    return Files.readString(folder.resolve("stderr.txt"));
  }

  private static int port(BufferedReader stdout) throws IOException {
    String line = stdout.readLine();
    assertThat(line).matches("LISTENING port=\\d+");
    return Integer.parseInt(line.substring(line.indexOf('=') + 1));
  }

  private static void awaitServing(int port) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      var watch =
          HealthGrpc.newBlockingStub(channel)
              .withWaitForReady()
              .watch(HealthCheckRequest.getDefaultInstance());
      while (watch.next().getStatus() != ServingStatus.SERVING) {
        // each status is one message
      }
    } finally {
      channel.shutdownNow();
    }
  }

  private static int exitCode(Process process) throws InterruptedException {
    assertThat(process.waitFor(200, TimeUnit.SECONDS)).as("ended in time").isTrue();
    return process.exitValue();
  }

  @Test
  void serve_standardInputCloses_exitsWith0() throws Exception {
    Process process = serve("--port", "0", "--exit-with-stdin");
    try (var stdout = process.inputReader(UTF_8)) {
      awaitServing(port(stdout));
      assertThat(stdout.readLine()).isEqualTo("SERVING");

      process.getOutputStream().close();

      assertThat(exitCode(process)).isZero();
      assertThat(stdout.readLine()).as("nothing more on standard output").isNull();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void serve_logsAsJson_areAnObjectALine() throws Exception {
    truncate(model("broken"));
    Process process = serve("--port", "0", "--exit-with-stdin", "--log-format", "json");
    try (var stdout = process.inputReader(UTF_8)) {
      awaitServing(port(stdout));
      process.getOutputStream().close();

      assertThat(exitCode(process)).isZero();
      var json = new ObjectMapper();
      var messages = new ArrayList<String>();
      for (String line : stderr().lines().toList()) {
        JsonNode object = json.readTree(line);
        messages.add(object.get("message").textValue());
        if (object.get("level").textValue().equals("WARN")) {
          assertThat(object.get("model").textValue()).isEqualTo("broken");
        }
      }
      assertThat(messages).contains("Loading models", "Model is ready", "Serving", "Ending");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void serve_portsToWatch_showMetricsAndConnections() throws Exception {
    Process process =
        serve("--port", "0", "--exit-with-stdin", "--metrics-port", "0", "--admin-port", "0");
    try (var stdout = process.inputReader(UTF_8);
        var client = HttpClient.newHttpClient()) {
      awaitServing(port(stdout));
      var uri = URI.create("http://127.0.0.1:%d/metrics".formatted(logged("metrics")));

      String page =
          client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();

      assertThat(page.lines())
          .anyMatch(line -> line.matches("synthorax_model_ready\\{model=\"tiny\",version=.*} 1"))
          .anyMatch(line -> line.matches("process_resident_memory_bytes [0-9]+"));
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", logged("admin")).usePlaintext().build();
      try {
        assertThat(
                ChannelzGrpc.newBlockingStub(channel)
                    .getServers(GetServersRequest.getDefaultInstance())
                    .getServerList())
            .hasSize(2);
      } finally {
        channel.shutdownNow();
      }
      process.getOutputStream().close();
      assertThat(exitCode(process)).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  /** The port of an edge, as the log has it. */
  private int logged(String edge) throws IOException {
    var found = Pattern.compile("name=%s host=\\S+ port=(\\d+)".formatted(edge)).matcher(stderr());
    assertThat(found.find()).as("the port of %s in the log", edge).isTrue();
    return Integer.parseInt(found.group(1));
  }

  @Test
  void serve_sigterm_drainsAndExitsWith0() throws Exception {
    Process process = serve("--port", "0");
    try (var stdout = process.inputReader(UTF_8)) {
      awaitServing(port(stdout));

      process.destroy(); // SIGTERM

      assertThat(exitCode(process)).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void serve_truncatedWeights_exitsWith1AndNamesTheFile() throws Exception {
    truncate(folder.resolve("models/tiny"));
    Process process = serve("--port", "0");

    assertThat(exitCode(process)).isEqualTo(1);
    var errors = stderr().lines().filter(line -> line.startsWith("synthorax serve: ")).toList();
    assertThat(errors).singleElement().asString().contains("tiny", WEIGHTS);
    assertThat(stderr()).doesNotContain("\tat ", "Exception");
  }

  @Test
  void serve_oneOfTwoIsBroken_servesTheOther() throws Exception {
    truncate(model("broken"));
    Process process = serve("--port", "0", "--exit-with-stdin");
    try (var stdout = process.inputReader(UTF_8)) {
      awaitServing(port(stdout));
      process.getOutputStream().close();

      assertThat(exitCode(process)).isZero();
      assertThat(stderr()).contains("model=broken").doesNotContain("\tat ");
      assertThat(stderr()).containsSubsequence("Model did not load", "Model is ready", "Serving");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void serve_strangeFolderBesideAModel_isLoggedInOneLineWithoutItsControls() throws Exception {
    Files.createDirectory(folder.resolve("models/odd\u001b[31m\n00:00 ERROR forged"));
    Process process = serve("--port", "0", "--exit-with-stdin");
    try (var stdout = process.inputReader(UTF_8)) {
      awaitServing(port(stdout));
      process.getOutputStream().close();

      assertThat(exitCode(process)).isZero();
      assertThat(stderr()).contains("odd\\u001b[31m\\n00:00 ERROR forged").doesNotContain("\u001b");
      assertThat(stderr().lines()).noneMatch(line -> line.startsWith("00:00 ERROR"));
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void serve_portInUse_exitsWith1InOneLine() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Process process = serve("--port", String.valueOf(taken.getLocalPort()));

      assertThat(exitCode(process)).isEqualTo(1);
      assertThat(stderr())
          .hasLineCount(1)
          .startsWith(
              "synthorax serve: cannot listen on 127.0.0.1 port %d: in use (expected: a free port"
                  .formatted(taken.getLocalPort()));
    }
  }

  @Test
  void serve_unknownBackend_exitsWith1NamingThoseThereAre() throws Exception {
    Process process = serve("--port", "0", "--backend", "abacus");

    assertThat(exitCode(process)).isEqualTo(1);
    assertThat(stderr())
        .contains("backend: abacus (expected: auto or one of ")
        .contains("onnxruntime-cpu");
  }

  @ParameterizedTest
  @CsvSource({
    "nonsense,nonsense (expected: auto or one of ",
    "onnxruntime,onnxruntime is now called onnxruntime-cpu",
  })
  void serve_backendThatCannotBeOpened_exitsWith1InOneSentence(String name, String message)
      throws Exception {
    Process process = serve("--port", "0", "--backend", name);

    assertThat(exitCode(process)).isEqualTo(1);
    assertThat(stderr())
        .contains("synthorax serve: backend: " + message)
        .doesNotContain("Exception", "\tat ");
  }

  @Test
  void serve_deviceThatIsNotThere_exitsWith1InOneSentence() throws Exception {
    Process process = serve("--port", "0", "--backend", "onnxruntime-cpu", "--devices", "7");

    assertThat(exitCode(process)).isEqualTo(1);
    assertThat(stderr())
        .contains("synthorax serve: device: 7 (expected: one of [CPU 0])")
        .doesNotContain("Exception", "\tat ");
  }
}
