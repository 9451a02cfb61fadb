package dev.synthorax.client.augment;

import dev.synthorax.client.augment.plan.ArmKind;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.io.FileUtils;
import org.jspecify.annotations.Nullable;

/**
 * Room on the disk: estimated from a few images of the source, brought to the size of those to
 * come.
 *
 * @param atWork bytes in use at most: finished images and datasets
 * @param atEnd bytes of the datasets
 * @param usable bytes that are free where they go
 */
record Room(long atWork, long atEnd, long usable) {
  private static final int LOOKED_AT = 8; // images of the source
  private static final double WITHOUT_SOURCE = 0.75; // bytes a pixel of a PNG
  private static final long LINES = 3000; // bytes of manifest and tables, each image

  /** Formats that have their pixels uncompressed. */
  private static final Set<DatasetFormat> RAW =
      EnumSet.of(
          DatasetFormat.CANDID_PTX, DatasetFormat.SIIM, DatasetFormat.RSNA, DatasetFormat.SHARDS);

  /** Mean sizes, in bytes. */
  private record Means(double image, double mask, double pixels) {
    private double bytes(int masks, boolean raw) {
      return LINES + (raw ? pixels * (1 + masks) : image + mask * masks);
    }
  }

  /**
   * Estimates the room of a job.
   *
   * @param model null: no arm needs one
   * @param dataset where it will be
   */
  static Room of(AugmentJob job, List<ArmItems> arms, @Nullable GenerationModel model, Path dataset)
      throws IOException {
    List<Sample> samples = samples(job.source());
    Means own = means(samples, 0, 0);
    Means generated = model == null ? own : means(samples, model.width(), model.height());
    int ownMasks = samples.stream().mapToInt(sample -> sample.masks().size()).max().orElse(0);
    boolean raw = RAW.contains(job.plan().format());
    double items = 0;
    double end = 0;
    for (ArmItems arm : arms) {
      boolean classical = arm.arm().kind() == ArmKind.CLASSICAL;
      Means means = classical ? own : generated;
      int masks = classical ? ownMasks : arm.arm().structures().size();
      items += arm.size() * means.bytes(masks, false);
      end += arm.size() * means.bytes(masks, raw);
      if (arm.arm().includeSource() && job.source() != null) {
        end += job.source().size() * own.bytes(ownMasks, raw);
      }
    }
    return new Room(Math.round(items + end), Math.round(end), usable(dataset));
  }

  private static List<Sample> samples(@Nullable SourceImages source) {
    List<Sample> samples = new ArrayList<>();
    int looked = source == null ? 0 : Math.min(LOOKED_AT, source.size());
    for (int i = 0; i < looked && source != null; i++) {
      try {
        samples.add(source.training((int) ((long) i * source.size() / looked)).load());
      } catch (IOException e) {
        // found by those who look for it
      }
    }
    return samples;
  }

  /**
   * Returns the means of samples at a size.
   *
   * @param width 0: of each its own
   */
  private static Means means(List<Sample> samples, int width, int height) {
    double pixels = (double) width * height;
    if (samples.isEmpty()) {
      return new Means(pixels * WITHOUT_SOURCE, pixels / 100, pixels);
    }
    double images = 0;
    double masks = 0;
    double area = 0;
    int maskCount = 0;
    for (Sample sample : samples) {
      GrayImage image = sample.image();
      images += Png.encode(width == 0 ? image : image.resize(width, height)).length;
      area += width == 0 ? (double) image.width() * image.height() : pixels;
      for (BinaryMask mask : sample.masks().values()) {
        masks += Png.encode((width == 0 ? mask : mask.resize(width, height)).toImage()).length;
        maskCount++;
      }
    }
    return new Means(
        images / samples.size(), masks / Math.max(1, maskCount), area / samples.size());
  }

  private static long usable(Path path) throws IOException {
    Path there = path.toAbsolutePath().normalize();
    for (Path up = there; up != null; up = up.getParent()) {
      if (Files.exists(up)) {
        return Files.getFileStore(up).getUsableSpace();
      }
    }
    throw new IOException(path + ": no folder above it is there (expected: one)");
  }

  /**
   * Returns why the room is not enough, or null.
   *
   * @param finished folder of images that are there already
   */
  @Nullable String problem(Path finished) throws IOException {
    if (atWork <= usable) {
      return null;
    }
    long there = Files.isDirectory(finished) ? FileUtils.sizeOfDirectory(finished.toFile()) : 0;
    return atWork - there <= usable
        ? null
        : "room on the disk: "
            + bytes(usable)
            + " are free (expected: about "
            + bytes(atWork - there)
            + " while at work, "
            + bytes(atEnd)
            + " at the end)";
  }

  /** Returns bytes as people say them, {@code 1.2 GB}. */
  static String bytes(long bytes) {
    double value = bytes;
    List<String> units = List.of("bytes", "kB", "MB", "GB", "TB");
    int unit = 0;
    while (value >= 1000 && unit < units.size() - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, units.get(unit));
  }
}
