package dev.synthorax.benchmarks.polyglot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs programs of other languages.
 *
 * @param folder that they run in
 * @param environment that is added to this process's
 */
record Commands(Path folder, Map<String, String> environment) {
  private static final Pattern NO_REGISTRY =
      Pattern.compile(
          "Failed to establish a new connection|Temporary failure in name resolution"
              + "|Name or service not known|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|dial tcp");
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)");

  private record Ended(int code, String output) {}

  /**
   * Skips the test, in one line that is seen, unless a program of that version or later is there.
   */
  void need(String name, int major, int minor, String... asked) throws InterruptedException {
    Matcher version;
    try {
      version = VERSION.matcher(end(asked).output);
    } catch (IOException e) {
      throw skipped("%s is not installed".formatted(name));
    }
    int[] found = version.find() ? numbers(version) : new int[2];
    if (found[0] < major || (found[0] == major && found[1] < minor)) {
      throw skipped(
          "%s %d.%d or later is not installed (found: %d.%d)"
              .formatted(name, major, minor, found[0], found[1]));
    }
  }

  private static int[] numbers(Matcher version) {
    return new int[] {Integer.parseInt(version.group(1)), Integer.parseInt(version.group(2))};
  }

  /** Fetches what a language needs; skips the test where its registry cannot be reached. */
  void fetch(String... words) throws IOException, InterruptedException {
    Ended ended = end(words);
    if (ended.code != 0 && NO_REGISTRY.matcher(ended.output).find()) {
      throw skipped("'%s' reaches no registry".formatted(String.join(" ", words)));
    }
    assertThat(ended.code).as(ended.output).isZero();
  }

  /** Runs a program, which has to succeed; what it says is printed. */
  String run(String... words) throws IOException, InterruptedException {
    Ended ended = end(words);
    assertThat(ended.code).as(String.join(" ", words) + "\n" + ended.output).isZero();
    System.out.println(ended.output.strip().lines().reduce("", (_, last) -> last));
    return ended.output;
  }

  private Ended end(String... words) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(List.of(words)).directory(folder.toFile());
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      byte[] output = process.getInputStream().readAllBytes();
      return new Ended(process.waitFor(), new String(output, StandardCharsets.UTF_8));
    } finally {
      process.destroy();
    }
  }

  private static RuntimeException skipped(String why) {
    System.out.println("skipped: " + why);
    return abort(why);
  }
}
