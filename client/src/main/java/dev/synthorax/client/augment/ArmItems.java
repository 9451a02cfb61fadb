package dev.synthorax.client.augment;

import dev.synthorax.client.augment.plan.Arm;
import dev.synthorax.client.augment.plan.ArmKind;
import dev.synthorax.client.augment.plan.AugmentPlan;
import dev.synthorax.client.augment.plan.PlanException;
import dev.synthorax.client.augment.plan.UnknownFindings;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.transform.SeedStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * All images of one arm, each made up when it is asked for. What an image is depends on the plan's
 * seed, the arm's name and its position: not on other arms, nor on how many images there are.
 *
 * <p>Parents are taken from a seeded shuffle of the training images that fit, so that each serves
 * once before any serves twice; labels and combinations take turns. Where the plan drops what the
 * model does not know, no prompt names it and no label says it.
 *
 * <p><b>Threading:</b> immutable.
 */
final class ArmItems {
  private final AugmentPlan plan;
  private final Arm arm;
  private final String key;
  private final @Nullable SourceImages source;
  private final int count;
  private final long seed;
  private final List<Integer> parents; // empty: the arm has none
  private final List<List<String>> labelSets; // empty: those of the parents
  private final List<String> vocabulary;
  private final KnownFindings known;

  /**
   * @param known what may be asked for; without effect where the plan stops at other findings
   * @throws PlanException if the arm cannot be made of the source
   */
  ArmItems(AugmentPlan plan, int index, @Nullable SourceImages source, KnownFindings known) {
    this.plan = plan;
    this.known = plan.unknownFindings() == UnknownFindings.STOP ? KnownFindings.ALL : known;
    this.arm = plan.arms().get(index);
    this.key = "arms[" + index + "] (" + arm.name() + ")";
    this.source = source;
    this.seed = SeedStream.child(plan.seed(), arm.name());
    this.count = count();
    this.labelSets = labelSets();
    this.parents = parents();
    Set<String> labels =
        new LinkedHashSet<>(source == null ? List.<String>of() : source.vocabulary());
    labelSets.forEach(labels::addAll);
    this.vocabulary = List.copyOf(labels);
    requireKnownLabels();
    requireOwnIds();
  }

  private PlanException problem(String message) {
    return new PlanException(key + ": " + message);
  }

  private SourceImages source() {
    if (source == null) {
      throw problem("no source (expected: a source to make it from)");
    }
    return source;
  }

  private int count() {
    Integer fixed = arm.count();
    if (fixed != null) {
      return fixed;
    }
    Double ratio = arm.ratio();
    long images = Math.round((ratio == null ? 0 : ratio) * source().size());
    if (images < 1 || images > Arm.MAX_COUNT) {
      throw problem(
          "ratio "
              + ratio
              + " of "
              + source().size()
              + " training images is "
              + images
              + " (expected: 1 to "
              + Arm.MAX_COUNT
              + " images)");
    }
    return (int) images;
  }

  private List<List<String>> labelSets() {
    List<List<String>> sets =
        switch (arm.kind()) {
          case SINGLE_LABEL -> {
            List<String> labels = arm.labels().isEmpty() ? positiveLabels() : arm.labels();
            yield labels.stream().map(List::of).toList();
          }
          case MULTI_LABEL -> arm.combinations();
          case MASK, TRANSFORMED_MASK, MASK_AND_TEXT, TRANSFORMED_MASK_AND_TEXT, CLASSICAL ->
              List.<List<String>>of();
        };
    List<List<String>> usable = sets.stream().filter(this::isUsable).toList();
    if (usable.isEmpty() && !sets.isEmpty()) {
      throw problem(
          "no label is left (expected: one of those that the model knows, " + known + ")");
    }
    return usable;
  }

  /** Returns whether an image of these labels may be made: something is left to ask for. */
  private boolean isUsable(List<String> labels) {
    return plan.unknownFindings() == UnknownFindings.DROP_ITEMS
        ? !labels.isEmpty() && known.knowsAll(labels)
        : labels.stream().anyMatch(known::knows);
  }

  /** Returns the labels that a training image has positive, in the source's order. */
  private List<String> positiveLabels() {
    Set<String> positive = new LinkedHashSet<>();
    for (int i = 0; i < source().size(); i++) {
      positive.addAll(asked(source().training(i).info()));
    }
    if (positive.isEmpty()) {
      throw problem(
          "no training image has a positive label (expected: labels in the source or in the arm)");
    }
    return source().vocabulary().stream().filter(positive::contains).toList();
  }

  private List<Integer> parents() {
    boolean fromText = arm.promptFrom() == Arm.PromptFrom.TEXT;
    boolean needed =
        switch (arm.kind()) {
          case SINGLE_LABEL -> false;
          case MULTI_LABEL -> labelSets.isEmpty();
          case MASK, TRANSFORMED_MASK, MASK_AND_TEXT, TRANSFORMED_MASK_AND_TEXT, CLASSICAL -> true;
        };
    if (!needed) {
      return List.of();
    }
    List<Integer> fitting =
        IntStream.range(0, source().size())
            .filter(
                i -> {
                  ImageInfo info = source().training(i).info();
                  return arm.withLabels().stream().allMatch(info::has)
                      && (!arm.kind().usesText()
                          || (fromText ? hasUsableText(info) : isUsable(asked(info))));
                })
            .boxed()
            .toList();
    if (fitting.isEmpty()) {
      throw problem(
          "none of "
              + source().size()
              + " training images fits (expected: one with "
              + (arm.withLabels().isEmpty() ? "" : String.join(", ", arm.withLabels()) + " and ")
              + (!arm.kind().usesText() ? "anything" : fromText ? "a text" : "a positive label")
              + (known.names().isEmpty() ? "" : " that the model knows, " + known)
              + ")");
    }
    return SeedStream.of(SeedStream.child(seed, "parents")).shuffled(fitting);
  }

  /** A text stays as it was written, so {@code drop} has no effect on it. */
  private boolean hasUsableText(ImageInfo info) {
    return !info.text().isBlank()
        && (plan.unknownFindings() != UnknownFindings.DROP_ITEMS || known.knowsAll(asked(info)));
  }

  /** Returns what a prompt for an image asks for: its positive labels, else no finding. */
  private static List<String> asked(ImageInfo info) {
    List<String> positives = info.positives();
    return positives.isEmpty() && info.has(ImageInfo.NO_FINDING)
        ? List.of(ImageInfo.NO_FINDING)
        : positives;
  }

  private void requireKnownLabels() {
    List<String> named = new ArrayList<>(arm.withLabels());
    labelSets.forEach(named::addAll);
    Set<String> ofSource = source == null ? Set.of() : new LinkedHashSet<>(source.vocabulary());
    for (String label : named) {
      if (!plan.prompts().knows(label) && !ofSource.contains(label)) {
        throw problem(
            "label '"
                + label
                + "' (expected: a label of the source, a common one such as pleural_effusion, or"
                + " one with words under prompts.wording)");
      }
    }
  }

  private void requireOwnIds() {
    if (!arm.includeSource()) {
      return;
    }
    String start = arm.name() + "-";
    for (int i = 0; i < source().size(); i++) {
      String id = source().training(i).info().id();
      if (id.startsWith(start) && id.substring(start.length()).matches("\\d{6}")) {
        throw problem("the source has an image '" + id + "' (expected: another name for the arm)");
      }
    }
  }

  AugmentPlan plan() {
    return plan;
  }

  Arm arm() {
    return arm;
  }

  /** Returns how messages name the arm. */
  String key() {
    return key;
  }

  int size() {
    return count;
  }

  /** Returns which training image the one at {@code position} is made from; 0 where none is. */
  int parent(int position) {
    return parents.isEmpty() ? 0 : parents.get((position - 1) % parents.size());
  }

  /** Returns the image at {@code position}, from 1. */
  AugmentItem item(int position) {
    int turn = position - 1;
    long itemSeed = SeedStream.child(seed, position);
    DatasetImage parent = parents.isEmpty() ? null : source().training(parent(position));
    ArmKind kind = arm.kind();
    if (!kind.usesText()) {
      return new AugmentItem(arm, position, itemSeed, parent, "", Map.of());
    }
    if (parent != null && arm.promptFrom() == Arm.PromptFrom.TEXT) {
      ImageInfo info = parent.info();
      Map<String, Label> labels = new LinkedHashMap<>(info.labels());
      labels
          .entrySet()
          .removeIf(one -> one.getValue() == Label.POSITIVE && !known.knows(one.getKey()));
      return new AugmentItem(arm, position, itemSeed, parent, info.text().strip(), labels);
    }
    List<String> labels =
        parent == null ? labelSets.get(turn % labelSets.size()) : asked(parent.info());
    String prompt =
        plan.prompts()
            .prompt(known.known(labels), SeedStream.of(SeedStream.child(itemSeed, "prompt")));
    return new AugmentItem(
        arm,
        position,
        itemSeed,
        kind == ArmKind.MULTI_LABEL ? null : parent,
        prompt,
        labels(labels));
  }

  private Map<String, Label> labels(List<String> positive) {
    Map<String, Label> labels = new LinkedHashMap<>();
    for (String label : vocabulary) {
      if (positive.contains(label)) {
        if (known.knows(label)) {
          labels.put(label, Label.POSITIVE);
        }
      } else if (arm.otherLabels() == Arm.OtherLabels.NEGATIVE) {
        labels.put(label, Label.NEGATIVE);
      }
    }
    return labels;
  }
}
