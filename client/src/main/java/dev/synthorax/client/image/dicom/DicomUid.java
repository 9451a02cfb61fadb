package dev.synthorax.client.image.dicom;

import dev.synthorax.client.storage.ContentHash;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * Unique identifiers that follow from names: equal names give the same identifier on any machine.
 */
public final class DicomUid {
  /** What identifiers made from a UUID start with, PS3.5 section B.2. */
  private static final String ROOT = "2.25.";

  private DicomUid() {}

  /**
   * Returns the identifier of {@code names}: 2.25 and the number of a UUID of version 8 (RFC 9562)
   * cut from their SHA-256.
   *
   * @param names at least one, for example a dataset, a kind and an id
   */
  public static String of(String... names) {
    byte[] named = String.join("\u0000", names).getBytes(StandardCharsets.UTF_8);
    byte[] hash = ContentHash.create().add(named).bytes();
    byte[] uuid = new byte[16];
    System.arraycopy(hash, 0, uuid, 0, uuid.length);
    uuid[6] = (byte) ((uuid[6] & 0x0F) | 0x80);
    uuid[8] = (byte) ((uuid[8] & 0x3F) | 0x80);
    return ROOT + new BigInteger(1, uuid);
  }

  /** Returns whether {@code text} is an identifier: numbers and dots, at most 64 characters. */
  public static boolean isUid(String text) {
    return text.length() <= 64 && text.matches("(0|[1-9]\\d*)(\\.(0|[1-9]\\d*))+");
  }
}
