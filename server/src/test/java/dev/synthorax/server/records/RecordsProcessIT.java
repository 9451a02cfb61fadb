package dev.synthorax.server.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process that is killed leaves of its records. */
class RecordsProcessIT {
  private static final int LIMIT_SECONDS = 60;

  @TempDir private Path folder;

  /** Writes, and dies without a word: no hook runs. */
  static final class Killed {
    private Killed() {}

    /** The data folder is the one argument. */
    public static void main(String[] arguments) {
      var records = new Records(Path.of(arguments[0]));
      var _ =
          records.call(
              handle ->
                  handle.execute("INSERT INTO review_pictures VALUES ('a', x'00'), ('b', x'01')"));
      Runtime.getRuntime().halt(9);
    }
  }

  @Test
  void call_thenKilled_keepsWhatWasAnsweredAndLeavesNoLibraryBehind() throws Exception {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Path data = folder.resolve("data");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                Killed.class.getName(),
                data.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("said.txt").toFile())
            .start();
    assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();

    assertThat(process.exitValue()).as(Files.readString(folder.resolve("said.txt"))).isEqualTo(9);
    assertThat(Files.readString(folder.resolve("said.txt"))).doesNotContain("WARNING");
    assertThat(names(temporary)).isEmpty();
    assertThat(names(data)).allMatch(name -> name.startsWith(Records.FILE));
    try (var records = new Records(data)) {
      assertThat(
              records.<Integer>call(
                  handle ->
                      handle
                          .createQuery("SELECT COUNT(*) FROM review_pictures")
                          .mapTo(Integer.class)
                          .one()))
          .isEqualTo(2);
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("hsperfdata"))
          .toList();
    }
  }
}
