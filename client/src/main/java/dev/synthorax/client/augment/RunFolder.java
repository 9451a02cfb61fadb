package dev.synthorax.client.augment;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.MustBeClosed;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.ByteString;
import dev.synthorax.client.image.file.FileTree;
import dev.synthorax.proto.v1.StructureMask;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
  private static final List<String> FOLDERS = List.of("images", "masks");
  private static final Pattern NUMBERED = Pattern.compile("(\\d{1,9})[.-].*");
  private static final Pattern PART = Pattern.compile("\\.[\\w-]+\\.(png|jsonl|html)\\.part");

  private final Path folder;
  private final boolean created;
  private final FolderLock lock; // owned
  private final RunManifest manifest; // owned
  private final List<ManifestEntry> replaced; // removed with the first new image
  private final List<String> warnings = new ArrayList<>();
  private final Set<Integer> used;

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
    this.replaced = overwrite ? manifest.entries() : List.of();
    this.used = prepare();
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

  /** Removes what a killed run left half, warns of the rest, and finds the numbers in use. */
  private Set<Integer> prepare() throws IOException {
    String loss = manifest.loss();
    if (loss != null) {
      warnings.add(loss);
    }
    Set<String> goes = new TreeSet<>();
    for (ManifestEntry entry : replaced) {
      goes.addAll(unchangedFiles(entry));
    }
    Set<String> listed = new TreeSet<>();
    Set<Integer> numbers = new TreeSet<>();
    for (ManifestEntry entry : manifest.entries()) {
      listed.add(entry.image());
      Integer number = replaced.isEmpty() ? number(entry.id() + ".") : null;
      if (number != null) {
        numbers.add(number);
      }
    }
    removeParts(folder);
    for (String name : FOLDERS) {
      Path directory = folder.resolve(name);
      if (Files.isDirectory(directory)) {
        removeParts(directory);
        for (String file : names(directory)) {
          String place = name + "/" + file;
          Integer number = goes.contains(place) ? null : number(file);
          if (number != null) {
            numbers.add(number);
            if (name.equals("images") && !listed.contains(place)) {
              warnings.add(folder.resolve(place) + " is not in the manifest; it stays as it is");
            }
          }
        }
      }
    }
    return numbers;
  }

  private static @Nullable Integer number(String file) {
    Matcher number = NUMBERED.matcher(file);
    return number.matches() ? Integer.valueOf(number.group(1)) : null;
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void removeParts(Path directory) throws IOException {
    for (String name : names(directory)) {
      if (PART.matcher(name).matches() && Files.isRegularFile(directory.resolve(name))) {
        Files.delete(directory.resolve(name));
      }
    }
  }

  /**
   * Returns the files of a line that are as the line says: nobody has put others in their place.
   */
  private List<String> unchangedFiles(ManifestEntry entry) throws IOException {
    List<String> files = new ArrayList<>();
    if (isUnchanged(entry.image(), entry.imageSha256())) {
      files.add(entry.image());
    }
    for (ManifestEntry.Mask mask : entry.structures()) {
      String file = mask.mask();
      if (file != null && isUnchanged(file, mask.sha256())) {
        files.add(file);
      }
    }
    return files;
  }

  private boolean isUnchanged(String file, String sha256) throws IOException {
    Path path = folder.resolve(file);
    return Files.isRegularFile(path) && Sha256.of(Files.readAllBytes(path)).equals(sha256);
  }

  /** Returns what to know of the folder as it was found, a sentence each. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** Returns the manifest's entries: an earlier run's, unless it is replaced, then those added. */
  public synchronized List<ManifestEntry> entries() {
    return begun || replaced.isEmpty() ? manifest.entries() : List.of();
  }

  /** Returns how many images of an earlier run the first new image will replace. */
  public int replaced() {
    return replaced.size();
  }

  /** Returns the {@code count} lowest numbers, from 1, that no image or mask here has. */
  public List<Integer> freeNumbers(int count) {
    List<Integer> free = new ArrayList<>();
    for (int number = 1; free.size() < count; number++) {
      if (!used.contains(number)) {
        free.add(number);
      }
    }
    return free;
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
        if (!isUnchanged(file, expected.sha256())) { // else written with the request's first image
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
    List<String> goes = new ArrayList<>();
    for (ManifestEntry entry : replaced) {
      goes.addAll(unchangedFiles(entry));
    }
    if (!replaced.isEmpty()) {
      manifest.clear();
    }
    begun = true;
    for (String file : goes) {
      Files.deleteIfExists(folder.resolve(file));
    }
    for (String name : FOLDERS) {
      Files.createDirectories(folder.resolve(name));
    }
  }

  private Path write(String file, ByteString content) throws IOException {
    if (!RunManifest.FILE.matcher(file).matches()) {
      throw new IOException(file + " (expected: a name of letters, digits, _ and -)");
    }
    Path place = folder.resolve(file);
    Path part = part(place);
    boolean whole = false;
    try {
      try (FileChannel channel =
          FileChannel.open(
              part,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        for (var buffer : content.asReadOnlyByteBufferList()) {
          while (buffer.hasRemaining()) {
            channel.write(buffer);
          }
        }
        channel.force(true);
      }
      Files.move(part, place);
      whole = true;
      return place;
    } catch (IOException e) {
      throw cannotWrite(place, e);
    } finally {
      if (!whole) {
        discard(part);
      }
    }
  }

  private static IOException cannotWrite(Path place, IOException e) {
    String reason = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
    return new IOException(
        place + " cannot be written: " + (reason == null ? e.getClass().getSimpleName() : reason),
        e);
  }

  private static void discard(Path part) throws IOException {
    try {
      Files.deleteIfExists(part);
    } catch (DirectoryNotEmptyException e) { // not ours
    }
  }

  private static Path part(Path place) {
    return place.resolveSibling("." + place.getFileName() + ".part");
  }

  /** Ends a run that made all its images: brings the manifest into order, writes the report. */
  public synchronized void finish(Page report) throws IOException {
    manifest.sort();
    Path part = part(report());
    try {
      try (Writer out = Files.newBufferedWriter(part, StandardCharsets.UTF_8)) {
        report.writeTo(out);
      }
      Files.move(
          part, report(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      discard(part);
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
    if (created && !begun && names(folder).isEmpty()) {
      Files.delete(folder);
    }
  }
}
