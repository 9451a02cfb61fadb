package dev.synthorax.client;

import dev.synthorax.proto.v1.Sample;
import dev.synthorax.proto.v1.SampleShape;
import java.io.IOException;

/** Samples that can be gone over again: always the same, in the same order. */
public interface SampleSource {
  /** Takes the samples one after the other. */
  @FunctionalInterface
  interface Taker {
    /** Takes the next sample; what it throws ends the pass. */
    void take(Sample sample) throws IOException;
  }

  /** Returns what all samples have in common. */
  SampleShape shape();

  /**
   * Goes over all samples once. They are handed over on the calling thread, which may wait in
   * {@code taker}: few samples are in memory at a time.
   *
   * @throws IOException if a sample cannot be read, or what {@code taker} threw
   * @throws InterruptedException if the calling thread is interrupted
   */
  void forEach(Taker taker) throws IOException, InterruptedException;
}
