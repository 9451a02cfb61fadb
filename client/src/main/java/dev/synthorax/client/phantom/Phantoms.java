package dev.synthorax.client.phantom;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Sex;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.View;
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
   * Makes one phantom: the radiograph, exact masks, labels, a prompt and attributes.
   *
   * <p>The same spec gives the same bytes on every JVM. The same seed and findings at another size
   * give the same patient. The lung mask is the lung field whether aerated or not: a pneumothorax,
   * an effusion or a consolidation lies inside it. Attributes: {@code sex} (female, male), {@code
   * ctr} (cardiothoracic ratio of the continuous shapes), {@code view}, and for each finding its
   * severity, side and, for a consolidation, lobe.
   */
  public static Sample sample(PhantomSpec spec) {
    requireNonNull(spec, "spec");
    int size = spec.size();
    long seed = spec.seed();
    Thorax thorax = new Thorax(seed, Pathology.of(seed, spec.findings()));
    Projection projection = new Projection(thorax, size);
    byte[] pixels = Film.develop(projection, size, seed);
    Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
    masks.put(Structure.LUNGS, BinaryMask.of(size, size, projection.lungs));
    masks.put(Structure.HEART, BinaryMask.of(size, size, projection.heart));
    masks.put(Structure.PNEUMOTHORAX, BinaryMask.of(size, size, projection.pneumothorax));
    ImageInfo info =
        ImageInfo.builder(String.format(Locale.ROOT, "phantom-%010d", seed))
            .seed(seed)
            .sex(thorax.habitus.male ? Sex.MALE : Sex.FEMALE)
            .view(View.PA)
            .labels(labels(thorax))
            .text(PhantomPrompts.describe(thorax.pathology, Draw.of(seed, Draw.Purpose.PROMPT)))
            .attributes(attributes(thorax))
            .build();
    return new Sample(info, GrayImage.of(size, size, pixels), masks);
  }

  private static Map<String, Label> labels(Thorax thorax) {
    Map<String, Label> labels = new LinkedHashMap<>();
    for (Finding finding : thorax.pathology.findings()) {
      labels.put(finding.label(), Label.POSITIVE);
    }
    for (Finding finding : Finding.values()) {
      labels.putIfAbsent(finding.label(), Label.NEGATIVE);
    }
    return labels;
  }

  private static Map<String, Object> attributes(Thorax thorax) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("sex", thorax.habitus.male ? "male" : "female");
    attributes.put("view", "PA");
    attributes.put("ctr", StrictMath.rint(thorax.heart.cardiothoracicRatio() * 1e4) / 1e4);
    for (Lesion lesion : thorax.pathology.lesions()) {
      String name = lesion.finding().wireName();
      attributes.put(name + "_severity", lesion.severity().word());
      attributes.put(name + "_side", lesion.side().word());
      if (lesion instanceof Lesion.Consolidation consolidation) {
        attributes.put(name + "_lobe", consolidation.lobe().word());
      }
    }
    return attributes;
  }

  /**
   * Returns all wordings that a prompt of {@link #sample} may have: the closed vocabulary of a
   * generator.
   */
  public static List<String> wordings() {
    return new ArrayList<>(PhantomPrompts.wordings());
  }
}
