package dev.synthorax.client.generation;

import dev.synthorax.proto.v1.GenerationSpec;

/** What an image was conditioned on. */
public enum Mode {
  /** Neither text nor mask. */
  FREE,
  /** Text alone. */
  T2I,
  /** Masks alone. */
  M2I,
  /** Text and masks. */
  TM2I;

  /**
   * Returns the mode of a request: text where the prompt is not blank, masks where there is one.
   */
  public static Mode of(GenerationSpec request) {
    return of(!request.getPrompt().isBlank(), request.getMasksCount() > 0);
  }

  /** Returns the mode of a request with or without text and masks. */
  public static Mode of(boolean text, boolean masks) {
    return text ? (masks ? TM2I : T2I) : (masks ? M2I : FREE);
  }
}
