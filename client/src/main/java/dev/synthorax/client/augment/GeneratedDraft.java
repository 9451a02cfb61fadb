package dev.synthorax.client.augment;

import com.google.protobuf.ByteString;
import dev.synthorax.client.augment.AugmentEntry.Rejected;
import dev.synthorax.client.augment.plan.AugmentPlan;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.generation.Mode;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.transform.SeedStream;
import dev.synthorax.client.transform.TransformDraw;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.StructureMask;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An image for a server to make.
 *
 * @param item the image
 * @param conditioning what it is made from
 * @param masks of the conditioning, PNG each
 * @param request without its seed
 * @param plan whose filters judge it
 * @param server makes it
 */
record GeneratedDraft(
    AugmentItem item,
    ItemConditioning conditioning,
    Map<Structure, ByteString> masks,
    GenerationSpec request,
    AugmentPlan plan,
    ImageServer server)
    implements Draft {

  /**
   * Works out what an image is made from.
   *
   * @throws UnmadeException if its parent is at fault
   */
  static GeneratedDraft of(AugmentPlan plan, AugmentItem item, ImageServer server)
      throws UnmadeException {
    GenerationModel model = server.model();
    ItemConditioning conditioning = ItemConditioning.of(plan, item, model.width(), model.height());
    Map<Structure, ByteString> masks = EntryFiles.encode(conditioning.masks());
    GenerationSpec.Builder request =
        model.request(plan.generation()).setPrompt(conditioning.prompt(item));
    masks.forEach(
        (structure, png) ->
            request.addMasks(
                StructureMask.newBuilder().setStructure(structure.wireName()).setPng(png)));
    return new GeneratedDraft(item, conditioning, masks, request.build(), plan, server);
  }

  @Override
  public String recipe() {
    return Recipe.of(request, item.seed(), plan.filters());
  }

  @Override
  public StoredImage make(List<Rejected> before) throws UnmadeException {
    List<Rejected> rejected = new ArrayList<>(before);
    while (rejected.size() < plan.filters().maxTries()) {
      long seed = SeedStream.child(item.seed(), rejected.size());
      GenerationSpec asked = request.toBuilder().setSeed(seed).setRequestId(item.id()).build();
      ImageServer.Answer answer = server.ask(item.id(), asked);
      GrayImage image = answer.pixels();
      String problem = plan.filters().problem(image);
      if (problem == null) {
        AugmentEntry.Builder line =
            line(seed, rejected)
                .madeBy(
                    AugmentEntry.settings(answer.image().settings()),
                    answer.image().settings().getModel(),
                    answer.image().settings().getModelVersion());
        return stored(line, image, masks, EntryFiles.of(plan.format()));
      }
      rejected.add(Rejected.of(seed, problem));
      server.rejected(item.id(), problem);
    }
    throw new UnmadeException(
        UnmadeException.Why.FILTERED,
        item.id()
            + ": "
            + rejected.size()
            + " images were rejected, the last by "
            + rejected.getLast().reason()
            + "; loosen the filters, or allow more with filters.max-tries",
        null);
  }

  @Override
  public AugmentEntry.Builder entry(AugmentEntry made) {
    return line(Objects.requireNonNull(made.seed()).longValue(), made.rejections())
        .madeBy(made.settings(), made.model(), made.modelVersion());
  }

  private AugmentEntry.Builder line(long seed, List<Rejected> rejected) {
    DatasetImage parent = item.parent();
    TransformDraw drawn = conditioning.transform();
    return item.entry()
        .mode(Mode.of(item.arm().kind().usesText(), item.arm().kind().usesMasks()))
        .labels(conditioning.labels())
        .parent(parent == null ? null : parent.info())
        .prompt(orNull(request.getPrompt()))
        .negativePrompt(orNull(request.getNegativePrompt()))
        .transform(
            drawn == null ? null : drawn.transform().parameters(),
            drawn == null ? null : transformRejected(drawn))
        .seed(seed)
        .rejected(rejected.isEmpty() ? null : List.copyOf(rejected));
  }

  private static @Nullable List<Rejected> transformRejected(TransformDraw drawn) {
    List<Rejected> rejected =
        drawn.rejected().stream()
            .map(rejection -> Rejected.of(rejection.seed(), rejection.reason()))
            .toList();
    return rejected.isEmpty() ? null : rejected;
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
