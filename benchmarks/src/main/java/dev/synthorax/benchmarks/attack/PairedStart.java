package dev.synthorax.benchmarks.attack;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Time from the start of the process until it serves, of two installations that take turns. */
final class PairedStart implements Attack {
  private static final double MOST_RATIO = 1.15;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @Override
  public String name() {
    return "start";
  }

  @Override
  public String about() {
    return "seconds until the server serves, with a warm cache and an empty one";
  }

  @Override
  public boolean paired() {
    return true;
  }

  @Override
  public List<Figure> run(Scene scene) throws Exception {
    Scene older = scene.older() == null ? scene : scene.older();
    int rounds = scene.quick() ? 4 : 8;
    seconds(older, older.cache(), "warming");
    seconds(scene, scene.cache(), "warming");
    double[] before = new double[rounds];
    double[] after = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      before[round] = seconds(older, older.cache(), "older-" + round);
      after[round] = seconds(scene, scene.cache(), "newer-" + round);
    }
    double coldBefore = seconds(older, older.folder().resolve("cold-one"), "older-cold");
    double coldAfter = seconds(scene, scene.folder().resolve("cold-other"), "newer-cold");
    var ratio = PairedRatio.of(before, after);
    return List.of(
        Figure.told("s to SERVING before, warm cache, median", PairedRatio.median(before)),
        Figure.told("s to SERVING after, warm cache, median", PairedRatio.median(after)),
        Figure.atMost("ratio after over before, mean of pairs", ratio.mean(), MOST_RATIO),
        Figure.told("its 95 %% interval, %d pairs".formatted(rounds), ratio.interval()),
        Figure.told("s to SERVING before, empty cache", coldBefore),
        Figure.told("s to SERVING after, empty cache", coldAfter));
  }

  private static double seconds(Scene scene, Path cache, String name) throws Exception {
    long startNanos = System.nanoTime();
    try (AttackedServer server = scene.serving(name, scene.settings().withCache(cache))) {
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      server.terminate();
      server.awaitExit(LIMIT);
      return seconds;
    }
  }
}
