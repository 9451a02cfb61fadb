package dev.synthorax.server.config;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.nn.weights.ModelFile;
import dev.synthorax.server.text.PlainText;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * {@code synthorax.yaml} beside a diffusion pipeline: what it offers and how it is batched.
 *
 * @param description what the model is, one sentence
 * @param sizes image sizes it makes; one for now; empty: the size it was trained at
 * @param structures names of the mask channels, in channel order; empty: no mask condition
 * @param findings what its training prompts described, by the names of data sets, such as {@code
 *     pleural_effusion}; empty: not stated
 * @param words of its training prompts, lower case; empty: not stated
 * @param negations phrases of its training prompts that deny something, such as {@code no acute
 *     findings}; it was never taught another
 * @param unconditional what the model reads where it is told nothing
 * @param defaults of a request that leaves a choice
 * @param precision what the networks compute in
 * @param rowCounts row counts the networks run at, ascending; the largest at least 2
 * @param decoderRowCounts the same of the decoder, where a row is an image
 * @param maxQueuedImages most images that wait or run; 1 to 100,000
 */
public record PipelineConfig(
    String description,
    List<ImageSize> sizes,
    List<String> structures,
    List<String> findings,
    List<String> words,
    List<String> negations,
    Unconditional unconditional,
    GenerationDefaults defaults,
    PrecisionChoice precision,
    List<Integer> rowCounts,
    List<Integer> decoderRowCounts,
    int maxQueuedImages) {

  /** What holds where the file says nothing. */
  public static final PipelineConfig DEFAULT =
      new PipelineConfig(
          "",
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          Unconditional.EMPTY_PROMPT,
          GenerationDefaults.DEFAULT,
          PrecisionChoice.AUTO,
          List.of(2, 4, 6, 8, 12, 16),
          List.of(1, 2, 4),
          512);

  /** Name of the file. */
  public static final String FILE = DiffusersFolder.SETTINGS;

  private static final int MAX_ROWS = 256;

  /** A list that every listing of models carries stays below this. */
  private static final int MAX_NAMES = 10_000;

  private static final int MAX_NAME_CHARS = 64;
  private static final Pattern FINDING = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");
  private static final Pattern WORD =
      Pattern.compile("[\\p{L}\\p{M}\\p{N}]+(['-][\\p{L}\\p{M}\\p{N}]+)*");
  private static final Pattern PHRASE = Pattern.compile(WORD + "( " + WORD + ")+");

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException naming the key
   */
  public PipelineConfig {
    description = requirePlain("description", description.strip());
    requireNonNull(unconditional, "unconditional");
    requireNonNull(defaults, "defaults");
    requireNonNull(precision, "precision");
    sizes = List.copyOf(sizes);
    structures = List.copyOf(structures);
    findings =
        requireNames(
            "findings", findings, FINDING, "lower-case words joined by _, as pleural_effusion");
    words = requireNames("words", words, WORD, "single lower-case words");
    negations =
        requireNames("negations", negations, PHRASE, "lower-case phrases of two words or more");
    rowCounts = requireRowCounts("row-counts", rowCounts, 2);
    decoderRowCounts = requireRowCounts("decoder-row-counts", decoderRowCounts, 1);
    if (sizes.size() > 1) {
      throw new IllegalArgumentException(
          "sizes: " + sizes + " (expected: one size; more are not served yet)");
    }
    structures.forEach(name -> requirePlain("structures", name));
    if (structures.stream().anyMatch(String::isBlank)
        || new HashSet<>(structures).size() != structures.size()) {
      throw new IllegalArgumentException(
          "structures: " + structures + " (expected: different names, none blank)");
    }
    if (maxQueuedImages < 1 || maxQueuedImages > 100_000) {
      throw new IllegalArgumentException(
          "max-queued-images: " + maxQueuedImages + " (expected: 1 to 100000)");
    }
  }

  private static String requirePlain(String key, String text) {
    if (!PlainText.isPlain(text)) {
      throw new IllegalArgumentException(
          key + ": '" + PlainText.line(text) + "' (expected: one line without control characters)");
    }
    return text;
  }

  private static List<String> requireNames(
      String key, List<String> names, Pattern form, String expected) {
    var seen = new HashSet<String>();
    for (String name : names) {
      if (name.length() > MAX_NAME_CHARS
          || !form.matcher(name).matches()
          || !name.equals(name.toLowerCase(Locale.ROOT))) {
        throw new IllegalArgumentException(
            "%s: '%s' (expected: %s, at most %d characters each)"
                .formatted(key, PlainText.line(name), expected, MAX_NAME_CHARS));
      }
      if (!seen.add(name)) {
        throw new IllegalArgumentException(key + ": '" + name + "' twice (expected: once)");
      }
    }
    if (seen.size() > MAX_NAMES) {
      throw new IllegalArgumentException(
          "%s: %d of them (expected: at most %d)".formatted(key, seen.size(), MAX_NAMES));
    }
    return List.copyOf(names);
  }

  /** The same with names for the mask channels. */
  public PipelineConfig withStructures(List<String> names) {
    return new PipelineConfig(
        description,
        sizes,
        names,
        findings,
        words,
        negations,
        unconditional,
        defaults,
        precision,
        rowCounts,
        decoderRowCounts,
        maxQueuedImages);
  }

  private static List<Integer> requireRowCounts(
      String key, List<Integer> counts, int leastLargest) {
    var sorted = counts.stream().sorted().distinct().toList();
    if (sorted.isEmpty()
        || sorted.getFirst() < 1
        || sorted.getLast() < leastLargest
        || sorted.getLast() > MAX_ROWS) {
      throw new IllegalArgumentException(
          key
              + ": "
              + counts
              + " (expected: counts from 1 to "
              + MAX_ROWS
              + ", the largest at least "
              + leastLargest
              + ")");
    }
    return sorted;
  }

  /**
   * Reads the file of a pipeline folder; {@link #DEFAULT} where there is none.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming the file, if it cannot be read
   * @throws IllegalArgumentException in one line, naming the file, if it has an unknown key or a
   *     value out of its range
   */
  public static PipelineConfig read(DiffusersFolder folder) {
    ModelFile file = folder.settings();
    return file.exists() ? parse(file.text("a file of settings")) : DEFAULT;
  }

  /**
   * The size of its images: the one that is set, or else the U-Net's sample size in pixels.
   *
   * @param folder whose file this is
   * @throws IllegalArgumentException in one line if neither says so
   */
  public ImageSize size(DiffusersFolder folder) {
    return sizes.isEmpty() ? trainedSize(folder) : sizes.getFirst();
  }

  private static ImageSize trainedSize(DiffusersFolder folder) {
    String unet = folder.config(Component.UNET).name();
    List<Integer> sides = folder.unet().sampleSize();
    if (sides.isEmpty()) {
      throw new IllegalArgumentException(
          unet + ": no sample_size (expected: one, or sizes in " + FILE + ")");
    }
    int factor = folder.autoencoder().spatialFactor();
    try {
      return new ImageSize(
          Math.multiplyExact(sides.get(1), factor), Math.multiplyExact(sides.get(0), factor));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(
          unet + ": sample_size " + sides + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads YAML over the defaults.
   *
   * @throws IllegalArgumentException in one line, naming the file
   */
  static PipelineConfig parse(String yaml) {
    return ConfigFile.parse(yaml, FILE, DEFAULT);
  }
}
