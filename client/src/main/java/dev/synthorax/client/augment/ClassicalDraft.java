package dev.synthorax.client.augment;

import com.google.protobuf.ByteString;
import dev.synthorax.client.augment.AugmentEntry.Rejected;
import dev.synthorax.client.augment.plan.AugmentPlan;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.transform.ImageAugmentation;
import dev.synthorax.client.transform.SeedStream;
import java.util.List;
import java.util.Map;

/**
 * A training image to move and to develop otherwise.
 *
 * @param item the image
 * @param parent with its pixels
 * @param augmentation what is done
 * @param seed that it was drawn from
 * @param files what the line says of files
 */
record ClassicalDraft(
    AugmentItem item, Sample parent, ImageAugmentation augmentation, long seed, EntryFiles files)
    implements Draft {

  /**
   * Reads the parent.
   *
   * @throws UnmadeException if it cannot be read
   */
  static ClassicalDraft of(AugmentPlan plan, AugmentItem item) throws UnmadeException {
    DatasetImage parent = item.parent();
    if (parent == null) {
      throw new IllegalStateException("no parent of " + item.id());
    }
    long seed = SeedStream.child(item.seed(), "classical");
    return new ClassicalDraft(
        item,
        item.load(parent),
        ImageAugmentation.draw(plan.classicalOf(item.arm()), seed),
        seed,
        EntryFiles.of(plan.format()));
  }

  @Override
  public String recipe() {
    return Recipe.of(augmentation.parameters(), parent);
  }

  @Override
  public StoredImage make(List<Rejected> before) {
    Sample sample = augmentation.apply(parent);
    Map<Structure, ByteString> masks = EntryFiles.encode(sample.masks());
    return stored(line(), sample.image(), masks, files);
  }

  @Override
  public AugmentEntry.Builder entry(AugmentEntry made) {
    return line();
  }

  private AugmentEntry.Builder line() {
    return item.entry()
        .labels(parent.info().labels())
        .parent(parent.info())
        .transform(augmentation.parameters(), null)
        .seed(seed);
  }
}
