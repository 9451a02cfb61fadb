package dev.synthorax.server.pictures;

import java.util.List;

/** Where structures lie: what the networks read, and what it was made from. */
public final class MaskCondition {
  private final float[] channels;
  private final List<Given> given;

  /**
   * One mask of a request.
   *
   * @param structure a structure of the model
   * @param sha256 lower-case hexadecimal hash of the PNG
   * @param empty whether nothing is inside at the model's size
   */
  public record Given(String structure, String sha256, boolean empty) {}

  /**
   * A condition.
   *
   * @param channels {@code [structures, height, width]} of 0 or 1; handed over
   * @param given the masks in the request's order, at least one
   */
  public MaskCondition(float[] channels, List<Given> given) {
    this.channels = channels;
    this.given = List.copyOf(given);
  }

  /** Shared: never written. */
  public float[] channels() {
    return channels;
  }

  /** The masks that it was made from, in the request's order. */
  public List<Given> given() {
    return given;
  }

  /** What a person should know about the masks; one sentence each. */
  public List<String> warnings() {
    return given.stream()
        .filter(Given::empty)
        .map(
            mask ->
                "masks: nothing is inside the mask of %s; the image is made for a chest without it."
                    .formatted(mask.structure()))
        .toList();
  }
}
