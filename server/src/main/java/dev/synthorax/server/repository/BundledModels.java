package dev.synthorax.server.repository;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.files.AtomicFiles;
import dev.synthorax.files.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The models inside the server's jar. A jar entry cannot be mapped, so they are extracted to a
 * cache on first start; every start compares what lies there with the jar's index and mends it.
 *
 * <p>{@code models/index.txt} lists them: a SHA-256 in hex, two spaces and a path below {@code
 * models/} on each line, as sha256sum writes it. The index's own hash names the folder, so a new
 * jar never meets old files.
 */
public final class BundledModels {
  private static final String ROOT = "models/";
  private static final String INDEX = ROOT + "index.txt";
  private static final int NAME_DIGITS = 16;

  private BundledModels() {}

  /**
   * Extracts what is missing or is not what the index lists, and removes what it does not list.
   *
   * @param cache made where it is missing; several processes may share it
   * @return the folder of models; null if the class path holds none
   * @throws InferenceException {@code MODEL_FAILED} in one line if the cache cannot be written or
   *     the jar is broken
   */
  public static @Nullable Path extract(Path cache) {
    return extract(cache, BundledModels.class.getClassLoader());
  }

  static @Nullable Path extract(Path cache, ClassLoader classes) {
    try (InputStream stream = classes.getResourceAsStream(INDEX)) {
      if (stream == null) {
        return null;
      }
      byte[] index = stream.readAllBytes();
      String name = Sha256.hex(index).substring(0, NAME_DIGITS);
      Path target = cache.resolve("models").resolve(name);
      extract(digests(new String(index, UTF_8).lines().toList(), target), classes, target);
      return target;
    } catch (IOException e) {
      throw new InferenceException(
          ErrorReason.MODEL_FAILED,
          cache
              + ": the bundled models cannot be extracted (expected: a writable folder; set"
              + " SYNTHORAX_CACHE)",
          e);
    }
  }

  /** Files by where they belong, with their digests. */
  private static Map<Path, String> digests(List<String> index, Path target) throws IOException {
    var digests = new TreeMap<Path, String>();
    for (String line : index) {
      if (line.isBlank()) {
        continue;
      }
      int gap = line.indexOf("  ");
      if (gap < 0) {
        throw new IOException(INDEX + ": " + line + " (expected: hash, two spaces, path)");
      }
      String path = line.substring(gap + 2);
      Path file = target.resolve(path).normalize();
      if (!file.startsWith(target)) {
        throw new IOException(INDEX + ": " + path + " (expected: a path below " + ROOT + ")");
      }
      digests.put(file, line.substring(0, gap));
    }
    return digests;
  }

  /** Each file appears whole; processes that extract at once write the same bytes. */
  private static void extract(Map<Path, String> digests, ClassLoader classes, Path target)
      throws IOException {
    removeOthers(digests, target);
    for (Map.Entry<Path, String> entry : digests.entrySet()) {
      Path file = entry.getKey();
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          || !Sha256.hex(file).equals(entry.getValue())) {
        extractFile(target.relativize(file), entry.getValue(), classes, file);
      }
    }
  }

  private static void extractFile(Path path, String expected, ClassLoader classes, Path file)
      throws IOException {
    String name = ROOT + path.toString().replace(file.getFileSystem().getSeparator(), "/");
    AtomicFiles.write(
        file,
        channel -> {
          MessageDigest digest = Sha256.digest();
          try (InputStream resource = classes.getResourceAsStream(name)) {
            if (resource == null) {
              throw new IOException(name + ": missing from the jar");
            }
            new DigestInputStream(resource, digest).transferTo(Channels.newOutputStream(channel));
          }
          if (!Sha256.hex(digest).equals(expected)) {
            throw new IOException(name + ": not the file that the index lists");
          }
        });
  }

  /** A file more can change what a model is, such as another form of its tokenizer. */
  private static void removeOthers(Map<Path, String> digests, Path target) throws IOException {
    if (!Files.isDirectory(target)) {
      return;
    }
    try (var paths = Files.walk(target)) {
      for (Path path : paths.toList()) {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
          AtomicFiles.removeLeftovers(path);
        } else if (!digests.containsKey(path)
            && !String.valueOf(path.getFileName()).startsWith(".")) { // being written by another
          Files.deleteIfExists(path);
        }
      }
    }
  }
}
