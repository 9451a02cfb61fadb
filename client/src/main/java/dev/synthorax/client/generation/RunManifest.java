package dev.synthorax.client.generation;

import dev.synthorax.client.storage.WholeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The lines of {@code manifest.jsonl}: those that are there, and new ones behind them as they come.
 *
 * <p><b>Ownership:</b> owns the file while it appends; the caller closes.
 *
 * <p><b>Threading:</b> one thread at a time.
 */
final class RunManifest implements AutoCloseable {
  /** What files of a run are called. */
  static final Pattern FILE = Pattern.compile("(images|masks)/[A-Za-z0-9][\\w-]*\\.png");

  private static final Comparator<Line> BY_ID =
      Comparator.<Line>comparingInt(line -> line.entry.id().length())
          .thenComparing(line -> line.entry.id());

  private static final int MAX_SIDE = 8192;

  private final Path file;
  private final List<Line> lines = new ArrayList<>();
  private @Nullable FileChannel channel; // owned; null before the first line is appended
  private @Nullable String loss;

  private record Line(ManifestEntry entry, String text) {}

  private RunManifest(Path file) {
    this.file = file;
  }

  /**
   * Reads what is there, if anything. A last line that was cut short is left out, and mended with
   * the next line.
   *
   * @throws IllegalArgumentException if it is no manifest of a run; names the line
   */
  static RunManifest read(Path file) throws IOException {
    RunManifest manifest = new RunManifest(file);
    if (!Files.exists(file)) {
      return manifest;
    }
    String text = Files.readString(file, StandardCharsets.UTF_8);
    int whole = text.lastIndexOf('\n') + 1;
    List<String> lines = text.substring(0, whole).lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      try {
        manifest.lines.add(line(lines.get(i)));
      } catch (IOException | RuntimeException e) {
        throw new IllegalArgumentException(
            "%s: line %d is not of a run (expected: what generate and demo write); name another folder"
                .formatted(file, i + 1),
            e);
      }
    }
    if (whole < text.length()) {
      try {
        manifest.lines.add(line(text.substring(whole)));
      } catch (IOException | RuntimeException e) {
        manifest.loss = file + ": its last line was cut short and is left out";
      }
    }
    return manifest;
  }

  private static Line line(String text) throws IOException {
    ManifestEntry entry = ManifestEntry.ofJson(text);
    ManifestEntry.Settings settings = entry.settings();
    boolean ours =
        FILE.matcher(entry.image()).matches()
            && settings.width() >= 1
            && settings.width() <= MAX_SIDE
            && settings.height() >= 1
            && settings.height() <= MAX_SIDE
            && entry.structures().stream()
                .allMatch(mask -> mask.mask() != null && FILE.matcher(mask.mask()).matches());
    if (!ours) {
      throw new IOException("files outside images/ and masks/, or no size");
    }
    return new Line(entry, text);
  }

  /** Returns what was lost when the file was last written, a sentence, or null. */
  @Nullable String loss() {
    return loss;
  }

  /** Returns the lines' entries. */
  List<ManifestEntry> entries() {
    return lines.stream().map(Line::entry).toList();
  }

  /** Forgets all lines, also those in the file. */
  void clear() throws IOException {
    lines.clear();
    write();
  }

  /** Appends a line to the file; takes half of one back where the disk is full. */
  void append(ManifestEntry entry) throws IOException {
    FileChannel open = channel;
    if (open == null) {
      write(); // mends a last line without end
      open = FileChannel.open(file, StandardOpenOption.WRITE);
      open.position(open.size());
      channel = open;
    }
    Line line = new Line(entry, entry.toJson());
    long before = open.position();
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(line.text + "\n");
      while (bytes.hasRemaining()) {
        open.write(bytes);
      }
    } catch (IOException e) {
      open.truncate(before);
      throw e;
    }
    lines.add(line);
  }

  /** Brings the lines into the order of their ids. */
  void sort() throws IOException {
    List<Line> sorted = lines.stream().sorted(BY_ID).toList();
    if (!sorted.equals(lines)) {
      close();
      lines.clear();
      lines.addAll(sorted);
      write();
    }
  }

  private void write() throws IOException {
    WholeFile.replace(
        file,
        out -> {
          for (Line line : lines) {
            out.write((line.text + "\n").getBytes(StandardCharsets.UTF_8));
          }
        });
  }

  @Override
  public void close() throws IOException {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      open.close();
    }
  }
}
