package dev.synthorax.nn.weights;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.files.RegularFiles;
import dev.synthorax.files.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file or folder of a model, which is a stranger's: what it is called in messages, and how it is
 * opened. Pipes and devices are refused, small files have a limit.
 *
 * @param path where it is
 * @param name what messages call it: below the model's folder, so that a client who reads them need
 *     not know where models lie
 */
public record ModelFile(Path path, String name) {
  /** More than any vocabulary, index or configuration has. */
  private static final int MAX_TEXT_BYTES = 16 << 20;

  public ModelFile {
    requireNonNull(path, "path");
    requireNonNull(name, "name");
  }

  /** A file of our own, or one that a person named: called by its path. */
  public static ModelFile of(Path path) {
    return new ModelFile(path, path.toString());
  }

  /** The folder of a model, whose files are called by their place below it. */
  public static ModelFile root(Path folder) {
    return new ModelFile(folder, "");
  }

  /** A file below this folder. */
  public ModelFile resolve(String child) {
    return new ModelFile(path.resolve(child), name.isEmpty() ? child : name + "/" + child);
  }

  /** A file beside this one. */
  public ModelFile sibling(String other) {
    int slash = name.lastIndexOf('/');
    return new ModelFile(path.resolveSibling(other), name.substring(0, slash + 1) + other);
  }

  /** Whether something is there, whatever it is. */
  public boolean exists() {
    return Files.exists(path);
  }

  /** Whether it is a folder. */
  public boolean isFolder() {
    return Files.isDirectory(path);
  }

  /**
   * What lies in this folder, by name; nothing where there is no folder.
   *
   * @throws InferenceException {@code MODEL_FAILED} if it cannot be listed
   */
  public List<ModelFile> files() {
    if (!isFolder()) {
      return List.of();
    }
    try (var children = Files.list(path)) {
      return children.sorted().map(child -> resolve(String.valueOf(child.getFileName()))).toList();
    } catch (IOException e) {
      throw failed("cannot be listed (expected: a readable folder)", e);
    }
  }

  /**
   * The whole text, UTF-8.
   *
   * @param expected what it should be, if it is missing
   * @throws InferenceException {@code MODEL_FAILED} in one line, if it cannot be read, is no
   *     regular file, no text, too large, or a Git LFS pointer
   */
  public String text(String expected) {
    String text;
    try {
      byte[] bytes = RegularFiles.read(path, MAX_TEXT_BYTES);
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw failed("not UTF-8 text", e);
    } catch (IOException e) {
      throw unreadable(expected, e);
    }
    if (GitLfs.isPointer(text)) {
      throw GitLfs.failure(this);
    }
    return text;
  }

  /**
   * Opens it for reading.
   *
   * @param expected what it should be, if it is missing
   * @return the caller closes it
   * @throws InferenceException {@code MODEL_FAILED} in one line, if it cannot be opened or is no
   *     regular file
   */
  public FileChannel open(String expected) {
    try {
      return RegularFiles.open(path);
    } catch (IOException e) {
      throw unreadable(expected, e);
    }
  }

  /**
   * Feeds its bytes to a digest.
   *
   * @throws InferenceException {@code MODEL_FAILED} in one line, if it cannot be read or is no
   *     regular file
   */
  public void addTo(MessageDigest digest) {
    try {
      Sha256.update(digest, path);
    } catch (IOException e) {
      throw unreadable("a file of the model", e);
    }
  }

  private InferenceException unreadable(String expected, IOException cause) {
    String reason = RegularFiles.reason(cause);
    return failed(
        reason.contains("expected: ") ? reason : "%s (expected: %s)".formatted(reason, expected),
        cause);
  }

  /** The failure of a model because of this file. */
  public InferenceException failed(String what, @Nullable Throwable cause) {
    return new InferenceException(ErrorReason.MODEL_FAILED, name + ": " + what, cause);
  }
}
