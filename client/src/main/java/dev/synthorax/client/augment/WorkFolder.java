package dev.synthorax.client.augment;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.synthorax.client.ClientRelease;
import dev.synthorax.client.augment.plan.PlanException;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.storage.Durable;
import dev.synthorax.client.storage.FolderLock;
import dev.synthorax.client.storage.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder that an augment job works in and leaves: {@code dataset}, which appears at the end and
 * at once, and {@code .work} with the finished images until then.
 *
 * <p>A plan that was changed may go on in its folder: images whose own description stayed are kept.
 * A dataset that the plan before finished is moved to {@code dataset-1} (or the next number that is
 * free) when the new one is complete. A plan with another seed or none of the arms is another plan,
 * and is refused. The dataset is forced to the disk before it is moved to its place.
 *
 * <p><b>Ownership:</b> owns a lock, so that two processes do not work in one folder; the caller
 * closes.
 *
 * <p><b>Threading:</b> one thread, but for {@link #items}.
 */
public final class WorkFolder implements AutoCloseable {
  private static final String WORK = ".work";
  private static final String DATASET = "dataset";
  private static final String ITEMS = "items";
  private static final String JOB = "job.json";
  private static final String MODEL = "model.json";

  private final Path folder;
  private final Path work;
  private final FolderLock lock; // owned
  private JobFile job;
  private boolean changed;
  private WorkItems items;

  @JsonPropertyOrder({"model", "version"})
  private record ModelFile(String model, String version) {}

  private WorkFolder(Path folder, JobFile job, FolderLock lock) throws IOException {
    this.folder = folder;
    this.work = folder.resolve(WORK);
    this.job = job;
    this.lock = lock;
    this.items = openItems();
  }

  /**
   * Opens the folder of a job; creates it where it is missing.
   *
   * @throws PlanException if the folder is of another plan or holds other things; one line
   * @throws IOException if it cannot be read or written, or another process works in it
   */
  public static WorkFolder open(Path folder, AugmentJob job) throws IOException {
    requireUsable(folder, job);
    Path work = folder.resolve(WORK);
    Files.createDirectories(work);
    FolderLock lock = FolderLock.of(work);
    boolean opened = false;
    try {
      WorkFolder result = new WorkFolder(folder, JobFile.of(job), lock);
      result.begin();
      opened = true;
      return result;
    } finally {
      if (!opened) {
        lock.close();
      }
    }
  }

  /**
   * Looks whether a job may work in a folder; changes nothing.
   *
   * @throws PlanException if the folder is of another plan or holds other things; one line
   */
  static void requireUsable(Path folder, AugmentJob job) throws IOException {
    requireNonNull(folder, "folder");
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new PlanException(folder + " is a file (expected: a folder, new or empty)");
    }
    Path work = folder.resolve(WORK);
    if (Files.isDirectory(work)) {
      JobFile known = read(work.resolve(JOB), JobFile.class);
      if (known == null) {
        if (Files.exists(work.resolve(ITEMS)) || Files.exists(folder.resolve(DATASET))) {
          throw new PlanException(
              folder + " holds work whose job is unknown (expected: a new or empty folder)");
        }
      } else if (JobFile.of(job).follows(known, folder) && isFinished(folder, known.earlier())) {
        requireReadable(folder.resolve(DATASET));
      }
    } else if (Files.isDirectory(folder)) {
      try (Stream<Path> entries = Files.list(folder)) {
        if (entries.findAny().isPresent()) {
          throw new PlanException(
              folder
                  + " holds other files (expected: a new or empty folder, or the one that this"
                  + " plan began in)");
        }
      }
    }
  }

  /** Returns where the finished images of a job in {@code folder} are. */
  static Path finished(Path folder) {
    return folder.resolve(WORK).resolve(ITEMS);
  }

  private void begin() throws IOException {
    JobFile known = read(work.resolve(JOB), JobFile.class);
    if (known == null) {
      write(JOB, job);
      return;
    }
    changed = job.follows(known, folder);
    if (changed) {
      boolean finished = isFinished(folder, known.earlier());
      job = job.withEarlier(finished ? freeName() : known.earlier());
      write(JOB, job);
    } else {
      job = known;
      if (isFinished()) {
        end(); // a run that was stopped after its last step
      }
    }
    items = openItems();
  }

  /** Makes sure that what another plan finished can be taken up. */
  private static void requireReadable(Path dataset) throws IOException {
    String format = EarlierDataset.format(dataset);
    if (!format.equals(DatasetFormat.FOLDER.wireName())) {
      throw new PlanException(
          dataset
              + " was finished by another plan in the format "
              + format
              + ", of which no image can be taken up again (expected: folder); name another"
              + " folder");
    }
  }

  private String freeName() {
    int number = 1;
    while (Files.exists(folder.resolve(DATASET + "-" + number))) {
      number++;
    }
    return DATASET + "-" + number;
  }

  private WorkItems openItems() throws IOException {
    EarlierDataset before = null;
    Path moved = earlier();
    if (moved != null) {
      before = EarlierDataset.open(Files.isDirectory(moved) ? moved : dataset());
    }
    // the version, since it stands in the PNG files
    return new WorkItems(work.resolve(ITEMS), job.job() + " " + ClientRelease.version(), before);
  }

  /** Returns whether the plan or its source is another than when the folder was last used. */
  public boolean isChanged() {
    return changed;
  }

  /** Returns where the dataset of the plan before is moved to; null: there is none. */
  @Nullable Path earlier() {
    return job.earlier() == null ? null : folder.resolve(job.earlier());
  }

  /** Returns where the finished images are. */
  Path finished() {
    return finished(folder);
  }

  WorkItems items() {
    return items;
  }

  /**
   * Makes sure that one model makes all images of the job.
   *
   * @throws IOException if another one made those that are there; names both versions
   */
  void requireModel(String model, String version) throws IOException {
    ModelFile known = read(work.resolve(MODEL), ModelFile.class);
    ModelFile ours = new ModelFile(model, version);
    if (known == null) {
      write(MODEL, ours);
    } else if (!known.equals(ours)) {
      throw new IOException(
          folder
              + " was begun with "
              + known.model
              + " "
              + known.version
              + " and the server has "
              + model
              + " "
              + version
              + " (expected: one model version a dataset); serve that version, or name another"
              + " folder");
    }
  }

  private static <T> @Nullable T read(Path file, Class<T> type) throws IOException {
    try {
      return AugmentEntry.JSON.readValue(Files.readAllBytes(file), type);
    } catch (NoSuchFileException e) {
      return null;
    } catch (JsonProcessingException e) {
      throw new IOException(
          file + " is damaged (expected: JSON that augment wrote); name another folder", e);
    }
  }

  private void write(String name, Object value) throws IOException {
    byte[] json = AugmentEntry.JSON.writeValueAsBytes(value);
    WholeFile.replaceForced(work.resolve(name), out -> out.write(json));
  }

  /** Returns whether the dataset of this job is there. */
  public boolean isFinished() {
    return isFinished(folder, job.earlier());
  }

  private static boolean isFinished(Path folder, @Nullable String earlier) {
    return Files.isDirectory(folder.resolve(DATASET))
        && (earlier == null || Files.isDirectory(folder.resolve(earlier)));
  }

  /** Returns where the dataset is, or will be. */
  public Path dataset() {
    return folder.resolve(DATASET);
  }

  /** Returns a new, empty folder for something that nobody else sees. */
  Path fresh(String name) throws IOException {
    Path path = work.resolve(name);
    Durable.delete(path);
    return Files.createDirectories(path);
  }

  /** Makes the folder {@code stage} of {@link #fresh} the dataset, and ends the job. */
  void publish(Path stage) throws IOException {
    Durable.forceAll(stage);
    Path moved = earlier();
    if (moved != null && !Files.isDirectory(moved)) {
      Files.move(dataset(), moved, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(stage, dataset(), StandardCopyOption.ATOMIC_MOVE);
    Durable.force(folder);
    end();
  }

  private void end() throws IOException {
    if (job.earlier() != null) {
      job = job.withEarlier(null);
      write(JOB, job);
    }
    for (String leftover : List.of(ITEMS, "stage")) {
      Durable.delete(work.resolve(leftover));
    }
  }

  /** Frees the folder for others. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
