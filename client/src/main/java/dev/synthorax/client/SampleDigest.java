package dev.synthorax.client;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.v1.Sample;
import dev.synthorax.proto.v1.SampleShape;
import dev.synthorax.proto.v1.UploadPoint;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The digest of a dataset's first samples, as {@code UploadPoint} defines it: of the shape alone,
 * then of the digest before and the digest of each sample.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class SampleDigest {
  private final MessageDigest sha256;
  private byte[] digest;
  private long samples;

  /** Starts before the first sample. */
  public SampleDigest(SampleShape shape) {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    digest = sha256.digest(shape.toByteArray());
  }

  /** Adds the next sample. */
  public void add(Sample sample) {
    byte[] one = sha256.digest(sample.toByteArray());
    sha256.update(digest);
    digest = sha256.digest(one);
    samples++;
  }

  /** Returns how many samples were added, and their digest. */
  public UploadPoint point() {
    return UploadPoint.newBuilder()
        .setSamples(samples)
        .setDigest(ByteString.copyFrom(digest))
        .build();
  }
}
