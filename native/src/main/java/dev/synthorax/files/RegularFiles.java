package dev.synthorax.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Opens what others put in place of a file: regular files alone, or links to them. A named pipe
 * would wait for ever and a device would never end.
 */
public final class RegularFiles {
  private RegularFiles() {}

  /**
   * Opens a file for reading.
   *
   * @return the caller closes it
   * @throws NoSuchFileException if there is none
   * @throws FileSystemException with a reason, if it is a folder, a pipe, a socket or a device
   * @throws IOException if it cannot be read
   */
  public static FileChannel open(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw new FileSystemException(
          file.toString(),
          null,
          attributes.isDirectory()
              ? "a folder (expected: a file)"
              : "a pipe, socket or device (expected: a regular file)");
    }
    return FileChannel.open(file, StandardOpenOption.READ);
  }

  /**
   * The whole content of a small file.
   *
   * @param maxBytes what it may hold
   * @throws FileSystemException with a reason, if it holds more or is no regular file
   * @throws IOException if it cannot be read
   */
  public static byte[] read(Path file, int maxBytes) throws IOException {
    try (FileChannel channel = open(file)) {
      long size = channel.size();
      if (size > maxBytes) {
        throw new FileSystemException(
            file.toString(), null, size + " bytes (expected: at most " + maxBytes + ")");
      }
      ByteBuffer content = ByteBuffer.allocate((int) size);
      while (content.hasRemaining()) {
        if (channel.read(content) < 0) {
          throw new FileSystemException(
              file.toString(), null, "it was cut short while it was read");
        }
      }
      return content.array();
    }
  }

  /** What a failure says without the file's path, in one line. */
  public static String reason(IOException failure) {
    String reason = failure.getMessage();
    if (failure instanceof NoSuchFileException) {
      reason = "no such file";
    } else if (failure instanceof AccessDeniedException) {
      reason = "no permission to read it";
    } else if (failure instanceof FileSystemException refused && refused.getReason() != null) {
      reason = refused.getReason();
    }
    return reason == null
        ? failure.getClass().getSimpleName()
        : reason.lines().findFirst().orElse("");
  }
}
