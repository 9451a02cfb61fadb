package dev.synthorax.client.augment;

import com.google.protobuf.ByteString;
import dev.synthorax.client.augment.AugmentEntry.Rejected;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.storage.ContentHash;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An image with all that it is made from, before its pixels are. */
sealed interface Draft permits GeneratedDraft, ClassicalDraft {
  /** Greatest side of an image that is read, in pixels. */
  int MAX_SIDE = 8192;

  /** Returns the image to make. */
  AugmentItem item();

  /** Returns a hash of all that decides pixels and masks, see {@link Recipe}. */
  String recipe();

  /**
   * Makes it.
   *
   * @param before images made for it and not taken, in order; each took a sub-seed
   * @throws UnmadeException if every image that may be tried was rejected
   */
  StoredImage make(List<Rejected> before) throws UnmadeException;

  /** Returns the manifest line with all but pixels and masks, for an image as {@code made}. */
  AugmentEntry.Builder entry(AugmentEntry made);

  /**
   * Returns an image of another plan as one of this plan, or null where it would have other pixels:
   * another recipe, or other pixels before it were the same.
   */
  default @Nullable StoredImage keep(StoredImage earlier, EntryFiles files) throws IOException {
    AugmentEntry made = earlier.entry();
    if (!recipe().equals(made.recipe())
        || made.rejections().stream().anyMatch(Rejected::isDuplicate)) {
      return null;
    }
    GrayImage image = Png.decode(earlier.image().toByteArray(), MAX_SIDE);
    return stored(entry(made), image, earlier.masks(), files);
  }

  /** Returns a finished image: its PNG says what made it. */
  default StoredImage stored(
      AugmentEntry.Builder line,
      GrayImage image,
      Map<Structure, ByteString> masks,
      EntryFiles files) {
    String arm = item().arm().name();
    line.recipe(recipe()).masks(files.masks(arm, item().id(), masks));
    byte[] png = Png.encode(image, AugmentPngNotes.of(line.build()));
    AugmentEntry entry = line.image(files.image(arm, item().id()), ContentHash.of(png)).build();
    return new StoredImage(entry, PixelHash.of(image), ByteString.copyFrom(png), masks);
  }
}
