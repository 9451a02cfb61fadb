package dev.synthorax.server.review;

import static java.util.Objects.requireNonNull;

import dev.synthorax.files.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * A PNG with a name: an image of an item, or the mask of a structure.
 *
 * <p><b>Ownership:</b> its bytes are shared and never changed.
 */
public final class Picture {
  private final String name;
  private final @Nullable Long seed;
  private final byte[] png;
  private final String sha256;

  /**
   * A picture.
   *
   * @param name of the image in its set, or of the structure
   * @param seed that made it; null where it is not known
   * @param png whole and checked; the caller changes it no more
   */
  public Picture(String name, @Nullable Long seed, byte[] png) {
    this.name = requireNonNull(name, "name");
    this.seed = seed;
    this.png = png;
    this.sha256 = Sha256.hex(png);
  }

  /** Of the image in its set, or of the structure. */
  public String name() {
    return name;
  }

  /** That made it; null where it is not known. */
  public @Nullable Long seed() {
    return seed;
  }

  /** The file; not to be changed. */
  public byte[] png() {
    return png;
  }

  String sha256() {
    return sha256;
  }
}
