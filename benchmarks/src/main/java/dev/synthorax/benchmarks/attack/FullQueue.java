package dev.synthorax.benchmarks.attack;

import dev.synthorax.proto.v1.GenerationSpec;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What a long queue, and clients that find it full, cost those who are in. */
final class FullQueue implements Attack {
  private static final int SHORT = 16;
  private static final int LIMIT = 1024;
  private static final int REFUSED_CLIENTS = 8;
  private static final Duration REFUSED_PAUSE = Duration.ofMillis(20);
  private static final double LEAST_RATIO = 0.9;
  private static final double AT_ONCE_SECONDS = 0.5;
  private static final Duration DEADLINE = Duration.ofSeconds(3);

  @Override
  public String name() {
    return "queue";
  }

  @Override
  public String about() {
    return "1,024 queued requests of different steps, eight clients refused in a loop, deadlines";
  }

  @Override
  public List<Figure> run(Scene scene) throws Exception {
    var figures = new ArrayList<Figure>();
    Duration time = scene.seconds(30, 12);
    try (AttackedServer server = scene.serving("queue", scene.settings())) {
      PlainLoad.measure(server, Specs.usual(4), 8, Duration.ofSeconds(4)); // warm
      double few;
      scene.tell("a short queue");
      try (var queue = new QueuedStreams(server, SHORT, true, FullQueue::longRequest)) {
        Thread.sleep(1000);
        few = queue.stepsPerSecond(time);
      }
      scene.tell("a full queue");
      try (var queue = new QueuedStreams(server, LIMIT, true, FullQueue::longRequest)) {
        queue.awaitLetIn(LIMIT);
        double many = queue.stepsPerSecond(time);
        figures.add(Figure.told("steps/s, 16 queued", few));
        figures.add(Figure.told("steps/s, 1,024 queued", many));
        figures.add(Figure.atLeast("ratio, 1,024 queued over 16", many / few, LEAST_RATIO));
        scene.tell("a full queue and clients that are refused");
        try (var refused = new Refused(server)) {
          double beside = queue.stepsPerSecond(time);
          figures.add(Figure.told("steps/s, 1,024 queued and 8 clients refused", beside));
          figures.add(
              Figure.atLeast("ratio, 8 clients refused over none", beside / many, LEAST_RATIO));
          figures.addAll(refused.figures(time));
        }
      }
      figures.addAll(hopeless(server));
    }
    return figures;
  }

  /** 200 to 900 steps, a different number for each of its neighbours. */
  private static GenerationSpec longRequest(int index) {
    return Specs.usual(200 + index * 37 % 701).toBuilder().setSeed(index).build();
  }

  /** A call that cannot be done in time must not wait for its deadline. */
  private static List<Figure> hopeless(AttackedServer server) throws Exception {
    ManagedChannel channel = Wire.channel(server.target());
    try (var queue = new QueuedStreams(server, 64, true, FullQueue::longRequest)) {
      queue.awaitLetIn(64);
      Thread.sleep(500);
      Answer answer =
          Wire.call(
                  channel,
                  Wire.GENERATE,
                  server.request(longRequest(500).toBuilder().setNumInferenceSteps(900).build()),
                  DEADLINE)
              .get(1, TimeUnit.MINUTES);
      return List.of(
          Figure.told("answer to a call that cannot be done in its 3 s", answer.shown()),
          Figure.atMost("seconds until that answer", answer.nanos() / 1e9, AT_ONCE_SECONDS));
    } finally {
      channel.shutdownNow();
    }
  }

  /** Clients that ask again 20 ms after each refusal, whatever they are told. */
  private static final class Refused implements AutoCloseable {
    private final AttackedServer server;
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final ScheduledExecutorService later =
        Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

    Refused(AttackedServer server) {
      this.server = server;
      for (int i = 0; i < REFUSED_CLIENTS; i++) {
        channels.add(Wire.channel(server.target()));
        ask(channels.getLast());
      }
    }

    private void ask(ManagedChannel channel) {
      if (channel.isShutdown()) {
        return;
      }
      var _ =
          Wire.call(
                  channel,
                  Wire.GENERATE,
                  server.request(longRequest(answers.size())),
                  Duration.ofSeconds(30))
              .thenAccept(
                  answer -> {
                    if (!channel.isShutdown()) {
                      answers.add(answer);
                      var _ =
                          later.schedule(
                              () -> ask(channel), REFUSED_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
                    }
                  });
    }

    List<Figure> figures(Duration time) {
      List<Answer> all = List.copyOf(answers);
      double[] millis = all.stream().mapToDouble(answer -> answer.nanos() / 1e6).sorted().toArray();
      var kinds = all.stream().map(Answer::shown).distinct().sorted().toList();
      return List.of(
          Figure.told("answers to refused clients", String.join(", ", kinds)),
          Figure.told("refusals/s", all.size() / (time.toMillis() / 1e3)),
          Figure.told(
              "refusal, median, ms", millis.length == 0 ? Double.NaN : millis[millis.length / 2]));
    }

    @Override
    public void close() {
      channels.forEach(ManagedChannel::shutdownNow);
      later.shutdownNow();
    }
  }
}
