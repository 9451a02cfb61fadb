package dev.synthorax.client.cli.generation;

import com.google.protobuf.ByteString;
import dev.synthorax.client.NoiseSchedulerName;
import dev.synthorax.client.SynthoraxException;
import dev.synthorax.client.cli.option.UnsignedSeed;
import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.image.file.ImageFile;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.StructureMask;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/**
 * What one request asks for. What can be checked without knowing the model is checked here, in the
 * server's words, so that a slip costs no server start; the server checks all of it again.
 */
final class RequestOptions {
  private static final int MAX_COUNT = 256;
  private static final int MAX_STEPS = 1000;
  private static final float MAX_GUIDANCE = 30;
  private static final int MAX_PROMPT_BYTES = 4096;
  private static final int MAX_MASK_SIDE = 4096;
  private static final Pattern SIZE = Pattern.compile("(\\d{1,5})(?:[x×](\\d{1,5}))?");

  private static final Pattern STRUCTURE = Pattern.compile("[\\w-]{1,64}");
  private static final Pattern TOO_LARGE = Pattern.compile("image of \\d+ x \\d+ pixels");

  @Option(names = "--prompt", paramLabel = "TEXT", description = "What the radiograph shows.")
  private @Nullable String prompt;

  @Option(names = "--negative-prompt", paramLabel = "TEXT", description = "What it must not show.")
  private @Nullable String negativePrompt;

  @Option(
      names = "--mask",
      paramLabel = "STRUCTURE=FILE",
      description =
          "Where a structure lies: an image of two values, the brighter inside (0 and 255, 0 and 1,"
              + " palette, 16 bits; PNG, TIFF, BMP, DICOM). Repeat for more; 'synthorax models"
              + " NAME' lists structures.")
  private List<String> masks = new ArrayList<>();

  @ArgGroup(exclusive = false)
  private @Nullable StartOptions start;

  @Option(
      names = "--seed",
      paramLabel = "N",
      converter = UnsignedSeed.class,
      description =
          "Seed of the first image; the next has N + 1. Default: drawn, and written down.")
  private @Nullable Long seed;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1",
      description = "Images to make, 1 to 256. Default: ${DEFAULT-VALUE}.")
  private int count;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Denoising steps, 1 to 1000. Default: the model's.")
  private @Nullable Integer steps;

  @Option(
      names = "--guidance",
      paramLabel = "SCALE",
      description = "Classifier-free guidance, 0 to 30; 1 or less: none. Default: the model's.")
  private @Nullable Float guidance;

  @Option(
      names = "--noise-scheduler",
      paramLabel = "NAME",
      description =
          "ddim, dpm++, dpm++-karras, euler, euler-ancestral, pndm, lcm or unipc. Default: the"
              + " model's.")
  private @Nullable String noiseScheduler;

  @Option(names = "--model", paramLabel = "NAME", description = "Default: the server's.")
  private @Nullable String model;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "Side, or WIDTHxHEIGHT. Default: the model's.")
  private @Nullable String size;

  /**
   * Returns the request; has a seed. Masks are PNG of 0 and 255, whatever their files are.
   *
   * @throws SynthoraxException INVALID_ARGUMENT if the server would refuse it
   * @throws UsageException if an option makes no sense
   */
  GenerationSpec toRequest() throws IOException {
    if (prompt == null && masks.isEmpty()) {
      throw new UsageException(
          "nothing to draw (expected: --prompt TEXT, --mask STRUCTURE=FILE, or both)");
    }
    requireRange("count", count, 1, MAX_COUNT);
    GenerationSpec.Builder request = GenerationSpec.newBuilder().setCount(count);
    request.setPrompt(text("prompt", prompt));
    request.setNegativePrompt(text("negative_prompt", negativePrompt));
    request.setSeed(seed == null ? ThreadLocalRandom.current().nextLong(1L << 32) : seed);
    if (steps != null) {
      requireRange("num_inference_steps", steps, 1, MAX_STEPS);
      request.setNumInferenceSteps(steps);
    }
    if (guidance != null) {
      if (!(guidance >= 0 && guidance <= MAX_GUIDANCE)) { // NaN too
        throw bad("guidance_scale", guidance, "0 to 30, finite");
      }
      request.setGuidanceScale(guidance);
    }
    if (noiseScheduler != null) {
      try {
        request.setNoiseScheduler(NoiseSchedulerName.parse(noiseScheduler));
      } catch (IllegalArgumentException e) {
        throw new UsageException("--noise-scheduler: " + e.getMessage());
      }
    }
    if (model != null) {
      request.setModel(model);
    }
    addSize(request);
    addMasks(request);
    if (start != null) {
      request.setStartImage(start.toImage());
    }
    return request.build();
  }

  private static String text(String field, @Nullable String text) {
    if (text == null) {
      return "";
    }
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_PROMPT_BYTES) {
      throw tooLarge(
          field, bytes + " bytes or more", "at most " + MAX_PROMPT_BYTES + " bytes of UTF-8");
    }
    return text;
  }

  private void addSize(GenerationSpec.Builder request) {
    if (size == null) {
      return;
    }
    Matcher parts = SIZE.matcher(size);
    if (!parts.matches()) {
      throw new UsageException(
          "--size: '" + size + "' (expected: a side in pixels such as 128, or WIDTHxHEIGHT)");
    }
    int width = Integer.parseInt(parts.group(1));
    String second = parts.group(2);
    request.setWidth(width).setHeight(second == null ? width : Integer.parseInt(second));
  }

  private void addMasks(GenerationSpec.Builder request) throws IOException {
    Set<String> structures = new HashSet<>();
    for (int i = 0; i < masks.size(); i++) {
      String mask = masks.get(i);
      int equals = mask.indexOf('=');
      if (equals < 1 || equals == mask.length() - 1) {
        throw new UsageException(
            "--mask: '" + mask + "' (expected: STRUCTURE=FILE, such as heart=heart.png)");
      }
      String structure = mask.substring(0, equals);
      if (!STRUCTURE.matcher(structure).matches()) {
        throw new UsageException(
            "--mask: structure '" + structure + "' (expected: letters, digits, _ and -)");
      }
      if (!structures.add(structure)) {
        throw bad(
            "masks[" + i + "].structure", structure + " again", "each structure at most once");
      }
      byte[] png = read(mask.substring(equals + 1), i);
      request.addMasks(
          StructureMask.newBuilder().setStructure(structure).setPng(ByteString.copyFrom(png)));
    }
  }

  private byte[] read(String file, int index) throws IOException {
    Path path = Path.of(file);
    String field = "masks[" + index + "].png";
    if (!Files.isRegularFile(path)) {
      throw new UsageException("--mask: " + file + ": no such file (expected: an image)");
    }
    try {
      return Png.encode(ImageFile.readMask(path, MAX_MASK_SIDE).toImage());
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage());
      throw SynthoraxException.ofBadField(
          TOO_LARGE.matcher(message).find() ? "TOO_LARGE" : "INVALID_ARGUMENT",
          field,
          field + ": " + message);
    }
  }

  private static void requireRange(String field, int value, int low, int high) {
    if (value < low || value > high) {
      throw bad(field, value, low + " to " + high);
    }
  }

  private static SynthoraxException bad(String field, Object value, String expected) {
    return SynthoraxException.ofBadField(
        "INVALID_ARGUMENT", field, field + ": " + value + " (expected: " + expected + ")");
  }

  private static SynthoraxException tooLarge(String field, Object value, String expected) {
    return SynthoraxException.ofBadField(
        "TOO_LARGE", field, field + ": " + value + " (expected: " + expected + ")");
  }
}
