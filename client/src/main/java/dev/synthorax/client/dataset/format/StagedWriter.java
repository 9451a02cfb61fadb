package dev.synthorax.client.dataset.format;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.EncodedSample;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.storage.Durable;
import dev.synthorax.client.storage.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Writes a dataset into the folder {@value #STAGE} inside its own, and moves it out when it is
 * complete: folders first, then files in descending order, so that tables come last and a folder
 * that still holds {@value #STAGE} is known to be unfinished.
 *
 * <p><b>Ownership:</b> the caller closes; {@link #abandon} instead leaves an empty folder.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class StagedWriter implements DatasetWriter {
  /** Where an unfinished dataset is. */
  static final String STAGE = ".synthorax-unfinished";

  /** Locked by the process that writes; what a killed one leaves is unlocked. */
  private static final String LOCK = ".synthorax-writing";

  private final Path folder;
  private final Path stage;
  private final FolderLock lock; // owned
  private final DatasetWriter writer; // owned
  private final Set<String> ids = new HashSet<>();
  private State state = State.OPEN;

  private enum State {
    OPEN,
    BROKEN,
    CLOSED
  }

  private StagedWriter(Path folder, Path stage, FolderLock lock, DatasetWriter writer) {
    this.folder = folder;
    this.stage = stage;
    this.lock = lock;
    this.writer = writer;
  }

  /** Opens a writer in {@code folder}, which is made if it is missing. */
  static StagedWriter open(Path folder, Layout layout, WriteOptions options, FormatLosses losses)
      throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new IOException(folder + " is a file (expected: a new or an empty folder)");
    }
    Files.createDirectories(folder);
    Path stage = folder.resolve(STAGE);
    for (Path entry : list(folder)) {
      if (!entry.equals(stage) && !entry.equals(folder.resolve(LOCK))) {
        throw new IOException(
            folder
                + " already holds "
                + entry.getFileName()
                + " (expected: a new or an empty folder)");
      }
    }
    FolderLock lock =
        FolderLock.of(
            folder.resolve(LOCK),
            folder
                + " is being written by another command (expected: a folder of its own for each)");
    try {
      Durable.delete(stage); // what a stopped run left
      Files.createDirectory(stage);
      return new StagedWriter(folder, stage, lock, layout.create(stage, options, losses));
    } catch (IOException | RuntimeException e) {
      Durable.delete(stage);
      lock.close();
      throw e;
    }
  }

  /** Refuses a folder whose dataset is not finished. */
  static void requireFinished(Path folder) throws IOException {
    if (Files.exists(folder.resolve(STAGE))) {
      throw new IOException(
          folder
              + " is unfinished: its writer was stopped or is still at work (found "
              + STAGE
              + "); write it again");
    }
  }

  /**
   * Writes one sample.
   *
   * @throws IllegalArgumentException if the format cannot hold it or its id was there before; the
   *     writer then takes nothing more and writes no table
   */
  @Override
  public void add(Sample sample) throws IOException {
    add(EncodedSample.of(sample));
  }

  /** Writes one sample as {@link #add(Sample)} does. */
  @Override
  public void add(EncodedSample encoded) throws IOException {
    Sample sample = requireNonNull(encoded, "encoded").sample();
    if (state != State.OPEN) {
      throw new IllegalStateException(
          "writer of " + folder + " is " + (state == State.CLOSED ? "closed" : "broken"));
    }
    state = State.BROKEN; // until it went well
    if (!ids.add(sample.id())) {
      throw new IllegalArgumentException(
          "sample '" + sample.id() + "' comes twice (expected: every id once)");
    }
    writer.add(encoded);
    state = State.OPEN;
  }

  /** Completes the dataset; after a failure of {@link #add(Sample)} it is given up instead. */
  @Override
  public void close() throws IOException {
    if (state == State.BROKEN) {
      abandon();
      return;
    }
    if (state == State.CLOSED) {
      return;
    }
    state = State.BROKEN;
    writer.close();
    for (Path entry : list(stage)) {
      Files.move(entry, folder.resolve(entry.getFileName().toString()));
    }
    Files.delete(stage);
    lock.close();
    state = State.CLOSED;
  }

  /**
   * Gives up: what was written so far is deleted, and {@link #close} does nothing. For a caller
   * whose source of samples failed.
   */
  public void abandon() throws IOException {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    try {
      writer.close(); // frees its files; its tables go with the rest
    } catch (IOException | RuntimeException e) {
      // it is given up, and what broke it was reported already
    }
    Durable.delete(stage);
    lock.close();
  }

  /** Folders first, then files, both in descending order of their names. */
  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .sorted(
              Comparator.comparing((Path entry) -> !Files.isDirectory(entry))
                  .thenComparing(Comparator.reverseOrder()))
          .toList();
    }
  }
}
