package dev.synthorax.client.training;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.phantom.Site;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One entry of a recipe's list of datasets. */
public sealed interface TrainingData {
  /** Returns its part in every batch, in proportion to that of all; above 0. */
  double weight();

  /**
   * A dataset in a folder of this machine.
   *
   * @param folder as the recipe says, from the recipe's own folder
   * @param format null: found out
   * @param split only these images; null: all
   * @param structures channels of the masks, in order
   * @param size side of the samples in pixels, to which images are padded and resized; 0: as they
   *     are
   * @param cheXmask null: the format's own rule
   * @param skipMissing whether images whose files are not there are left out
   * @param name on the server; null: the folder's, with the digest of the samples
   */
  record Folder(
      Path folder,
      @Nullable DatasetFormat format,
      @Nullable Split split,
      List<Structure> structures,
      int size,
      @Nullable Path cheXmask,
      boolean skipMissing,
      @Nullable String name,
      double weight)
      implements TrainingData {
    /** Copies the list. */
    public Folder {
      structures = List.copyOf(structures);
    }
  }

  /**
   * Phantoms of consecutive seeds.
   *
   * @param site the hospital
   * @param split whose seeds are used
   * @param seed of the first
   * @param count how many
   * @param size side in pixels
   * @param findings only these; empty: the site's mix
   * @param structures channels of the masks, in order
   * @param name on the server; null: one that says what they are
   */
  record Phantom(
      Site site,
      Split split,
      long seed,
      int count,
      int size,
      Set<Finding> findings,
      List<Structure> structures,
      @Nullable String name,
      double weight)
      implements TrainingData {
    /** Copies the collections. */
    public Phantom {
      findings = Set.copyOf(findings);
      structures = List.copyOf(structures);
    }
  }

  /**
   * A dataset that is on the server already, such as one made of ratings.
   *
   * @param name there
   */
  record OnServer(String name, double weight) implements TrainingData {}
}
