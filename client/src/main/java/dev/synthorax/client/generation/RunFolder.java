package dev.synthorax.client.generation;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.MustBeClosed;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.ByteString;
import dev.synthorax.client.image.file.FileTree;
import dev.synthorax.client.storage.FolderLock;
import dev.synthorax.client.storage.WholeFile;
import dev.synthorax.proto.v1.StructureMask;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder that runs leave: {@code images/*.png}, {@code masks/*.png}, {@code manifest.jsonl},
 * {@code report.html}.
 *
 * <p>A run continues an earlier one under the numbers that are free. Each image is on the disk
 * under its name before its line is in the manifest, so a run that is stopped leaves all that it
 * finished; no file that is there is ever written over, but for the report.
 *
 * <p><b>Ownership:</b> owns a lock, so that two runs do not write into one folder; the caller
 * closes.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class RunFolder implements AutoCloseable {
  private static final String MANIFEST = "manifest.jsonl";
  private static final String REPORT = "report.html";

  private final Path folder;
  private final boolean created;
  private final FolderLock lock; // owned
  private final RunManifest manifest; // owned
  private final EarlierRun earlier;

  @GuardedBy("this")
  private boolean begun;

  @GuardedBy("this")
  private boolean closed;

  /** Writes a page. */
  @FunctionalInterface
  public interface Page {
    /** Writes the whole page. */
    void writeTo(Writer out) throws IOException;
  }

  private RunFolder(
      Path folder, boolean created, FolderLock lock, RunManifest manifest, boolean overwrite)
      throws IOException {
    this.folder = folder;
    this.created = created;
    this.lock = lock;
    this.manifest = manifest;
    this.earlier = EarlierRun.find(folder, manifest, overwrite);
  }

  /**
   * Opens a folder for a run; creates it where it is missing.
   *
   * @param overwrite replaces an earlier run instead of continuing it, and accepts a folder that
   *     holds other things; those stay
   * @throws IllegalArgumentException if {@code folder} is no folder, or holds something else than a
   *     run
   * @throws IOException if it cannot be read or written, or another run writes there
   */
  @MustBeClosed
  public static RunFolder open(Path folder, boolean overwrite) throws IOException {
    requireNonNull(folder, "folder");
    boolean created = !Files.exists(folder);
    if (!created && !Files.isDirectory(folder)) {
      throw new IllegalArgumentException(folder + " is a file (expected: a folder, new or empty)");
    }
    Files.createDirectories(folder);
    if (!Files.isWritable(folder)) {
      throw new IOException(folder + " cannot be written (expected: a folder of yours)");
    }
    FolderLock lock = FolderLock.of(folder);
    boolean opened = false;
    try {
      requireOurs(folder, overwrite);
      RunManifest manifest = RunManifest.read(folder.resolve(MANIFEST));
      RunFolder result = new RunFolder(folder, created, lock, manifest, overwrite);
      opened = true;
      return result;
    } finally {
      if (!opened) {
        lock.close();
      }
    }
  }

  private static void requireOurs(Path folder, boolean overwrite) throws IOException {
    if (Files.exists(folder.resolve(MANIFEST))) {
      return; // its lines say whether it is ours
    }
    if (Files.exists(folder.resolve(REPORT))) {
      throw new IllegalArgumentException(
          folder + " holds a " + REPORT + " of something else (expected: a folder without one)");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      if (!overwrite && entries.anyMatch(entry -> !FileTree.isHiddenOrSystem(entry))) {
        throw new IllegalArgumentException(
            folder
                + " holds other files (expected: a new or empty folder, or one of an earlier"
                + " run); name another, or add --overwrite to write beside them");
      }
    }
  }

  /** Returns what to know of the folder as it was found, a sentence each. */
  public List<String> warnings() {
    return earlier.warnings();
  }

  /** Returns the manifest's entries: an earlier run's, unless it is replaced, then those added. */
  public synchronized List<ManifestEntry> entries() {
    return begun || earlier.replaced() == 0 ? manifest.entries() : List.of();
  }

  /** Returns how many images of an earlier run the first new image will replace. */
  public int replaced() {
    return earlier.replaced();
  }

  /** Returns the {@code count} lowest numbers, from 1, that no image or mask here has. */
  public List<Integer> freeNumbers(int count) {
    return earlier.freeNumbers(count);
  }

  /** Returns the manifest's place. */
  public Path manifest() {
    return folder.resolve(MANIFEST);
  }

  /** Returns the report's place. */
  public Path report() {
    return folder.resolve(REPORT);
  }

  /** Returns the place of a file that the manifest names. */
  public Path resolve(String file) {
    return folder.resolve(file);
  }

  /**
   * Writes an image and its masks, and then its line.
   *
   * @return the line
   * @throws IOException if a file cannot be written or is there already, or this is closed; what
   *     was added before stays
   */
  public synchronized ManifestEntry add(MadeImage image) throws IOException {
    if (closed) {
      throw new IOException(folder + " is closed: the run was stopped");
    }
    begin();
    List<Path> written = new ArrayList<>();
    boolean added = false;
    try {
      for (StructureMask mask : image.request().getMasksList()) {
        String file = image.maskFile(mask.getStructure());
        ManifestEntry.Mask expected = ManifestEntry.maskOf(image, mask);
        if (!EarlierRun.isUnchanged(
            folder.resolve(file),
            expected.sha256())) { // else written with the request's first image
          written.add(write(file, mask.getPng()));
        }
      }
      written.add(write(image.imageFile(), image.png()));
      ManifestEntry entry = ManifestEntry.of(image);
      manifest.append(entry);
      added = true;
      return entry;
    } finally {
      if (!added) {
        for (Path file : written) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  @GuardedBy("this")
  private void begin() throws IOException {
    if (begun) {
      return;
    }
    List<String> goes = earlier.unchangedFiles();
    if (earlier.replaced() > 0) {
      manifest.clear();
    }
    begun = true;
    for (String file : goes) {
      Files.deleteIfExists(folder.resolve(file));
    }
    for (String name : EarlierRun.FOLDERS) {
      Files.createDirectories(folder.resolve(name));
    }
  }

  private Path write(String file, ByteString content) throws IOException {
    if (!RunManifest.FILE.matcher(file).matches()) {
      throw new IOException(file + " (expected: a name of letters, digits, _ and -)");
    }
    Path place = folder.resolve(file);
    try {
      WholeFile.create(place, content::writeTo);
      return place;
    } catch (IOException e) {
      throw cannotWrite(place, e);
    }
  }

  private static IOException cannotWrite(Path place, IOException e) {
    String reason = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
    return new IOException(
        place + " cannot be written: " + (reason == null ? e.getClass().getSimpleName() : reason),
        e);
  }

  /** Ends a run that made all its images: brings the manifest into order, writes the report. */
  public synchronized void finish(Page report) throws IOException {
    manifest.sort();
    try {
      WholeFile.replace(
          report(),
          out -> {
            Writer page = new OutputStreamWriter(out, StandardCharsets.UTF_8.newEncoder());
            report.writeTo(page);
            page.flush();
          });
    } catch (IOException e) {
      throw cannotWrite(report(), e);
    }
  }

  /** Frees the folder for others; removes it where it is empty and was made for nothing. */
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (lock) {
      manifest.close();
    }
    if (created && !begun && EarlierRun.names(folder).isEmpty()) {
      Files.delete(folder);
    }
  }
}
