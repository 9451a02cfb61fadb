package dev.synthorax.client.augment.plan;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** How the images of an arm come about. */
public enum ArmKind {
  /** From the words for one label, each of the arm's labels in turn. */
  SINGLE_LABEL("single-label", true, false, Set.of("labels", "other-labels")),
  /** From the words for all labels of a combination: those given, or those of training images. */
  MULTI_LABEL("multi-label", true, false, Set.of("combinations", "with-labels", "other-labels")),
  /** From the masks of training images. */
  MASK("mask", false, true, Set.of("structures", "with-labels")),
  /** From masks of training images, transformed. */
  TRANSFORMED_MASK(
      "transformed-mask", false, true, Set.of("structures", "with-labels", "transforms", "limits")),
  /** From masks of training images and the words for their labels. */
  MASK_AND_TEXT(
      "mask-and-text",
      true,
      true,
      Set.of("structures", "with-labels", "other-labels", "prompt-from")),
  /** From masks of training images, transformed, and the words for their labels. */
  TRANSFORMED_MASK_AND_TEXT(
      "transformed-mask-and-text",
      true,
      true,
      Set.of("structures", "with-labels", "other-labels", "prompt-from", "transforms", "limits")),
  /** Training images themselves, moved and developed otherwise; needs no server. */
  CLASSICAL("classical", false, false, Set.of("with-labels", "classical"));

  private final String wireName;
  private final boolean text;
  private final boolean masks;

  @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
  private final Set<String> keys;

  ArmKind(String wireName, boolean text, boolean masks, Set<String> keys) {
    this.wireName = wireName;
    this.text = text;
    this.masks = masks;
    this.keys = keys;
  }

  /** Returns the name used in plans, for example {@code mask-and-text}. */
  public String wireName() {
    return wireName;
  }

  /** Returns whether a server makes the images. */
  public boolean usesServer() {
    return text || masks;
  }

  /** Returns whether images are made from a prompt. */
  public boolean usesText() {
    return text;
  }

  /** Returns whether images are made from masks. */
  public boolean usesMasks() {
    return masks;
  }

  /** Returns whether the masks are transformed first. */
  public boolean transforms() {
    return this == TRANSFORMED_MASK || this == TRANSFORMED_MASK_AND_TEXT;
  }

  /** Returns the keys of an arm that only some kinds have, as far as this kind has them. */
  Set<String> keys() {
    return keys;
  }

  /** Returns the kinds that have {@code key}, for people. */
  static String having(String key) {
    return names(Arrays.stream(values()).filter(kind -> kind.keys.contains(key)).toList());
  }

  static ArmKind ofWireName(String name) {
    for (ArmKind kind : values()) {
      if (kind.wireName.equals(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "'" + name + "' (expected: " + names(List.of(values())) + ")");
  }

  private static String names(List<ArmKind> kinds) {
    return kinds.stream().map(ArmKind::wireName).collect(Collectors.joining(", "));
  }
}
