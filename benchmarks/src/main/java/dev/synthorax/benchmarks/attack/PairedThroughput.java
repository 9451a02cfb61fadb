package dev.synthorax.benchmarks.attack;

import dev.synthorax.proto.v1.GenerationSpec;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

/** Images a second of two installations that take turns on one machine. */
final class PairedThroughput implements Attack {
  private static final int STEPS = 20;
  private static final int CONCURRENCY = 8;
  private static final double LEAST_RATIO = 0.98;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @Override
  public String name() {
    return "throughput";
  }

  @Override
  public String about() {
    return "images a second, 20 steps with guidance, eight at once: ratio to the older one";
  }

  @Override
  public boolean paired() {
    return true;
  }

  @Override
  public List<Figure> run(Scene scene) throws Exception {
    Scene older = scene.older() == null ? scene : scene.older();
    int rounds = scene.quick() ? 8 : 16;
    int images = scene.quick() ? 16 : 24;
    double[] before = new double[rounds];
    double[] after = new double[rounds];
    try (AttackedServer one = older.serving("throughput-one", older.settings());
        AttackedServer other = scene.serving("throughput-other", scene.settings())) {
      imagesPerSecond(one, CONCURRENCY * 2); // warm
      imagesPerSecond(other, CONCURRENCY * 2);
      for (int round = 0; round < rounds; round++) {
        if (round % 2 == 0) {
          before[round] = imagesPerSecond(one, images);
          after[round] = imagesPerSecond(other, images);
        } else {
          after[round] = imagesPerSecond(other, images);
          before[round] = imagesPerSecond(one, images);
        }
      }
    }
    var ratio = PairedRatio.of(before, after);
    var figures = new ArrayList<Figure>();
    figures.add(Figure.told("images/s before, median", PairedRatio.median(before)));
    figures.add(Figure.told("images/s after, median", PairedRatio.median(after)));
    figures.add(
        Figure.atLeast("ratio after over before, mean of pairs", ratio.mean(), LEAST_RATIO));
    figures.add(Figure.told("its 95 %% interval, %d pairs".formatted(rounds), ratio.interval()));
    return figures;
  }

  private static double imagesPerSecond(AttackedServer server, int images)
      throws InterruptedException {
    ManagedChannel channel = Wire.channel(server.target());
    try {
      GenerationSpec spec = Specs.usual(STEPS);
      var room = new Semaphore(CONCURRENCY);
      var failed = new Semaphore(0);
      long startNanos = System.nanoTime();
      for (int i = 0; i < images; i++) {
        room.acquire();
        byte[] request = server.request(spec.toBuilder().setSeed(i).build());
        var _ =
            Wire.call(channel, Wire.GENERATE, request, LIMIT)
                .thenAccept(
                    answer -> {
                      if (!answer.ok()) {
                        failed.release();
                      }
                      room.release();
                    });
      }
      room.acquire(CONCURRENCY);
      if (failed.availablePermits() > 0) {
        throw new IllegalStateException(failed.availablePermits() + " images failed");
      }
      return images / ((System.nanoTime() - startNanos) / 1e9);
    } finally {
      channel.shutdownNow();
    }
  }
}
