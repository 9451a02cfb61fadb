package dev.synthorax.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The server of this build, as the launcher hands it to the client. */
final class RealServer {
  private RealServer() {}

  /** Returns its command, one word a line. */
  static String command() {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    words.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "dev.synthorax.server.Main"));
    return String.join("\n", words);
  }
}
