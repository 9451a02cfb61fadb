package dev.synthorax.client.storage;

import dev.synthorax.client.image.GrayImage;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 in lower-case hexadecimal; one thread. */
public final class Sha256 {
  private final MessageDigest digest;

  private Sha256(MessageDigest digest) {
    this.digest = digest;
  }

  public static Sha256 create() {
    try {
      return new Sha256(MessageDigest.getInstance("SHA-256"));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing (expected: any Java runtime has it)", e);
    }
  }

  public static String of(byte[] data) {
    return create().add(data).hex();
  }

  /** Returns the hash of size and pixels. */
  public static String of(GrayImage image) {
    ByteBuffer size = ByteBuffer.allocate(8).putInt(image.width()).putInt(image.height());
    return create().add(size.array()).add(image.toBytes()).hex();
  }

  public Sha256 add(byte[] data) {
    digest.update(data);
    return this;
  }

  public Sha256 add(byte[] data, int from) {
    digest.update(data, from, data.length - from);
    return this;
  }

  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
