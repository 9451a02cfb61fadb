package dev.synthorax.benchmarks.attack;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.v1.GenerationSpec;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Mixed load for minutes: every image right, none lost, none twice, memory flat. */
final class Soak implements Attack {
  private static final int CLIENTS = 6;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int MOST_GROWTH_MEBIBYTES = 96;

  @Override
  public String name() {
    return "soak";
  }

  @Override
  public String about() {
    return "mixed load with cancels, deadlines and disconnects for five minutes";
  }

  /** A request and the digests of its images by index. */
  private record Case(String name, ByteString request, Map<Integer, String> digests) {}

  @Override
  public List<Figure> run(Scene scene) throws Exception {
    try (AttackedServer server = scene.serving("soak", scene.settings())) {
      List<Case> cases = cases(server);
      var tally = new Tally();
      var clients = new ArrayList<Thread>();
      Duration time = scene.seconds(300, 60);
      long endNanos = System.nanoTime() + time.toNanos();
      for (int i = 0; i < CLIENTS; i++) {
        long seed = i;
        clients.add(Thread.ofPlatform().start(() -> client(server, cases, tally, seed, endNanos)));
      }
      Thread.sleep(time.dividedBy(2));
      long half = server.residentMebibytes();
      for (Thread client : clients) {
        client.join();
      }
      long grown = server.residentMebibytes() - half;
      ManagedChannel channel = Wire.channel(server.target());
      List<String> last = check(cases.getFirst(), run(channel, cases.getFirst(), false));
      channel.shutdownNow();
      return List.of(
          Figure.told("seconds", time.toSeconds()),
          Figure.told("images", tally.images.get()),
          Figure.told("calls cancelled, late or cut", tally.givenUp.get()),
          Figure.equal("images wrong, lost or twice", Scene.counted(tally.faults), "none"),
          Figure.equal("other answers", Scene.counted(tally.surprises), "none"),
          Figure.atMost(
              "resident memory gained in the second half, MiB", grown, MOST_GROWTH_MEBIBYTES),
          Figure.equal("an image afterwards", last.isEmpty() ? "right" : last.getFirst(), "right"));
    }
  }

  private static final class Tally {
    private final AtomicLong images = new AtomicLong();
    private final AtomicLong givenUp = new AtomicLong();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final Queue<String> surprises = new ConcurrentLinkedQueue<>();
  }

  private static List<Case> cases(AttackedServer server) throws Exception {
    ManagedChannel channel = Wire.channel(server.target());
    try {
      var cases = new ArrayList<Case>();
      for (Map.Entry<String, GenerationSpec> each : RequestCases.all().entrySet()) {
        ByteString request = ByteString.copyFrom(server.request(each.getValue()));
        var empty = new Case(each.getKey(), request, Map.of());
        Answer answer = run(channel, empty, false);
        var digests = new HashMap<Integer, String>();
        Wire.imagesOfResponse(answer.messages().getFirst())
            .forEach(
                image -> digests.put(image.index(), Reference.digest(image.data().toByteArray())));
        cases.add(new Case(each.getKey(), request, digests));
      }
      return cases;
    } finally {
      channel.shutdownNow();
    }
  }

  private static Answer run(ManagedChannel channel, Case each, boolean stream) {
    return Wire.call(
            channel,
            stream ? Wire.GENERATE_STREAM : Wire.GENERATE,
            each.request().toByteArray(),
            LIMIT)
        .join();
  }

  private static void client(
      AttackedServer server, List<Case> cases, Tally tally, long seed, long endNanos) {
    var random = new SplittableRandom(seed);
    ManagedChannel channel = Wire.channel(server.target());
    try {
      while (System.nanoTime() < endNanos) {
        Case each = cases.get(random.nextInt(cases.size()));
        int what = random.nextInt(10);
        if (what < 6) {
          boolean stream = what < 3;
          Answer answer = run(channel, each, stream);
          if (answer.ok()) {
            List<String> faults = check(each, answer, stream);
            tally.faults.addAll(faults);
            tally.images.addAndGet(each.digests().size());
          } else {
            tally.surprises.add(answer.shown());
          }
        } else if (what < 8) {
          var _ =
              Wire.call(
                  channel,
                  Wire.GENERATE_STREAM,
                  each.request().toByteArray(),
                  Duration.ofMillis(1 + random.nextInt(400)));
          tally.givenUp.incrementAndGet();
          Thread.sleep(random.nextInt(200));
        } else if (what == 8) {
          cancel(channel, each, random.nextInt(300));
          tally.givenUp.incrementAndGet();
        } else {
          var _ = Wire.call(channel, Wire.GENERATE, each.request().toByteArray(), LIMIT);
          Thread.sleep(random.nextInt(100));
          channel.shutdownNow(); // with the call under way
          channel = Wire.channel(server.target());
          tally.givenUp.incrementAndGet();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      channel.shutdownNow();
    }
  }

  private static void cancel(ManagedChannel channel, Case each, int millis)
      throws InterruptedException {
    ClientCall<byte[], byte[]> call = channel.newCall(Wire.GENERATE_STREAM, CallOptions.DEFAULT);
    call.start(new ClientCall.Listener<>() {}, new Metadata());
    call.request(1);
    call.sendMessage(each.request().toByteArray());
    call.halfClose();
    Thread.sleep(millis);
    call.cancel("the user went on", null);
  }

  private static List<String> check(Case each, Answer answer) {
    return answer.ok() ? check(each, answer, false) : List.of(answer.shown());
  }

  /** What is wrong with an answer's images. */
  private static List<String> check(Case each, Answer answer, boolean stream) {
    List<Wire.Pixels> images =
        stream
            ? Wire.imagesOfEvents(answer.messages())
            : Wire.imagesOfResponse(answer.messages().getFirst());
    var faults = new ArrayList<String>();
    var missing = new HashMap<>(each.digests());
    for (Wire.Pixels image : images) {
      String expected = missing.remove(image.index());
      if (expected == null) {
        faults.add("twice: " + each.name());
      } else if (!expected.equals(Reference.digest(image.data().toByteArray()))) {
        faults.add("wrong: " + each.name());
      }
    }
    missing.forEach((index, digest) -> faults.add("lost: " + each.name()));
    return faults;
  }
}
