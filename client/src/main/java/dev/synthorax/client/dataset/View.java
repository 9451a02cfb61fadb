package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/** From which side the beam came; the names are those of DICOM's View Position. */
public enum View {
  /** Frontal, from behind: the heart lies near the detector. */
  PA,
  /** Frontal, from the front: portable films; the heart is magnified. */
  AP,
  /** From one side, which is not said. */
  LATERAL,
  /** Left lateral. */
  LL,
  /** Right lateral. */
  RL,
  /** Anything else. */
  OTHER;

  /** Returns whether this is a frontal view. */
  public boolean isFrontal() {
    return this == PA || this == AP;
  }

  /** Returns the view called {@code name} in any case, {@link #OTHER} for names not known. */
  public static View ofName(String name) {
    requireNonNull(name, "name");
    return switch (name.strip().toUpperCase(Locale.ROOT)) {
      case "PA" -> PA;
      case "AP" -> AP;
      case "LATERAL" -> LATERAL;
      case "LL" -> LL;
      case "RL" -> RL;
      default -> OTHER;
    };
  }
}
