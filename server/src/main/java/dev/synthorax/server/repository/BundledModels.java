package dev.synthorax.server.repository;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.pipeline.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The models inside the server's jar. A jar entry cannot be mapped, so they are extracted to a
 * cache on first start.
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
   * Extracts what is not there yet.
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
      if (!Files.isDirectory(target)) {
        extract(new String(index, UTF_8).lines().toList(), classes, target);
      }
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

  /** Into a folder beside the target first, so that another process never sees half of it. */
  private static void extract(List<String> index, ClassLoader classes, Path target)
      throws IOException {
    Path parent = target.resolveSibling("");
    Files.createDirectories(parent);
    Path partial = Files.createTempDirectory(parent, "extracting-");
    try {
      for (String line : index) {
        if (!line.isBlank()) {
          extractFile(line, classes, partial);
        }
      }
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(partial, target);
    } catch (IOException e) {
      deleteAll(partial);
      if (!Files.isDirectory(target)) { // another process may have been first
        throw e;
      }
    }
  }

  private static void extractFile(String line, ClassLoader classes, Path folder)
      throws IOException {
    int gap = line.indexOf("  ");
    if (gap < 0) {
      throw new IOException(INDEX + ": " + line + " (expected: hash, two spaces, path)");
    }
    String path = line.substring(gap + 2);
    Path file = folder.resolve(path).normalize();
    if (!file.startsWith(folder)) {
      throw new IOException(INDEX + ": " + path + " (expected: a path below " + ROOT + ")");
    }
    Files.createDirectories(file.resolveSibling(""));
    MessageDigest digest = Sha256.digest();
    try (InputStream resource = classes.getResourceAsStream(ROOT + path)) {
      if (resource == null) {
        throw new IOException(ROOT + path + ": missing from the jar");
      }
      Files.copy(new DigestInputStream(resource, digest), file);
    }
    if (!HexFormat.of().formatHex(digest.digest()).equals(line.substring(0, gap))) {
      throw new IOException(ROOT + path + ": not the file that the index lists");
    }
  }

  private static void deleteAll(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
