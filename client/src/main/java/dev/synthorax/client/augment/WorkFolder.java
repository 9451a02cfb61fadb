package dev.synthorax.client.augment;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.synthorax.client.augment.plan.PlanException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;
import org.jspecify.annotations.Nullable;

/**
 * The folder that an augment job works in and leaves: {@code dataset}, which appears at the end and
 * at once, and {@code .work} with the finished images until then.
 *
 * <p>One job has one folder: its plan and its source decide the job's name, and a folder of another
 * job is refused. Images are written beside their place and then moved. They are not forced to the
 * disk: one that a power cut leaves damaged does not have its hash, and is made again. The dataset
 * is forced before it is moved to its place.
 *
 * <p><b>Ownership:</b> owns a lock, so that two processes do not work in one folder; the caller
 * closes.
 *
 * <p><b>Threading:</b> images may be read and written by any thread, each by one at a time.
 */
public final class WorkFolder implements AutoCloseable {
  private static final String WORK = ".work";
  private static final String DATASET = "dataset";

  private final Path folder;
  private final Path work;
  private final String job;
  private final FileChannel lockFile; // owned

  @JsonPropertyOrder({"job", "plan", "source"})
  private record JobFile(String job, String plan, String source) {}

  @JsonPropertyOrder({"model", "version"})
  private record ModelFile(String model, String version) {}

  private WorkFolder(Path folder, String job, FileChannel lockFile) {
    this.folder = folder;
    this.work = folder.resolve(WORK);
    this.job = job;
    this.lockFile = lockFile;
  }

  /**
   * Opens the folder of a job; creates it where it is missing.
   *
   * @throws PlanException if the folder is of another job or holds other things; one line
   * @throws IOException if it cannot be read or written, or another process works in it
   */
  public static WorkFolder open(Path folder, AugmentJob job) throws IOException {
    requireNonNull(folder, "folder");
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new PlanException(folder + " is a file (expected: a folder, new or empty)");
    }
    Path work = folder.resolve(WORK);
    if (Files.isDirectory(folder) && !Files.isDirectory(work)) {
      try (Stream<Path> entries = Files.list(folder)) {
        if (entries.findAny().isPresent()) {
          throw new PlanException(
              folder
                  + " holds other files (expected: a new or empty folder, or the one that this"
                  + " plan began in)");
        }
      }
    }
    Files.createDirectories(work);
    FileChannel lockFile =
        FileChannel.open(work.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean opened = false;
    try {
      lock(lockFile, folder);
      WorkFolder result = new WorkFolder(folder, job.name(), lockFile);
      result.begin(job);
      opened = true;
      return result;
    } finally {
      if (!opened) {
        lockFile.close();
      }
    }
  }

  private static void lock(FileChannel lockFile, Path folder) throws IOException {
    FileLock lock;
    try {
      lock = lockFile.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null; // held by this very process
    }
    if (lock == null) {
      throw new IOException(
          folder + ": another augment works there (expected: one at a time; wait for it)");
    }
  }

  private void begin(AugmentJob job) throws IOException {
    JobFile known = read("job.json", JobFile.class);
    JobFile ours = new JobFile(job.name(), job.planHash(), job.sourceHash());
    if (known == null) {
      if (Files.exists(work.resolve("items")) || Files.exists(folder.resolve(DATASET))) {
        throw new PlanException(
            folder + " holds work whose job is unknown (expected: a new or empty folder)");
      }
      write("job.json", ours);
    } else if (!known.equals(ours)) {
      boolean samePlan = known.plan.equals(ours.plan);
      throw new PlanException(
          folder
              + (samePlan
                  ? " was begun with the same plan and another source: the tables have changed"
                  : " holds the work of another plan")
              + " (expected: job "
              + known.job
              + ", this is "
              + ours.job
              + "); name another folder");
    }
    if (isFinished()) {
      clean(); // a run that was stopped after its last step
    }
  }

  /**
   * Makes sure that one model makes all images of the job.
   *
   * @throws IOException if another one made those that are there; names both versions
   */
  void requireModel(String model, String version) throws IOException {
    ModelFile known = read("model.json", ModelFile.class);
    ModelFile ours = new ModelFile(model, version);
    if (known == null) {
      write("model.json", ours);
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

  private <T> @Nullable T read(String name, Class<T> type) throws IOException {
    Path file = work.resolve(name);
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
    Path file = work.resolve(name);
    Path part = work.resolve("." + name + ".part");
    Files.write(part, AugmentEntry.JSON.writeValueAsBytes(value));
    force(part);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Returns whether the dataset is there. */
  public boolean isFinished() {
    return Files.isDirectory(folder.resolve(DATASET));
  }

  /** Returns where the dataset is, or will be. */
  public Path dataset() {
    return folder.resolve(DATASET);
  }

  /** Returns a finished image, or null where there is none, or one that is damaged or foreign. */
  @Nullable StoredImage load(AugmentItem item) throws IOException {
    try {
      return StoredImage.decode(Files.readAllBytes(place(item)), job, item.id());
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Keeps a finished image. */
  void store(AugmentItem item, StoredImage image) throws IOException {
    Path place = place(item);
    Files.createDirectories(requireNonNull(place.getParent()));
    Path part = place.resolveSibling("." + place.getFileName() + ".part");
    Files.write(part, image.encode(job));
    Files.move(part, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private Path place(AugmentItem item) {
    String thousand = String.format(Locale.ROOT, "%03d", item.position() / 1000);
    return work.resolve("items").resolve(item.arm().name()).resolve(thousand).resolve(item.id());
  }

  /** Returns a new, empty folder for something that nobody else sees. */
  Path fresh(String name) throws IOException {
    Path path = work.resolve(name);
    delete(path);
    return Files.createDirectories(path);
  }

  /** Makes the folder {@code stage} of {@link #fresh} the dataset, and ends the job. */
  void publish(Path stage) throws IOException {
    forceAll(stage);
    Files.move(stage, dataset(), StandardCopyOption.ATOMIC_MOVE);
    force(folder);
    clean();
  }

  private void clean() throws IOException {
    for (String leftover : List.of("items", "stage", "rehearsal")) {
      delete(work.resolve(leftover));
    }
  }

  private static void forceAll(Path tree) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(tree)) {
      paths = walk.toList();
    }
    for (Path path : paths) {
      force(path);
    }
  }

  private static void force(Path path) throws IOException {
    boolean directory = Files.isDirectory(path);
    try (FileChannel channel =
        FileChannel.open(path, directory ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
      channel.force(true);
    } catch (IOException e) {
      if (!directory) { // some systems cannot open a folder
        throw e;
      }
    }
  }

  /** Deletes a folder with all that is in it; does nothing where there is none. */
  static void delete(Path tree) throws IOException {
    if (Files.exists(tree)) {
      PathUtils.delete(tree);
    }
  }

  /** Frees the folder for others. */
  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
