package dev.synthorax.client.phantom;

import dev.synthorax.client.phantom.Lesion.Atelectasis;
import dev.synthorax.client.phantom.Lesion.Cardiomegaly;
import dev.synthorax.client.phantom.Lesion.Consolidation;
import dev.synthorax.client.phantom.Lesion.Edema;
import dev.synthorax.client.phantom.Lesion.Effusion;
import dev.synthorax.client.phantom.Lesion.Lobe;
import dev.synthorax.client.phantom.Lesion.Pneumothorax;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Short prompts as a person would type them, true of the patient; a third leave out size and side.
 */
final class PhantomPrompts {
  private static final double BARE_SHARE = 0.34;
  private static final List<String> NORMAL =
      List.of(
          "normal chest radiograph",
          "no acute findings",
          "normal chest x-ray",
          "clear lungs, normal heart size",
          "no acute cardiopulmonary abnormality",
          "normal chest");

  private PhantomPrompts() {}

  static String describe(Pathology pathology, Draw draw) {
    if (pathology.lesions().isEmpty()) {
      return draw.pick(NORMAL);
    }
    boolean bare = draw.chance(BARE_SHARE);
    List<String> parts = new ArrayList<>();
    for (Lesion lesion : pathology.lesions()) {
      parts.add(bare ? draw.pick(bare(lesion)) : draw.pick(full(lesion)));
    }
    return parts.size() == 1
        ? parts.get(0)
        : parts.get(0) + draw.pick(List.of(" and ", " with ")) + parts.get(1);
  }

  /** Wordings without size and side. */
  static List<String> bare(Lesion lesion) {
    return switch (lesion) {
      case Cardiomegaly c ->
          List.of("cardiomegaly", "enlarged heart", "enlarged cardiac silhouette");
      case Effusion e -> List.of("pleural effusion", "effusion");
      case Pneumothorax p -> List.of("pneumothorax");
      case Consolidation c -> List.of("consolidation", "pneumonia", "airspace consolidation");
      case Edema e -> List.of("pulmonary edema", "edema");
      case Atelectasis a -> List.of("atelectasis");
    };
  }

  /** Wordings with size, side or both. */
  static List<String> full(Lesion lesion) {
    String side = lesion.side().word();
    String size = lesion.severity().word();
    return switch (lesion) {
      case Cardiomegaly c -> {
        String grade = grade(c.severity());
        yield List.of(
            grade + " cardiomegaly", grade + "ly enlarged heart", grade + " cardiomegaly");
      }
      case Effusion e when e.side() == Side.BILATERAL ->
          List.of(
              size + " bilateral pleural effusions",
              "bilateral pleural effusions",
              size + " bilateral effusions");
      case Effusion e ->
          List.of(
              size + " " + side + " pleural effusion",
              side + " pleural effusion",
              size + " pleural effusion",
              size + " " + side + " effusion");
      case Pneumothorax p -> {
        String apical = p.severity() == Severity.SMALL ? " apical" : "";
        yield List.of(
            size + " " + side + apical + " pneumothorax",
            side + " pneumothorax",
            size + " pneumothorax",
            size + " " + side + " pneumothorax");
      }
      case Consolidation c -> {
        String place = c.lobe() == Lobe.LINGULA ? "lingular" : side + " " + c.lobe().word();
        yield List.of(
            place + " consolidation",
            place + " pneumonia",
            size + " " + place + " consolidation",
            side + " lung consolidation");
      }
      case Edema e -> {
        String grade = grade(e.severity());
        yield List.of(grade + " pulmonary edema", grade + " edema", "bilateral pulmonary edema");
      }
      case Atelectasis a when a.severity() == Severity.LARGE ->
          List.of(
              side + " lower lobe atelectasis",
              side + " lower lobe collapse",
              "large " + side + " lower lobe atelectasis",
              side + " atelectasis");
      case Atelectasis a ->
          List.of(
              side + " basilar atelectasis",
              size + " " + side + " basilar atelectasis",
              side + " atelectasis",
              a.severity() == Severity.SMALL
                  ? side + " linear atelectasis"
                  : side + " plate-like atelectasis");
    };
  }

  private static String grade(Severity severity) {
    return switch (severity) {
      case SMALL -> "mild";
      case MODERATE -> "moderate";
      case LARGE -> "severe";
    };
  }

  /** Every wording of a single finding, sorted. */
  static SortedSet<String> wordings() {
    SortedSet<String> all = new TreeSet<>(NORMAL);
    for (Severity severity : Severity.values()) {
      List<Lesion> lesions = new ArrayList<>();
      lesions.add(new Cardiomegaly(severity));
      lesions.add(new Edema(severity));
      for (Side side : Side.values()) {
        lesions.add(new Effusion(severity, side));
        if (side != Side.BILATERAL || severity != Severity.LARGE) {
          lesions.add(new Atelectasis(severity, side));
        }
        if (side != Side.BILATERAL) {
          lesions.add(new Pneumothorax(severity, side));
          lesions.add(new Consolidation(severity, side, Lobe.UPPER));
          lesions.add(
              new Consolidation(severity, side, side == Side.RIGHT ? Lobe.MIDDLE : Lobe.LINGULA));
          lesions.add(new Consolidation(severity, side, Lobe.LOWER));
        }
      }
      for (Lesion lesion : lesions) {
        all.addAll(bare(lesion));
        all.addAll(full(lesion));
      }
    }
    return all;
  }
}
