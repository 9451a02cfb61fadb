package dev.synthorax.client.phantom;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Sex;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Makes thorax phantoms: frontal chest radiographs of patients that never were.
 *
 * <p><b>Threading:</b> stateless; every call may run on its own thread and gives the same bytes on
 * any.
 */
public final class Phantoms {
  private Phantoms() {}

  /** Makes the phantom of {@code seed} by the default prior; see {@link #sample(PhantomSpec)}. */
  public static Sample sample(long seed, int size) {
    return sample(PhantomSpec.of(seed, size));
  }

  /**
   * Makes one phantom: the radiograph, exact masks, boxes, labels, a prompt and attributes.
   *
   * <p>The same spec gives the same bytes on every JVM. The same seed, findings and knobs at
   * another size give the same patient.
   *
   * <p>Masks: all structures, empty where one is absent. The lung fields are there whether aerated
   * or not: a pneumothorax, an effusion or a consolidation lies inside them.
   *
   * <p>Labels: every {@link Finding}'s, {@code lung_opacity} (with consolidation, pneumonia, edema
   * or atelectasis) and {@code support_devices} (with a chest tube); a pneumonia is a consolidation
   * too. Boxes: one of {@code pneumonia} for each of its opacities.
   *
   * <p>Attributes: {@code sex} (female, male), {@code view} (PA, AP), {@code ctr} (cardiothoracic
   * ratio as the film shows it, exact for the continuous shapes), {@code ctr_true} (the same before
   * magnification), {@code site}, {@code posture}, {@code true_findings} (the labels before any
   * noise), and for each finding its severity, side and, where it has them, lobes or ribs; for a
   * chest tube {@code chest_tube_side} and {@code chest_tube_french}.
   */
  public static Sample sample(PhantomSpec spec) {
    requireNonNull(spec, "spec");
    int size = spec.size();
    Examination examination = Examination.of(spec);
    Thorax thorax = new Thorax(examination);
    Projection projection = new Projection(thorax, size);
    byte[] pixels = Film.develop(projection, size, examination);
    Map<String, Label> labels = PhantomLabels.of(examination.pathology());
    String id = String.format(Locale.ROOT, "%010d", spec.seed());
    ImageInfo info =
        ImageInfo.builder("phantom-" + id)
            .patientId(String.format(Locale.ROOT, "patient-%010d", examination.patient()))
            .studyId("study-" + id)
            .sex(thorax.habitus.male ? Sex.MALE : Sex.FEMALE)
            .ageYears(thorax.habitus.ageYears)
            .view(examination.geometry().view())
            .split(Site.split(spec.seed()))
            .labels(
                PhantomLabels.noisy(labels, spec.knobs(), examination.ofDay(Draw.Purpose.LABELS)))
            .boxes(PneumoniaBoxes.of(projection, size))
            .seed(spec.seed())
            .text(PhantomPrompts.describe(examination, examination.ofDay(Draw.Purpose.PROMPT)))
            .attributes(attributes(thorax, labels))
            .build();
    return new Sample(
        info,
        GrayImage.of(size, size, pixels),
        masks(projection, size),
        PhantomPngNotes.of(spec, info));
  }

  private static Map<Structure, BinaryMask> masks(Projection projection, int size) {
    byte[] both = projection.rightLung.clone();
    for (int i = 0; i < both.length; i++) {
      both[i] |= projection.leftLung[i];
    }
    Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
    for (Structure structure : Structure.values()) {
      byte[] cells =
          switch (structure) {
            case LUNGS -> both;
            case HEART -> projection.heart;
            case PNEUMOTHORAX -> projection.pneumothorax;
            case LEFT_LUNG -> projection.leftLung;
            case RIGHT_LUNG -> projection.rightLung;
            case RIB_FRACTURE -> projection.fracture;
            case CHEST_TUBE -> projection.tube;
          };
      masks.put(structure, BinaryMask.of(size, size, cells));
    }
    return masks;
  }

  private static Map<String, Object> attributes(Thorax thorax, Map<String, Label> labels) {
    Examination examination = thorax.examination;
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("sex", thorax.habitus.male ? "male" : "female");
    attributes.put("view", examination.geometry().view().name());
    attributes.put("ctr", rounded(thorax.heart.cardiothoracicRatio()));
    attributes.put("ctr_true", rounded(thorax.heart.trueRatio()));
    attributes.put("site", examination.site().name());
    attributes.put("posture", examination.geometry().posture().word());
    attributes.put("true_findings", PhantomLabels.positives(labels));
    for (Lesion lesion : examination.pathology().lesions()) {
      String name = lesion.finding().wireName();
      attributes.put(name + "_severity", lesion.severity().word());
      attributes.put(name + "_side", lesion.side().word());
      switch (lesion) {
        case Lesion.Consolidation c -> attributes.put(name + "_lobe", c.lobe().word());
        case Lesion.Pneumonia p ->
            attributes.put(
                name + "_lobes",
                p.foci().stream().map(f -> f.side().word() + " " + f.lobe().word()).toList());
        case Lesion.RibFracture f ->
            attributes.put(name + "_ribs", f.ribs().stream().map(String::valueOf).toList());
        case Lesion.Cardiomegaly c -> {}
        case Lesion.Effusion e -> {}
        case Lesion.Pneumothorax p -> {}
        case Lesion.Edema e -> {}
        case Lesion.Atelectasis a -> {}
      }
    }
    Drain drain = examination.pathology().drain();
    if (drain != null) {
      attributes.put("chest_tube_side", drain.side().word());
      attributes.put("chest_tube_french", drain.french());
    }
    return attributes;
  }

  private static double rounded(double ratio) {
    return StrictMath.rint(ratio * 1e4) / 1e4;
  }

  /**
   * Returns all wordings that a prompt of {@link #sample} may have: the closed vocabulary of a
   * generator.
   */
  public static List<String> wordings() {
    return new ArrayList<>(PhantomPrompts.wordings());
  }
}
