package dev.synthorax.client.phantom;

import dev.synthorax.client.phantom.Lesion.Atelectasis;
import dev.synthorax.client.phantom.Lesion.Cardiomegaly;
import dev.synthorax.client.phantom.Lesion.Consolidation;
import dev.synthorax.client.phantom.Lesion.Edema;
import dev.synthorax.client.phantom.Lesion.Effusion;
import dev.synthorax.client.phantom.Lesion.Focus;
import dev.synthorax.client.phantom.Lesion.Lobe;
import dev.synthorax.client.phantom.Lesion.Pneumonia;
import dev.synthorax.client.phantom.Lesion.Pneumothorax;
import dev.synthorax.client.phantom.Lesion.RibFracture;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Short prompts as a person would type them, true of the patient; a third leave out size and side.
 * The two largest findings are named, a chest tube mostly, a portable film now and then.
 */
final class PhantomPrompts {
  private static final double BARE_SHARE = 0.34;
  private static final double DEVICE_SHARE = 0.7;
  private static final double VIEW_SHARE = 0.3;
  private static final String TUBE = "chest tube";
  private static final String PORTABLE = "portable film, ";
  private static final List<String> NORMAL =
      List.of(
          "normal chest radiograph",
          "no acute findings",
          "normal chest x-ray",
          "clear lungs, normal heart size",
          "no acute cardiopulmonary abnormality",
          "normal chest");

  private PhantomPrompts() {}

  static String describe(Examination examination, Draw draw) {
    Pathology pathology = examination.pathology();
    boolean bare = draw.chance(BARE_SHARE);
    boolean device = draw.chance(DEVICE_SHARE);
    boolean view = draw.chance(VIEW_SHARE);
    String text;
    if (pathology.lesions().isEmpty()) {
      text = draw.pick(NORMAL);
    } else {
      List<String> parts = new ArrayList<>();
      for (Lesion lesion : mainTwo(pathology)) {
        parts.add(bare ? draw.pick(bare(lesion)) : draw.pick(full(lesion)));
      }
      text =
          parts.size() == 1
              ? parts.get(0)
              : parts.get(0) + draw.pick(List.of(" and ", " with ")) + parts.get(1);
    }
    Drain drain = pathology.drain();
    if (drain != null && device) {
      text += ", " + tube(drain, bare);
    }
    return examination.geometry().portable() && view ? PORTABLE + text : text;
  }

  /** The two largest lesions, in the order they are listed. */
  private static List<Lesion> mainTwo(Pathology pathology) {
    List<Lesion> bySize = new ArrayList<>(pathology.lesions());
    bySize.sort(Comparator.comparing(Lesion::severity).reversed());
    List<Lesion> main = bySize.subList(0, Math.min(2, bySize.size()));
    return pathology.lesions().stream().filter(main::contains).toList();
  }

  private static String tube(Drain drain, boolean bare) {
    return bare ? TUBE : drain.side().word() + " " + TUBE;
  }

  /** Wordings without size and side. */
  static List<String> bare(Lesion lesion) {
    return switch (lesion) {
      case Cardiomegaly c ->
          List.of("cardiomegaly", "enlarged heart", "enlarged cardiac silhouette");
      case Effusion e -> List.of("pleural effusion", "effusion");
      case Pneumothorax p -> List.of("pneumothorax");
      case Consolidation c ->
          List.of("consolidation", "airspace opacity", "airspace consolidation");
      case Pneumonia p -> List.of("pneumonia", "lobar pneumonia");
      case RibFracture f -> List.of("rib fracture", "fractured rib");
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
            side + " lung opacity",
            size + " " + place + " consolidation",
            side + " lung consolidation");
      }
      case Pneumonia p when p.side() == Side.BILATERAL ->
          List.of("bilateral pneumonia", size + " bilateral pneumonia");
      case Pneumonia p when p.foci().size() > 1 -> List.of(side + " multilobar pneumonia");
      case Pneumonia p -> {
        Lobe lobe = p.foci().get(0).lobe();
        String place = lobe == Lobe.LINGULA ? "lingular" : side + " " + lobe.word();
        yield List.of(place + " pneumonia", side + " pneumonia", size + " " + place + " pneumonia");
      }
      case RibFracture f ->
          f.ribs().size() == 1
              ? List.of(side + " rib fracture", side + " lateral rib fracture")
              : List.of(side + " rib fractures", side + " lateral rib fractures");
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

  /** Every wording of a single finding, and of what may stand beside one, sorted. */
  static SortedSet<String> wordings() {
    SortedSet<String> all = new TreeSet<>(NORMAL);
    all.addAll(List.of(TUBE, "left " + TUBE, "right " + TUBE));
    all.add(PORTABLE + NORMAL.get(0));
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
          Focus low = new Focus(side, Lobe.LOWER);
          Focus high = new Focus(side, Lobe.UPPER);
          Focus middle = new Focus(side, side == Side.RIGHT ? Lobe.MIDDLE : Lobe.LINGULA);
          Focus other = new Focus(side.other(), Lobe.LOWER);
          for (List<Focus> foci :
              List.of(
                  List.of(low),
                  List.of(high),
                  List.of(middle),
                  List.of(low, high),
                  List.of(low, other))) {
            lesions.add(new Pneumonia(severity, foci));
          }
          lesions.add(new RibFracture(severity, side, List.of(5)));
          lesions.add(new RibFracture(severity, side, List.of(5, 6)));
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
