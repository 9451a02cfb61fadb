package dev.synthorax.client.augment;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ByteString;
import dev.synthorax.proto.v1.StructureMask;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder a run leaves: {@code images/*.png}, {@code masks/*.png}, {@code manifest.jsonl},
 * {@code report.html}.
 *
 * <p>Nothing is written before the last image is there, so a run that fails leaves an earlier run's
 * folder as it was. Each file is written beside its place and then moved, so no reader sees half of
 * one. Files that an earlier manifest lists and the new one does not are removed.
 */
public final class RunFolder {
  private static final String MANIFEST = "manifest.jsonl";
  private static final String REPORT = "report.html";
  private static final Set<String> LAYOUT = Set.of("images", "masks", MANIFEST, REPORT);
  private static final Pattern OUR_FILE =
      Pattern.compile("(images|masks)/[A-Za-z0-9][\\w-]*\\.png");
  private static final JsonMapper JSON = new JsonMapper();

  private final Path folder;

  private RunFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes sure that a run may be written to {@code folder}; creates it where it is missing.
   *
   * @param overwrite also accept a folder that holds other things; those stay
   * @throws IllegalArgumentException if {@code folder} is no folder, or holds something else than a
   *     run
   * @throws IOException if it cannot be read or created
   */
  public static RunFolder open(Path folder, boolean overwrite) throws IOException {
    requireNonNull(folder, "folder");
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new IllegalArgumentException(folder + " is a file (expected: a folder, new or empty)");
    }
    if (Files.isDirectory(folder) && !overwrite) {
      try (Stream<Path> entries = Files.list(folder)) {
        List<String> names = entries.map(entry -> entry.getFileName().toString()).toList();
        boolean ours = names.contains(MANIFEST) && LAYOUT.containsAll(names);
        if (!names.isEmpty() && !ours) {
          throw new IllegalArgumentException(
              folder
                  + " holds other files (expected: a new or empty folder, or one of an earlier"
                  + " run); name another, or add --overwrite to write beside them");
        }
      }
    }
    Files.createDirectories(folder);
    if (!Files.isWritable(folder)) {
      throw new IOException(folder + " cannot be written (expected: a folder of yours)");
    }
    return new RunFolder(folder);
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
   * Writes images, masks and manifest.
   *
   * @param images ordered by id
   * @return the manifest's lines, in the same order
   * @throws IOException if a file cannot be written
   */
  public List<ManifestEntry> write(List<MadeImage> images) throws IOException {
    List<ManifestEntry> entries = images.stream().map(ManifestEntry::of).toList();
    Map<String, ByteString> files = new LinkedHashMap<>();
    for (MadeImage image : images) {
      files.put(image.imageFile(), image.png());
      for (StructureMask mask : image.request().getMasksList()) {
        files.put(image.maskFile(mask.getStructure()), mask.getPng());
      }
    }
    Set<String> stale = listedFiles();
    stale.removeAll(files.keySet());
    Files.createDirectories(folder.resolve("images"));
    Files.createDirectories(folder.resolve("masks"));
    for (Map.Entry<String, ByteString> file : files.entrySet()) {
      write(file.getKey(), file.getValue().toByteArray());
    }
    StringBuilder manifest = new StringBuilder();
    entries.forEach(entry -> manifest.append(entry.toJson()).append('\n'));
    write(MANIFEST, manifest.toString().getBytes(StandardCharsets.UTF_8));
    for (String file : stale) {
      Files.deleteIfExists(folder.resolve(file));
    }
    return entries;
  }

  /** Writes the report, a whole HTML page. */
  public void writeReport(String html) throws IOException {
    write(REPORT, html.getBytes(StandardCharsets.UTF_8));
  }

  private void write(String file, byte[] content) throws IOException {
    Path place = folder.resolve(file);
    Path part = place.resolveSibling("." + place.getFileName() + ".part");
    Files.write(part, content);
    Files.move(part, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Returns the image and mask files that an earlier run's manifest lists; what is not of our
   * naming is not ours to touch.
   */
  private Set<String> listedFiles() throws IOException {
    Set<String> files = new HashSet<>();
    if (!Files.isRegularFile(manifest())) {
      return files;
    }
    for (String line : Files.readAllLines(manifest(), StandardCharsets.UTF_8)) {
      for (String file : listedFiles(line)) {
        if (OUR_FILE.matcher(file).matches()) {
          files.add(file);
        }
      }
    }
    return files;
  }

  private static List<String> listedFiles(String line) {
    List<String> files = new ArrayList<>();
    try {
      JsonNode entry = JSON.readTree(line);
      files.add(entry.path("image").asText());
      entry.path("structures").forEach(mask -> files.add(mask.path("mask").asText()));
    } catch (JsonProcessingException e) {
      return List.of(); // not a line of ours: it lists nothing
    }
    return files;
  }
}
