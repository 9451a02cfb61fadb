package dev.synthorax.benchmarks.attack;

import java.util.List;

/** Something done to a server, and what came of it. */
interface Attack {
  /** As it is named on the command line. */
  String name();

  /** One sentence for people. */
  String about();

  /**
   * Does it, within a bounded time.
   *
   * @return figures whose names do not depend on the installation
   */
  List<Figure> run(Scene scene) throws Exception;

  /** Whether it measures the two installations interleaved, so that it runs once for both. */
  default boolean paired() {
    return false;
  }
}
