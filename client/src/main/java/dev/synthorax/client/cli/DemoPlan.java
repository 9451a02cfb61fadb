package dev.synthorax.client.cli;

import com.google.protobuf.ByteString;
import dev.synthorax.client.SynthoraxException;
import dev.synthorax.client.augment.PlannedRequest;
import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.phantom.PhantomSpec;
import dev.synthorax.client.phantom.Phantoms;
import dev.synthorax.client.phantom.SeedRange;
import dev.synthorax.proto.v1.GenerateRequest;
import dev.synthorax.proto.v1.Model;
import dev.synthorax.proto.v1.StructureMask;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What the demo asks for: every condition by text, three by mask, two by both, in an order that
 * shows each kind early. More than twelve go round again with other seeds and other patients. Masks
 * come from phantoms of the test seeds, which no model was trained on.
 */
final class DemoPlan {
  static final int DEFAULT_COUNT = 12;
  static final int MAX_COUNT = 9999; // ids have four digits
  private static final long PATIENTS_PER_SEED = 10_000;

  /** One image of the cycle. */
  private sealed interface Scene {
    record Text(String prompt) implements Scene {}

    record Mask(Finding finding) implements Scene {}

    record Both(Finding finding) implements Scene {}
  }

  private static final List<Scene> CYCLE =
      List.of(
          new Scene.Text("large right pleural effusion"),
          new Scene.Mask(Finding.CARDIOMEGALY),
          new Scene.Both(Finding.PNEUMOTHORAX),
          new Scene.Text("normal chest radiograph"),
          new Scene.Text("severe cardiomegaly"),
          new Scene.Text("large left pneumothorax"),
          new Scene.Mask(Finding.NORMAL),
          new Scene.Text("right lower lobe consolidation"),
          new Scene.Both(Finding.PLEURAL_EFFUSION),
          new Scene.Text("severe pulmonary edema"),
          new Scene.Mask(Finding.PNEUMOTHORAX),
          new Scene.Text("left lower lobe atelectasis"));

  private DemoPlan() {}

  /**
   * Plans {@code count} images.
   *
   * @param count 1 to 9,999
   * @param seed any; another seed gives other images and other patients
   * @param model what the server runs: its default size and its structures are used
   * @throws SynthoraxException INVALID_ARGUMENT if {@code count} is out of range
   */
  static List<PlannedRequest> of(int count, long seed, Model model) {
    requireCount(count);
    List<PlannedRequest> plan = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      GenerateRequest request = request(CYCLE.get(i % CYCLE.size()), i, seed, model);
      plan.add(
          new PlannedRequest(
              List.of(PlannedRequest.id(i + 1)),
              request.toBuilder().setSeed(seed + i).setCount(1).build()));
    }
    return plan;
  }

  static void requireCount(int count) {
    if (count < 1 || count > MAX_COUNT) {
      throw SynthoraxException.ofBadField(
          "INVALID_ARGUMENT", "count", "count: " + count + " (expected: 1 to " + MAX_COUNT + ")");
    }
  }

  /** Returns the prompts of images that have no mask. */
  static List<String> prompts() {
    return CYCLE.stream()
        .filter(Scene.Text.class::isInstance)
        .map(scene -> ((Scene.Text) scene).prompt())
        .toList();
  }

  private static GenerateRequest request(Scene scene, int position, long seed, Model model) {
    GenerateRequest.Builder request = GenerateRequest.newBuilder();
    switch (scene) {
      case Scene.Text text -> request.setPrompt(text.prompt());
      case Scene.Mask mask ->
          request.addAllMasks(masks(patient(mask.finding(), position, seed, model), model));
      case Scene.Both both -> {
        Sample patient = patient(both.finding(), position, seed, model);
        request.setPrompt(wording(both.finding(), patient)).addAllMasks(masks(patient, model));
      }
    }
    return request.build();
  }

  /**
   * Says size and side, which the phantom's own prompt may leave out: {@code large left
   * pneumothorax}.
   */
  private static String wording(Finding finding, Sample patient) {
    String name = finding.wireName();
    Object side = patient.info().attributes().get(name + "_side");
    String noun = name.replace('_', ' ') + ("bilateral".equals(side) ? "s" : "");
    return patient.info().attributes().get(name + "_severity") + " " + side + " " + noun;
  }

  private static Sample patient(Finding finding, int position, long seed, Model model) {
    int width =
        model.getDiffusion().getSizesCount() == 0
            ? 128
            : model.getDiffusion().getSizes(0).getWidth();
    int size = Math.clamp(width, PhantomSpec.MIN_SIZE, PhantomSpec.MAX_SIZE);
    SeedRange range = SeedRange.TEST;
    long patients = range.last() - range.first() + 1;
    long offset =
        (Long.remainderUnsigned(seed, patients) * PATIENTS_PER_SEED + position) % patients;
    return Phantoms.sample(new PhantomSpec(range.first() + offset, size, Set.of(finding)));
  }

  /** Returns the masks of the structures that are there and that the model knows. */
  private static List<StructureMask> masks(Sample patient, Model model) {
    List<StructureMask> masks = new ArrayList<>();
    for (Structure structure : Structure.CHANNELS) {
      BinaryMask mask = patient.mask(structure);
      if (mask.area() > 0
          && model.getDiffusion().getStructuresList().contains(structure.wireName())) {
        masks.add(
            StructureMask.newBuilder()
                .setStructure(structure.wireName())
                .setPng(ByteString.copyFrom(Png.encode(mask.toImage())))
                .build());
      }
    }
    return masks;
  }
}
