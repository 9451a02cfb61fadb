package dev.synthorax.benchmarks.attack;

import com.google.errorprone.annotations.MustBeClosed;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an attack is given.
 *
 * @param installation whose server is attacked
 * @param older for attacks in pairs; null: the installation is its own pair
 * @param folder of this attack on this installation; made by whoever writes there
 * @param cache warm, shared by the attacks on this installation
 * @param quick whether to take the shorter times
 * @param log hears what is under way
 */
record Scene(
    Installation installation,
    @Nullable Scene older,
    Path folder,
    Path cache,
    boolean quick,
    PrintStream log) {

  ServerSettings settings() {
    return ServerSettings.of(cache);
  }

  /** A server that serves; its output goes below {@code name}. */
  @MustBeClosed
  AttackedServer serving(String name, ServerSettings settings)
      throws IOException, InterruptedException {
    return AttackedServer.serving(installation, settings, folder.resolve(name));
  }

  /** {@code full}, or {@code quick} in a quick run. */
  Duration seconds(int full, int shorter) {
    return Duration.ofSeconds(quick ? shorter : full);
  }

  void tell(String line) {
    log.println("  " + line);
    log.flush();
  }

  /** "3 OK, 1 UNAVAILABLE DRAINING": how often each came, by name. */
  static String counted(Iterable<String> all) {
    Map<String, Integer> counts = new TreeMap<>();
    all.forEach(each -> counts.merge(each, 1, Integer::sum));
    return counts.isEmpty()
        ? "none"
        : String.join(
            ", ", counts.entrySet().stream().map(e -> e.getValue() + " " + e.getKey()).toList());
  }
}
