package dev.synthorax.client.cli.generation;

import com.google.protobuf.ByteString;
import dev.synthorax.client.SynthoraxException;
import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.generation.PlannedRequest;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.phantom.PhantomSpec;
import dev.synthorax.client.phantom.Phantoms;
import dev.synthorax.client.phantom.SeedRange;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.Model;
import dev.synthorax.proto.v1.StructureMask;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What the demo asks for: every condition by text, three by mask, two by both, in an order that
 * shows each kind early. More than twelve go round again with other seeds and other patients. Masks
 * come from phantoms of the test seeds, which no model was trained on. No prompt names a side,
 * which today's models draw at chance.
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
          new Scene.Text("large pleural effusion"),
          new Scene.Mask(Finding.CARDIOMEGALY),
          new Scene.Both(Finding.PNEUMOTHORAX),
          new Scene.Text("normal chest radiograph"),
          new Scene.Text("severe cardiomegaly"),
          new Scene.Text("large pneumothorax"),
          new Scene.Mask(Finding.NORMAL),
          new Scene.Text("airspace consolidation"),
          new Scene.Both(Finding.PLEURAL_EFFUSION),
          new Scene.Text("severe pulmonary edema"),
          new Scene.Mask(Finding.PNEUMOTHORAX),
          new Scene.Text("atelectasis"));

  private DemoPlan() {}

  /**
   * Plans images.
   *
   * @param numbers 1 to 9,999 each; a number decides the image, so that a demo that was stopped
   *     goes on as if it had not been
   * @param seed any; another seed gives other images and other patients
   * @param model what the server runs: its default size, its structures and, where it lists them,
   *     its words are used
   */
  static List<PlannedRequest> of(List<Integer> numbers, long seed, Model model) {
    List<Scene> cycle = cycle(model);
    List<PlannedRequest> plan = new ArrayList<>();
    for (int number : numbers) {
      int i = number - 1;
      GenerationSpec request = request(cycle.get(i % cycle.size()), i, seed, model);
      plan.add(
          new PlannedRequest(
              List.of(PlannedRequest.id(number)),
              request.toBuilder().setSeed(seed + i).setCount(1).build()));
    }
    return plan;
  }

  /** Leaves out prompts with words that the model does not know, unless it says of none. */
  private static List<Scene> cycle(Model model) {
    Set<String> words = Set.copyOf(model.getDiffusion().getWordsList());
    List<Scene> known =
        CYCLE.stream()
            .filter(
                scene ->
                    words.isEmpty()
                        || !(scene instanceof Scene.Text(String prompt))
                        || words.containsAll(List.of(prompt.split(" ", -1))))
            .toList();
    return known.isEmpty() ? CYCLE : known;
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

  private static GenerationSpec request(Scene scene, int position, long seed, Model model) {
    GenerationSpec.Builder request = GenerationSpec.newBuilder();
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

  /** Says size, not side: where it is, the mask says. */
  private static String wording(Finding finding, Sample patient) {
    String name = finding.wireName();
    boolean both = "bilateral".equals(patient.info().attributes().get(name + "_side"));
    return patient.info().attributes().get(name + "_severity")
        + (both ? " bilateral " : " ")
        + name.replace('_', ' ')
        + (both ? "s" : "");
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
