package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.image.Png;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A sample with its PNG files: those that are there already, and others encoded when they are asked
 * for, each once.
 *
 * <p><b>Ownership:</b> shares its bytes with whoever made it; nobody changes them.
 *
 * <p><b>Threading:</b> one thread at a time.
 */
public final class EncodedSample {
  private final Sample sample;
  private final Map<Structure, byte[]> masks = new EnumMap<>(Structure.class);
  private byte @Nullable [] image;

  private EncodedSample(Sample sample) {
    this.sample = requireNonNull(sample, "sample");
  }

  /** Returns a sample of which no file is there yet. */
  public static EncodedSample of(Sample sample) {
    return new EncodedSample(sample);
  }

  /**
   * Returns a sample whose files are there.
   *
   * @param image what {@link Png#encode} gives for the sample's image and text
   * @param masks what it gives for masks of the sample
   */
  public static EncodedSample of(Sample sample, byte[] image, Map<Structure, byte[]> masks) {
    EncodedSample encoded = new EncodedSample(sample);
    encoded.image = requireNonNull(image, "image");
    encoded.masks.putAll(masks);
    return encoded;
  }

  /** Returns the sample. */
  public Sample sample() {
    return sample;
  }

  /** Returns the image as a PNG with its text. */
  public byte[] image() {
    byte[] there = image;
    if (there == null) {
      there = Png.encode(sample.image(), sample.text());
      image = there;
    }
    return there;
  }

  /**
   * Returns a mask as a PNG of 0 and 255.
   *
   * @throws IllegalArgumentException if nobody outlined the structure
   */
  public byte[] mask(Structure structure) {
    return masks.computeIfAbsent(structure, known -> Png.encode(sample.mask(known).toImage()));
  }
}
