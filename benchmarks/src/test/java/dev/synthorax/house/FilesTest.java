package dev.synthorax.house;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.house.House.Source;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** How long files, how wide packages, and one name for one thing. */
class FilesTest {
  private static final int MAX_LINES = 350;
  private static final int MAX_FILES = 40;

  /** Begins the comment in which a longer file gives its reason. */
  private static final String REASON = "// Long: ";

  /** Packages of many small things of one kind, where more files are no more concepts. */
  private static final List<String> WIDE =
      List.of(
          "client/src/main/java/dev/synthorax/client/phantom", // one class an organ or finding
          "client/src/main/java/dev/synthorax/client/dataset/format"); // two or three a format

  /** Names that two packages of a module share, each with its reason. */
  private static final Map<String, String> SHARED_NAMES = Map.of();

  @Test
  void files_allOfThem_areShortOrSayWhyNot() {
    var tooLong = new TreeMap<String, Integer>();
    for (Source source : House.sources()) {
      List<String> lines = source.lines();
      if (lines.size() > MAX_LINES && lines.stream().noneMatch(line -> line.contains(REASON))) {
        tooLong.put(source.shown(), lines.size());
      }
    }

    assertThat(tooLong)
        .as("files over %d lines without a comment '%s...'", MAX_LINES, REASON)
        .isEmpty();
  }

  @Test
  void packages_allOfThem_areSmall() {
    Map<String, Long> tooWide =
        House.sources().stream().collect(groupingBy(FilesTest::folder, TreeMap::new, counting()));
    tooWide.values().removeIf(files -> files <= MAX_FILES);
    tooWide.keySet().removeAll(WIDE);

    assertThat(tooWide).as("packages of more than %d files", MAX_FILES).isEmpty();
  }

  private static String folder(Source source) {
    return House.ROOT.relativize(source.path().getParent()).toString();
  }

  @Test
  void names_inAModule_areOfOneClass() {
    Map<String, List<String>> twice =
        House.sources().stream()
            .collect(
                groupingBy(
                    source -> source.module() + " " + source.simpleName(),
                    TreeMap::new,
                    mapping(Source::shown, toList())));
    twice.values().removeIf(files -> files.size() < 2);
    twice.keySet().removeAll(SHARED_NAMES.keySet());

    assertThat(twice).as("names of more than one class").isEmpty();
  }
}
