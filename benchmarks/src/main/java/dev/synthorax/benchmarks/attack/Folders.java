package dev.synthorax.benchmarks.attack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** Folders of models that are made to be broken. */
final class Folders {
  private Folders() {}

  /** Copies a folder; the links that it holds become files. */
  static void copy(Path from, Path to) throws IOException {
    for (Path source : below(from)) {
      Path target = to.resolve(from.relativize(source).toString());
      if (Files.isDirectory(source)) {
        Files.createDirectories(target);
      } else {
        Files.copy(source, target);
      }
    }
  }

  /** Makes a folder of the same files, without copying what is in them. */
  static void link(Path from, Path to) throws IOException {
    for (Path source : below(from)) {
      Path target = to.resolve(from.relativize(source).toString());
      if (Files.isDirectory(source)) {
        Files.createDirectories(target);
      } else {
        Files.createLink(target, source);
      }
    }
  }

  /** Replaces a text in a file, which must be there; the file is a new one afterwards. */
  static void edit(Path file, String from, String to) throws IOException {
    String text = Files.readString(file);
    if (!text.contains(from)) {
      throw new IllegalArgumentException(file + ": without " + from);
    }
    Files.delete(file);
    Files.writeString(file, text.replace(from, to));
  }

  /** Puts a pipe where a file was. */
  static void pipe(Path file) throws IOException, InterruptedException {
    Files.deleteIfExists(file);
    int exit = new ProcessBuilder("mkfifo", file.toString()).inheritIO().start().waitFor();
    if (exit != 0) {
      throw new IOException(file + ": mkfifo ended with " + exit);
    }
  }

  /** Puts a link where a file was. */
  static void linkTo(Path file, Path target) throws IOException {
    Files.deleteIfExists(file);
    Files.createSymbolicLink(file, target);
  }

  /** Deletes a folder with all that is in it, if it is there; links are not followed. */
  static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      for (Path file : below(folder).reversed()) {
        Files.delete(file);
      }
    }
  }

  /** A folder and all that is in it, folders before what they hold. */
  static List<Path> below(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files.sorted(Comparator.naturalOrder()).toList();
    }
  }
}
