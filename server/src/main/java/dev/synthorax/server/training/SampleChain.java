package dev.synthorax.server.training;

import dev.synthorax.files.Sha256;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Samples one after another, known by one digest.
 *
 * <p><b>Threading:</b> one thread.
 */
final class SampleChain {
  private final MessageDigest sha256 = Sha256.digest();
  private byte[] digest;
  private long samples;

  /** Goes on after some samples, or after none, where the digest is that of their shape. */
  SampleChain(Dataset.Point after) {
    digest = HexFormat.of().parseHex(after.digest());
    samples = after.samples();
  }

  /** One sample more, by the digest of its bytes. */
  void add(byte[] sampleDigest) {
    sha256.update(digest);
    digest = sha256.digest(sampleDigest);
    samples++;
  }

  Dataset.Point point() {
    return new Dataset.Point(samples, HexFormat.of().formatHex(digest));
  }
}
