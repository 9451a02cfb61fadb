package dev.synthorax.client.dataset;

import java.util.List;

/**
 * A dataset on disk: what its tables say of every image, and the pixels when they are asked for.
 *
 * <p>The tables are in memory, the pixels are not: {@link DatasetImage#load} reads one image at a
 * time, {@link OrderedParallel} several side by side in bounded memory.
 *
 * <p><b>Threading:</b> immutable; any thread may load any image.
 */
public interface Dataset {
  /** Returns the format's name, for example {@code chexpert}. */
  String format();

  /** Returns every image that the tables list, in their order, but for those left out. */
  List<DatasetImage> images();

  /** Returns how many images that the tables list were left out because a file was missing. */
  default int leftOut() {
    return 0;
  }

  /**
   * Returns what is odd but not wrong in the tables, one line each with file, row and value; a
   * command prints them.
   */
  List<String> warnings();
}
