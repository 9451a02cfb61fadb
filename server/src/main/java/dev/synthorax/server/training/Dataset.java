package dev.synthorax.server.training;

import dev.synthorax.training.stage.SampleShape;
import java.time.Instant;
import java.util.List;

/**
 * Samples on disk.
 *
 * @param whole whether it can be trained on; else it is being uploaded, or that was cut
 * @param shape of every sample
 * @param point durable samples and their digest; of a whole dataset all
 * @param shards that hold them
 * @param bytes on disk, those shared with other datasets included
 * @param updated when it became whole, or its last sample durable
 * @param findings that some sample shows, in order of first appearance
 */
public record Dataset(
    String name,
    boolean whole,
    SampleShape shape,
    Point point,
    int shards,
    long bytes,
    Instant updated,
    List<String> findings) {

  public Dataset {
    findings = List.copyOf(findings);
  }

  /**
   * A number of samples from the first on, and what they are.
   *
   * @param digest in hex; see {@code UploadPoint} in training.proto
   */
  public record Point(long samples, String digest) {}
}
