package dev.synthorax.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, which every Java platform has. */
public final class Sha256 {
  private static final int CHUNK_BYTES = 1 << 16;

  private Sha256() {}

  /** A digest that has read nothing yet. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** The hash in 64 lower-case hexadecimal digits. */
  public static String hex(byte[] data) {
    return HexFormat.of().formatHex(digest().digest(data));
  }

  /** Ends a digest; the hash in 64 lower-case hexadecimal digits. */
  public static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * The hash of a file's bytes in 64 lower-case hexadecimal digits.
   *
   * @throws IOException if it is no regular file or cannot be read
   */
  public static String hex(Path file) throws IOException {
    MessageDigest digest = digest();
    update(digest, file);
    return hex(digest);
  }

  /**
   * Feeds a file's bytes to a digest: as many as the file said it had when it was opened.
   *
   * @throws IOException if it is no regular file, cannot be read or shrinks meanwhile
   */
  public static void update(MessageDigest digest, Path file) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    try (FileChannel channel = RegularFiles.open(file)) {
      for (long left = channel.size(); left > 0; left -= chunk.limit()) {
        chunk.clear().limit((int) Math.min(left, CHUNK_BYTES));
        if (channel.read(chunk) <= 0) {
          throw new FileSystemException(
              file.toString(), null, "it was cut short while it was read");
        }
        chunk.flip();
        digest.update(chunk.array(), 0, chunk.limit());
      }
    }
  }
}
