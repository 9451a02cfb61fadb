package dev.synthorax.training.stage;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * All samples of a training, from one or several folders of shards, counted from 0 through all of
 * them. Mapped, not read: memory does not grow with the number of samples.
 *
 * <p>The structures are those of all folders. A sample knows those of its own folder, less those
 * that its label leaves out; the mask of one it does not know is empty and means nothing.
 *
 * <p>A few samples of each large folder are held out: they are there to be looked at, and {@link
 * #order} never draws them.
 *
 * <p><b>Ownership:</b> owns the mappings.
 *
 * <p><b>Threading:</b> any thread may read.
 */
public final class Samples implements AutoCloseable {
  /**
   * Which samples are not learned from.
   *
   * @param every one of so many of a folder
   * @param most of a folder
   */
  public record HeldOut(int every, int most) {
    public static final HeldOut DEFAULT = new HeldOut(64, 64);

    /** Whether a sample of a folder is held out. */
    boolean has(int index) {
      return index % every == every - 1 && index / every < most;
    }
  }

  private record Part(SampleSource source, SampleShards shards, int first) {}

  private final List<Part> parts; // owned
  private final List<Label> labels;
  private final List<String> structures;

  private Samples(List<Part> parts, List<Label> labels, List<String> structures) {
    this.parts = parts;
    this.labels = labels;
    this.structures = structures;
  }

  /**
   * Maps every shard of every source.
   *
   * @throws InferenceException {@code INVALID_ARGUMENT}, naming the file, if a folder holds no
   *     shards, a shard is malformed or empty, or images of one folder have another size than those
   *     of the first
   */
  @MustBeClosed
  public static Samples open(List<SampleSource> sources) {
    if (sources.isEmpty()) {
      throw malformed("samples: no folder (expected: at least one)");
    }
    var parts = new ArrayList<Part>();
    try {
      var labels = new ArrayList<Label>();
      Set<String> structures = new LinkedHashSet<>();
      for (SampleSource source : sources) {
        parts.add(openPart(source, labels.size()));
        SampleShards shards = parts.getLast().shards();
        requireFits(parts.getFirst(), parts.getLast());
        labels.addAll(shards.labels());
        structures.addAll(shards.structures());
      }
      return new Samples(List.copyOf(parts), List.copyOf(labels), List.copyOf(structures));
    } catch (RuntimeException e) {
      parts.forEach(part -> part.shards().close());
      throw e;
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // closed with the samples
  private static Part openPart(SampleSource source, int first) {
    return new Part(source, SampleShards.open(source.folder()), first);
  }

  private static void requireFits(Part first, Part part) {
    if (part.shards().labels().isEmpty()) {
      throw malformed(
          part.source().folder() + ": shards without a sample (expected: at least one sample)");
    }
    int height = first.shards().height();
    int width = first.shards().width();
    if (part.shards().height() != height || part.shards().width() != width) {
      throw malformed(
          "%s: images of %d x %d (expected: %d x %d, as in %s; write the shards again with one size)"
              .formatted(
                  part.source().folder(),
                  part.shards().width(),
                  part.shards().height(),
                  width,
                  height,
                  first.source().folder()));
    }
  }

  private static InferenceException malformed(String message) {
    return new InferenceException(ErrorReason.INVALID_ARGUMENT, message);
  }

  /** The digest of every file, the mixture and what is held out. */
  public Identity identify(Identity before) throws IOException {
    Identity identity = before.withRecord("heldOut", HeldOut.DEFAULT);
    for (int i = 0; i < parts.size(); i++) {
      String name = "samples[%d]".formatted(i);
      Part part = parts.get(i);
      identity = identity.with(name + ".weight", part.source().weight());
      identity = part.shards().identify(identity, name);
    }
    return identity;
  }

  /** Number of samples. */
  public int size() {
    return labels.size();
  }

  /** Pixels of a column. */
  public int height() {
    return parts.getFirst().shards().height();
  }

  /** Pixels of a row. */
  public int width() {
    return parts.getFirst().shards().width();
  }

  /** Names of the mask channels, in order. */
  public List<String> structures() {
    return structures;
  }

  /** Labels in order of index. */
  public List<Label> labels() {
    return labels;
  }

  /**
   * Which samples each step learns from: each place of a batch belongs to a source, by the weights,
   * and takes that source's next sample.
   *
   * @param seed decides the order
   */
  public BatchOrder order(int batchSize, long seed) {
    Set<Integer> heldOut = IntStream.of(heldOut()).boxed().collect(Collectors.toSet());
    return order(batchSize, seed, index -> !heldOut.contains(index));
  }

  /**
   * The same over other samples than those that are not held out.
   *
   * @param included which samples are drawn, by their index
   * @throws IllegalArgumentException if none is
   */
  public BatchOrder order(int batchSize, long seed, IntPredicate included) {
    var sources = new ArrayList<BatchOrder.Source>();
    for (Part part : parts) {
      int first = part.first();
      int[] learned =
          IntStream.range(first, first + part.shards().labels().size()).filter(included).toArray();
      if (learned.length > 0) {
        sources.add(new BatchOrder.Source(learned, part.source().weight()));
      }
    }
    return new BatchOrder(sources, batchSize, seed);
  }

  /** Indices of the samples that no order draws; empty where there are few samples. */
  public int[] heldOut() {
    return parts.stream()
        .flatMapToInt(
            part ->
                IntStream.range(0, part.shards().labels().size())
                    .filter(HeldOut.DEFAULT::has)
                    .map(index -> part.first() + index))
        .toArray();
  }

  /**
   * Images scaled to -1 (black) .. 1 (white).
   *
   * @return {@code [indices, 1, height, width]}
   */
  public float[] images(int[] indices) {
    int pixels = height() * width();
    float[] result = new float[indices.length * pixels];
    for (int i = 0; i < indices.length; i++) {
      Part part = partOf(indices[i]);
      part.shards().copyImage(indices[i] - part.first(), result, i * pixels);
    }
    return result;
  }

  /**
   * Masks, 0 or 1; 0 where a structure is not known.
   *
   * @return {@code [indices, structures, height, width]}
   */
  public float[] masks(int[] indices) {
    return masks(indices, structures);
  }

  /**
   * The same of some structures.
   *
   * @param wanted in the order of the channels
   * @return {@code [indices, wanted, height, width]}
   */
  public float[] masks(int[] indices, List<String> wanted) {
    int pixels = height() * width();
    float[] result = new float[indices.length * wanted.size() * pixels];
    for (int i = 0; i < indices.length; i++) {
      Part part = partOf(indices[i]);
      for (int k = 0; k < wanted.size(); k++) {
        if (knows(part, indices[i], wanted.get(k))) {
          part.shards()
              .copyMask(
                  indices[i] - part.first(),
                  part.shards().structures().indexOf(wanted.get(k)),
                  result,
                  (i * wanted.size() + k) * pixels);
        }
      }
    }
    return result;
  }

  /**
   * Whether each structure of each sample was drawn, 1 or 0.
   *
   * @return {@code [indices, structures]}
   */
  public float[] known(int[] indices) {
    float[] result = new float[indices.length * structures.size()];
    for (int i = 0; i < result.length; i++) {
      int index = indices[i / structures.size()];
      result[i] = knows(partOf(index), index, structures.get(i % structures.size())) ? 1 : 0;
    }
    return result;
  }

  private boolean knows(Part part, int index, String structure) {
    return part.shards().structures().contains(structure) && labels.get(index).knows(structure);
  }

  private Part partOf(int index) {
    int last = parts.size() - 1;
    while (parts.get(last).first() > index) {
      last--;
    }
    return parts.get(last);
  }

  /** Unmaps the files. Idempotent. */
  @Override
  public void close() {
    parts.forEach(part -> part.shards().close());
  }
}
