package dev.synthorax.client.storage;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 of content, in lower-case hexadecimal.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class ContentHash {
  private final MessageDigest digest;

  private ContentHash(MessageDigest digest) {
    this.digest = digest;
  }

  /** Begins with nothing. */
  public static ContentHash create() {
    try {
      return new ContentHash(MessageDigest.getInstance("SHA-256"));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing (expected: any Java runtime has it)", e);
    }
  }

  /** Returns the hash of {@code data}, 64 digits. */
  public static String of(byte[] data) {
    return create().add(data).hex();
  }

  /** Goes on with {@code data}; returns this. */
  public ContentHash add(byte[] data) {
    digest.update(data);
    return this;
  }

  /** Goes on with {@code data} from index {@code from} to its end; returns this. */
  public ContentHash add(byte[] data, int from) {
    digest.update(data, from, data.length - from);
    return this;
  }

  /** Returns the hash of all that was added, 64 digits, and begins anew. */
  public String hex() {
    return HexFormat.of().formatHex(bytes());
  }

  /** Returns the hash of all that was added, 32 bytes, and begins anew. */
  public byte[] bytes() {
    return digest.digest();
  }
}
