package dev.synthorax.server.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a caller may ask of a server. */
public enum Role {
  /** Ask models: generate, segment, classify, infer. */
  INFER,
  /** Train models, and keep the datasets and sets of images that this takes. */
  TRAIN,
  /** Rate images. */
  REVIEW,
  /** See how the server does: metrics, connections, its contract. */
  MONITOR,
  /** All of it, and change how the server runs: load models, read and set its settings. */
  ADMIN;

  /**
   * The role of that name.
   *
   * @throws IllegalArgumentException naming those there are
   */
  static Role of(String name) {
    return Arrays.stream(values())
        .filter(role -> role.word().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "roles: %s (expected: of %s)"
                        .formatted(
                            name,
                            Arrays.stream(values())
                                .map(Role::word)
                                .collect(Collectors.joining(", ")))));
  }

  /** As configuration and messages name it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
