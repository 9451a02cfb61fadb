package dev.synthorax.benchmarks.attack;

import dev.synthorax.proto.v1.GenerationSpec;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Random and mutated messages: no crash, no hang, no status that blames nobody. */
final class Fuzz implements Attack {
  private static final int AT_ONCE = 32;
  private static final Duration CALL_LIMIT = Duration.ofSeconds(2);
  private static final Duration HANG = Duration.ofSeconds(20);
  private static final List<MethodDescriptor<byte[], byte[]>> METHODS =
      List.of(Wire.GENERATE, Wire.GENERATE_STREAM, Wire.LIST_MODELS);

  @Override
  public String name() {
    return "fuzz";
  }

  @Override
  public String about() {
    return "random and mutated messages to every method; no crash, no hang";
  }

  @Override
  public List<Figure> run(Scene scene) throws Exception {
    long seed = System.nanoTime();
    scene.tell("seed " + seed);
    try (AttackedServer server = scene.serving("fuzz", scene.settings())) {
      Reference expected = Reference.of(server, "");
      var corpus = new ArrayList<byte[]>();
      for (GenerationSpec spec : RequestCases.all().values()) {
        corpus.add(server.request(spec));
      }
      long sent = 0;
      Map<String, Integer> answers = new TreeMap<>();
      ManagedChannel channel = Wire.channel(server.target());
      var room = new Semaphore(AT_ONCE);
      long endNanos = System.nanoTime() + scene.seconds(60, 20).toNanos();
      var random = new SplittableRandom(seed);
      boolean hung = false;
      while (System.nanoTime() < endNanos && server.isAlive() && !hung) {
        hung = !room.tryAcquire(HANG.toSeconds(), TimeUnit.SECONDS);
        byte[] message = message(random, corpus);
        sent++;
        var _ =
            Wire.call(channel, METHODS.get(random.nextInt(METHODS.size())), message, CALL_LIMIT)
                .thenAccept(
                    answer -> {
                      synchronized (answers) {
                        answers.merge(answer.shown(), 1, Integer::sum);
                      }
                      room.release();
                    });
      }
      hung |= !room.tryAcquire(AT_ONCE, HANG.toSeconds(), TimeUnit.SECONDS);
      channel.shutdownNow();
      return figures(server, sent, answers, hung, expected);
    }
  }

  private static List<Figure> figures(
      AttackedServer server,
      long sent,
      Map<String, Integer> answers,
      boolean hung,
      Reference expected)
      throws Exception {
    int blameless;
    String shown;
    synchronized (answers) {
      blameless =
          answers.entrySet().stream()
              .filter(
                  answer ->
                      answer.getKey().startsWith(Status.Code.UNKNOWN.name())
                          || answer.getKey().startsWith(Status.Code.INTERNAL.name()))
              .mapToInt(Map.Entry::getValue)
              .sum();
      shown = String.join(", ", answers.keySet());
    }
    return List.of(
        Figure.told("messages", sent),
        Figure.told("kinds of answers", shown),
        Figure.atMost("UNKNOWN and INTERNAL among them", blameless, 0),
        Figure.equal("a call hung", hung ? "yes" : "no", "no"),
        Figure.equal("process alive", server.isAlive() ? "yes" : "no", "yes"),
        Figure.told("bytes of log a message", (double) server.logBytes() / sent),
        Figure.equal(
            "an image afterwards",
            expected.compare(Reference.of(server, "")),
            "same version and pixels"));
  }

  private static byte[] message(SplittableRandom random, List<byte[]> corpus) {
    if (random.nextInt(4) == 0) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      return noise;
    }
    byte[] message = corpus.get(random.nextInt(corpus.size())).clone();
    for (int times = 1 + random.nextInt(6); times > 0 && message.length > 0; times--) {
      message = mutate(random, message);
    }
    return message;
  }

  private static byte[] mutate(SplittableRandom random, byte[] message) {
    int at = random.nextInt(Math.min(message.length, 96)); // where the fields are
    switch (random.nextInt(4)) {
      case 0 -> message[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> message[at] = (byte) random.nextInt(256);
      case 2 -> {
        return java.util.Arrays.copyOf(message, random.nextInt(message.length + 1));
      }
      default -> {
        int length = Math.min(message.length - at, 1 + random.nextInt(16));
        System.arraycopy(message, at, message, random.nextInt(message.length - length + 1), length);
      }
    }
    return message;
  }
}
