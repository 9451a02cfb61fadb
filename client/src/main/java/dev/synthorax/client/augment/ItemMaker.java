package dev.synthorax.client.augment;

import com.google.protobuf.ByteString;
import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.augment.AugmentEntry.Rejected;
import dev.synthorax.client.augment.plan.Arm;
import dev.synthorax.client.augment.plan.ArmKind;
import dev.synthorax.client.augment.plan.AugmentPlan;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.transform.ImageAugmentation;
import dev.synthorax.client.transform.SeedStream;
import dev.synthorax.client.transform.TransformDraw;
import dev.synthorax.proto.v1.EffectiveSettings;
import dev.synthorax.proto.v1.GenerateRequest;
import dev.synthorax.proto.v1.GenerateResponse;
import dev.synthorax.proto.v1.Image;
import dev.synthorax.proto.v1.StructureMask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes one image of a job, by a server or from its parent.
 *
 * <p><b>Ownership:</b> borrows its client.
 *
 * <p><b>Threading:</b> any thread; a call waits for its server.
 */
final class ItemMaker {
  private final AugmentPlan plan;
  private final @Nullable SynthoraxClient client;
  private final @Nullable GenerationModel model;
  private final AugmentListener listener;

  ItemMaker(
      AugmentPlan plan,
      @Nullable SynthoraxClient client,
      @Nullable GenerationModel model,
      AugmentListener listener) {
    this.plan = plan;
    this.client = client;
    this.model = model;
    this.listener = listener;
  }

  /**
   * Makes an image.
   *
   * @param before those made for it and not taken, in order; each took a sub-seed
   * @throws IOException if the parent cannot be used, or every image that may be tried was rejected
   */
  StoredImage make(AugmentItem item, List<Rejected> before) throws IOException {
    return item.arm().kind() == ArmKind.CLASSICAL ? classical(item) : generated(item, before);
  }

  private StoredImage generated(AugmentItem item, List<Rejected> before) throws IOException {
    SynthoraxClient server = client;
    GenerationModel wanted = model;
    if (server == null || wanted == null) {
      throw new IllegalStateException("no server for " + item.id());
    }
    Conditioning conditioning = Conditioning.of(plan, item, wanted.width(), wanted.height());
    Map<Structure, ByteString> masks = encode(conditioning.masks());
    GenerateRequest.Builder request =
        wanted.request(plan.generation()).setPrompt(conditioning.prompt(item));
    masks.forEach(
        (structure, png) ->
            request.addMasks(
                StructureMask.newBuilder().setStructure(structure.wireName()).setPng(png)));
    List<Rejected> rejected = new ArrayList<>(before);
    while (rejected.size() < plan.filters().maxTries()) {
      long seed = SeedStream.child(item.seed(), rejected.size());
      GenerateResponse response =
          server.generate(request.setSeed(seed).setRequestId(item.id()).build());
      GrayImage image = image(item, response, wanted);
      String problem = plan.filters().problem(image);
      if (problem == null) {
        return stored(item, conditioning, masks, Png.encode(image), response, seed, rejected);
      }
      rejected.add(Rejected.of(seed, problem));
      listener.rejected(item.id(), problem);
    }
    throw new IOException(
        item.id()
            + ": "
            + rejected.size()
            + " images were rejected, the last by "
            + rejected.getLast().reason()
            + "; loosen the filters, or allow more with filters.max-tries");
  }

  private static GrayImage image(
      AugmentItem item, GenerateResponse response, GenerationModel wanted) throws IOException {
    EffectiveSettings used = response.getSettings();
    if (!used.getModel().equals(wanted.name())
        || !used.getModelVersion().equals(wanted.version())) {
      throw new IOException(
          item.id()
              + ": a server made it with "
              + used.getModel()
              + " "
              + used.getModelVersion()
              + " (expected: "
              + wanted.name()
              + " "
              + wanted.version()
              + ", as the rest of the dataset)");
    }
    if (response.getImagesCount() != 1) {
      throw new IOException(
          item.id() + ": a server sent " + response.getImagesCount() + " images (expected: 1)");
    }
    Image sent = response.getImages(0);
    GrayImage image = Png.decode(sent.getData().toByteArray(), 8192);
    if (image.width() != wanted.width() || image.height() != wanted.height()) {
      throw new IOException(
          item.id()
              + ": a server sent "
              + image
              + " (expected: "
              + wanted.width()
              + " x "
              + wanted.height()
              + ")");
    }
    return image;
  }

  private StoredImage stored(
      AugmentItem item,
      Conditioning conditioning,
      Map<Structure, ByteString> masks,
      byte[] png,
      GenerateResponse response,
      long seed,
      List<Rejected> rejected) {
    DatasetImage parent = item.parent();
    TransformDraw drawn = conditioning.transform();
    AugmentEntry entry =
        item.entry()
            .labels(conditioning.labels())
            .parent(parent == null ? null : parent.info())
            .prompt(orNull(conditioning.prompt(item)))
            .transform(
                drawn == null ? null : drawn.transform().parameters(),
                drawn == null ? null : orNull(transformRejected(drawn)))
            .seed(seed)
            .madeBy(
                Mode.of(item.arm().kind().usesText(), item.arm().kind().usesMasks()),
                orNull(plan.generation().negativePrompt()),
                response.getSettings())
            .files(
                structures(item.arm().name(), item.id(), masks),
                file(item.arm().name(), item.id()),
                Sha256.of(png))
            .rejected(orNull(rejected))
            .build();
    return new StoredImage(entry, ByteString.copyFrom(png), masks);
  }

  private static List<Rejected> transformRejected(TransformDraw drawn) {
    return drawn.rejected().stream()
        .map(rejection -> Rejected.of(rejection.seed(), rejection.reason()))
        .toList();
  }

  private StoredImage classical(AugmentItem item) throws IOException {
    DatasetImage parent = item.parent();
    if (parent == null) {
      throw new IllegalStateException("no parent of " + item.id());
    }
    long seed = SeedStream.child(item.seed(), "classical");
    ImageAugmentation augmentation = ImageAugmentation.draw(plan.classicalOf(item.arm()), seed);
    Sample sample = augmentation.apply(parent.load());
    byte[] png = Png.encode(sample.image());
    Map<Structure, ByteString> masks = encode(sample.masks());
    AugmentEntry entry =
        item.entry()
            .labels(sample.info().labels())
            .parent(parent.info())
            .transform(augmentation.parameters(), null)
            .seed(seed)
            .files(
                structures(item.arm().name(), item.id(), masks),
                file(item.arm().name(), item.id()),
                Sha256.of(png))
            .build();
    return new StoredImage(entry, ByteString.copyFrom(png), masks);
  }

  /** Returns the manifest line of an image of the source. */
  AugmentEntry ofSource(Arm arm, Sample sample) {
    ImageInfo info = sample.info();
    return new AugmentEntry.Builder(info.id(), arm.name(), AugmentEntry.SOURCE)
        .labels(info.labels())
        .files(
            structures(arm.name(), info.id(), encode(sample.masks())),
            file(arm.name(), info.id()),
            Sha256.of(Png.encode(sample.image())))
        .build();
  }

  private static Map<Structure, ByteString> encode(Map<Structure, BinaryMask> masks) {
    Map<Structure, ByteString> encoded = new EnumMap<>(Structure.class);
    masks.forEach(
        (structure, mask) ->
            encoded.put(structure, ByteString.copyFrom(Png.encode(mask.toImage()))));
    return encoded;
  }

  private List<ManifestEntry.Mask> structures(
      String arm, String id, Map<Structure, ByteString> masks) {
    List<ManifestEntry.Mask> structures = new ArrayList<>();
    masks.forEach(
        (structure, png) -> {
          String name = structure.wireName();
          structures.add(
              new ManifestEntry.Mask(
                  name,
                  hasPlainFiles() ? arm + "/masks/" + id + "-" + name + ".png" : null,
                  Sha256.of(png.toByteArray())));
        });
    return structures;
  }

  private @Nullable String file(String arm, String id) {
    return hasPlainFiles() ? arm + "/images/" + id + ".png" : null;
  }

  private boolean hasPlainFiles() {
    return plan.format() == DatasetFormat.FOLDER;
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private static @Nullable List<Rejected> orNull(List<Rejected> rejected) {
    return rejected.isEmpty() ? null : List.copyOf(rejected);
  }
}
