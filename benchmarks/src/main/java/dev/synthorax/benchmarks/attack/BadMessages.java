package dev.synthorax.benchmarks.attack;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Bytes that are no message, frames that end too soon, calls of nothing. */
final class BadMessages implements Attack {
  private static final int CALLS = 300;
  private static final double LOG_BYTES_A_CALL = 20;
  private static final byte[] NO_MESSAGE = {0x0A, (byte) 0xFF, (byte) 0xFF, 0x07, 'x'};
  private static final ByteString EMPTY_MESSAGE = ByteString.copyFrom(new byte[5]);
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String GENERATE = "/synthorax.v1.GenerationService/Generate";

  @Override
  public String name() {
    return "answers";
  }

  @Override
  public String about() {
    return "bytes that are no protobuf, cut frames, wrong paths: statuses and bytes of log";
  }

  @Override
  public List<Figure> run(Scene scene) throws Exception {
    var figures = new ArrayList<Figure>();
    try (AttackedServer server = scene.serving("answers", scene.settings())) {
      figures.add(noProtobuf(server, "Generate", Wire.GENERATE));
      figures.add(noProtobuf(server, "GenerateStream", Wire.GENERATE_STREAM));
      figures.add(noProtobuf(server, "ListModels", Wire.LIST_MODELS));
      Thread.sleep(200);
      long before = server.logBytes();
      for (int i = 0; i < CALLS; i++) {
        answers(server, Wire.GENERATE, 1);
      }
      Thread.sleep(200);
      figures.add(
          Figure.atMost(
              "bytes of log a call that is no protobuf",
              (double) (server.logBytes() - before) / CALLS,
              LOG_BYTES_A_CALL));
      for (var odd : oddCalls().entrySet()) {
        figures.add(raw(server, odd.getKey(), odd.getValue()));
      }
      long beforeRaw = server.logBytes();
      int calls = 0;
      for (int i = 0; i < 5; i++) {
        for (var odd : oddCalls().values()) {
          ask(server, odd);
          calls++;
        }
      }
      figures.add(
          Figure.atMost(
              "bytes of log an odd call",
              (double) (server.logBytes() - beforeRaw) / calls,
              LOG_BYTES_A_CALL));
      figures.add(
          Figure.equal(
              "an image afterwards",
              Reference.of(server, "").version().isEmpty() ? "none" : "made",
              "made"));
    }
    return figures;
  }

  private static Figure noProtobuf(
      AttackedServer server, String name, MethodDescriptor<byte[], byte[]> method)
      throws Exception {
    return Figure.equal(
        "no protobuf to " + name,
        answers(server, method, 1),
        "1 INVALID_ARGUMENT INVALID_ARGUMENT");
  }

  private static String answers(
      AttackedServer server, MethodDescriptor<byte[], byte[]> method, int count) throws Exception {
    ManagedChannel channel = Wire.channel(server.target());
    try {
      var all = new ArrayList<String>();
      for (int i = 0; i < count; i++) {
        all.add(Wire.call(channel, method, NO_MESSAGE, LIMIT).get(60, TimeUnit.SECONDS).shown());
      }
      return Scene.counted(all);
    } finally {
      channel.shutdownNow();
    }
  }

  /** A call by hand. */
  private record Odd(Map<String, String> headers, ByteString body) {}

  private static Map<String, Odd> oddCalls() throws IOException {
    byte[] some = "0123456789".getBytes(US_ASCII);
    var all = new LinkedHashMap<String, Odd>();
    all.put("a frame that ends too soon", odd(Http2Socket.framed(0, 100, some)));
    all.put("half of a frame's header", odd(new byte[] {0, 0}));
    all.put("a call without a message", odd(new byte[0]));
    all.put("a frame of 2 GiB", odd(Http2Socket.framed(0, Integer.MAX_VALUE, some)));
    all.put("a frame of unknown packing", odd(Http2Socket.framed(1, 10, some)));
    all.put("a frame with a flag of 0x7F", odd(Http2Socket.framed(0x7F, 10, some)));
    var lost = Http2Socket.headers("/synthorax.v1.GenerationService/Nothing");
    all.put("a method that is not there", new Odd(lost, EMPTY_MESSAGE));
    var slash = Http2Socket.headers("nothing");
    all.put("a path without a slash", new Odd(slash, EMPTY_MESSAGE));
    var get = Http2Socket.headers(GENERATE);
    get.put(":method", "GET");
    all.put("a GET", new Odd(get, EMPTY_MESSAGE));
    var html = Http2Socket.headers(GENERATE);
    html.put("content-type", "text/html");
    all.put("content of another type", new Odd(html, EMPTY_MESSAGE));
    var late = Http2Socket.headers(GENERATE);
    late.put("grpc-timeout", "soon");
    all.put("a deadline that is no number", new Odd(late, EMPTY_MESSAGE));
    return all;
  }

  private static Odd odd(byte[] body) {
    return new Odd(Http2Socket.headers(GENERATE), ByteString.copyFrom(body));
  }

  private static Figure raw(AttackedServer server, String name, Odd odd) throws Exception {
    String answer = ask(server, odd);
    boolean told = !answer.startsWith("UNKNOWN") && !answer.equals("no answer");
    return new Figure(name, answer, "a status, not UNKNOWN", told);
  }

  private static String ask(AttackedServer server, Odd odd) throws Exception {
    try (Http2Socket socket = Http2Socket.open(server.port())) {
      return socket
          .call(odd.headers(), odd.body().toByteArray())
          .completeOnTimeout("no answer", 5, TimeUnit.SECONDS)
          .get();
    }
  }
}
