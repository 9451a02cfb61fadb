package dev.synthorax.client.generation;

import dev.synthorax.client.storage.ContentHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a folder holds of runs before: the numbers in use, what is odd, and what goes where a run is
 * replaced.
 *
 * <p><b>Threading:</b> immutable.
 */
final class EarlierRun {
  /** Folders of a run with files by number. */
  static final List<String> FOLDERS = List.of("images", "masks");

  private static final Pattern NUMBERED = Pattern.compile("(\\d{1,9})[.-].*");
  private static final Pattern PART = Pattern.compile("\\.[\\w-]+\\.(png|jsonl|html)\\.part");

  private final Path folder;
  private final List<ManifestEntry> replaced;
  private final Set<Integer> used = new TreeSet<>();
  private final List<String> warnings = new ArrayList<>();

  private EarlierRun(Path folder, List<ManifestEntry> replaced) {
    this.folder = folder;
    this.replaced = replaced;
  }

  /**
   * Looks a folder through; removes what a killed run left half.
   *
   * @param manifest of the run that is there
   * @param replace whether its images go with the first new one, and their numbers are free
   */
  static EarlierRun find(Path folder, RunManifest manifest, boolean replace) throws IOException {
    EarlierRun run = new EarlierRun(folder, replace ? manifest.entries() : List.of());
    String loss = manifest.loss();
    if (loss != null) {
      run.warnings.add(loss);
    }
    Set<String> listed = new HashSet<>();
    for (ManifestEntry entry : manifest.entries()) {
      listed.add(entry.image());
      Integer number = run.replaced.isEmpty() ? number(entry.id() + ".") : null;
      if (number != null) {
        run.used.add(number);
      }
    }
    removeParts(folder);
    Set<String> goes = new HashSet<>(run.unchangedFiles());
    for (String name : FOLDERS) {
      if (Files.isDirectory(folder.resolve(name))) {
        removeParts(folder.resolve(name));
        run.findFiles(name, listed, goes);
      }
    }
    return run;
  }

  private void findFiles(String name, Set<String> listed, Set<String> goes) throws IOException {
    for (String file : names(folder.resolve(name))) {
      String place = name + "/" + file;
      Integer number = goes.contains(place) ? null : number(file);
      if (number != null) {
        used.add(number);
        if (name.equals("images") && !listed.contains(place)) {
          warnings.add(folder.resolve(place) + " is not in the manifest; it stays as it is");
        }
      }
    }
  }

  private static @Nullable Integer number(String file) {
    Matcher number = NUMBERED.matcher(file);
    return number.matches() ? Integer.valueOf(number.group(1)) : null;
  }

  /** Returns the names of all that is in a folder, in order. */
  static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void removeParts(Path directory) throws IOException {
    for (String name : names(directory)) {
      if (PART.matcher(name).matches() && Files.isRegularFile(directory.resolve(name))) {
        Files.delete(directory.resolve(name));
      }
    }
  }

  /**
   * Returns the files of the run to replace that are as its manifest says: nobody has put others in
   * their place.
   */
  List<String> unchangedFiles() throws IOException {
    List<String> files = new ArrayList<>();
    for (ManifestEntry entry : replaced) {
      if (isUnchanged(folder.resolve(entry.image()), entry.imageSha256())) {
        files.add(entry.image());
      }
      for (ManifestEntry.Mask mask : entry.structures()) {
        String file = mask.mask();
        if (file != null && isUnchanged(folder.resolve(file), mask.sha256())) {
          files.add(file);
        }
      }
    }
    return files;
  }

  /** Returns whether a file is there and has that hash. */
  static boolean isUnchanged(Path file, String sha256) throws IOException {
    return Files.isRegularFile(file) && ContentHash.of(Files.readAllBytes(file)).equals(sha256);
  }

  /** Returns how many images go with the first new one. */
  int replaced() {
    return replaced.size();
  }

  /** Returns the {@code count} lowest numbers, from 1, that nothing here has. */
  List<Integer> freeNumbers(int count) {
    List<Integer> free = new ArrayList<>();
    for (int number = 1; free.size() < count; number++) {
      if (!used.contains(number)) {
        free.add(number);
      }
    }
    return free;
  }

  /** Returns what is odd, a sentence each. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }
}
