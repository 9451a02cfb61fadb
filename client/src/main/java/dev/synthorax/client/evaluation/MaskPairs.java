package dev.synthorax.client.evaluation;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.evaluation.MaskSet.Masks;
import dev.synthorax.client.evaluation.MaskTable.Measured;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.metrics.MaskScores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** True masks, each with its prediction. */
public final class MaskPairs {
  private final MaskSet truth;
  private final MaskSet prediction;
  private final List<String> warnings;

  private MaskPairs(MaskSet truth, MaskSet prediction, List<String> warnings) {
    this.truth = truth;
    this.prediction = prediction;
    this.warnings = List.copyOf(warnings);
  }

  /**
   * Pairs masks of equal image and structure. Where one side names no structure and the other has a
   * single one, that is meant. Structures of a data set that nobody predicted are left out, with a
   * warning.
   *
   * @throws IOException if a mask has no partner; names the first and says how many
   */
  public static MaskPairs of(MaskSet truth, MaskSet prediction) throws IOException {
    List<String> warnings = new ArrayList<>(truth.warnings());
    warnings.addAll(prediction.warnings());
    MaskSet truths = underTheNameOf(truth, prediction);
    MaskSet predictions = underTheNameOf(prediction, truth);
    Set<String> unpredicted = new TreeSet<>(truths.structures());
    unpredicted.removeAll(predictions.structures());
    if (truths.isDataset()
        && !unpredicted.isEmpty()
        && unpredicted.size() < truths.structures().size()) {
      truths = truths.without(unpredicted);
      warnings.add(
          "%s: no predictions of %s; left out"
              .formatted(prediction.path(), String.join(", ", unpredicted)));
    }
    requirePartners(truths, predictions);
    requirePartners(predictions, truths);
    return new MaskPairs(truths, predictions, warnings);
  }

  private static MaskSet underTheNameOf(MaskSet masks, MaskSet others) {
    Set<String> names = others.structures();
    boolean named = names.size() == 1 && !names.contains("");
    return named && masks.structures().equals(Set.of(""))
        ? masks.called(names.iterator().next())
        : masks;
  }

  private static void requirePartners(MaskSet from, MaskSet to) throws IOException {
    TreeSet<MaskSet.Key> lonely = new TreeSet<>(from.byKey().keySet());
    lonely.removeAll(to.byKey().keySet());
    if (!lonely.isEmpty()) {
      throw new IOException(
          "%s: '%s' has no partner in %s (expected: the same names in both, endings aside; %d without partner)"
              .formatted(from.path(), lonely.first(), to.path(), lonely.size()));
    }
  }

  /** Returns what was passed over or left out, one line each. */
  public List<String> warnings() {
    return warnings;
  }

  /** Returns the number of pairs. */
  public int size() {
    return truth.byKey().size();
  }

  /** Returns the names of the images. */
  public Set<String> images() {
    return truth.images().keySet();
  }

  /**
   * Reads and measures all pairs, on all cores.
   *
   * @param done is told of each pair that is measured, from any thread
   * @return in order of image and structure
   * @throws IOException if a mask cannot be read or two differ in size
   */
  public List<Measured> measure(MaskScores.Settings settings, Runnable done) throws IOException {
    try {
      return truth.images().entrySet().parallelStream()
          .flatMap(image -> measure(image.getKey(), image.getValue(), settings, done))
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private Stream<Measured> measure(
      String image, Masks masks, MaskScores.Settings settings, Runnable done) {
    List<Measured> measured = new ArrayList<>();
    try {
      Masks partners = requireNonNull(prediction.images().get(image));
      Map<String, BinaryMask> truths = masks.loader().load(masks.structures());
      Map<String, BinaryMask> predictions = partners.loader().load(masks.structures());
      for (String structure : masks.structures()) {
        BinaryMask first = requireNonNull(truths.get(structure));
        BinaryMask second = requireNonNull(predictions.get(structure));
        requireOneSize(new MaskSet.Key(image, structure), first, second);
        measured.add(
            new Measured(
                image,
                structure,
                masks.patient(),
                first.area() > 0,
                MaskScores.of(first, second, settings)));
        done.run();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return measured.stream();
  }

  private void requireOneSize(MaskSet.Key key, BinaryMask first, BinaryMask second)
      throws IOException {
    if (first.width() != second.width() || first.height() != second.height()) {
      throw new IOException(
          "%s: '%s' is %d x %d, but in %s %d x %d (expected: one size)"
              .formatted(
                  prediction.path(),
                  key,
                  second.width(),
                  second.height(),
                  truth.path(),
                  first.width(),
                  first.height()));
    }
  }
}
