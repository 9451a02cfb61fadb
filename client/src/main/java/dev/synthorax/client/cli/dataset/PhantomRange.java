package dev.synthorax.client.cli.dataset;

import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.phantom.Site;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run of phantom seeds within one site; where it was asked for by its split, within that too, so
 * that no patient is in two.
 *
 * @param first its first seed
 * @param count how many, >= 1
 */
record PhantomRange(long first, int count) {
  /**
   * Returns the ranges that the options name.
   *
   * @param counts a number, or numbers by split: {@code train=400,test=100}
   * @param site null: that of the seed, else A
   * @param split null: that of the seed, else train
   * @param seed null: the first of site and split
   * @throws IllegalArgumentException if they do not go together; the message names the option
   */
  static List<PhantomRange> of(
      String counts, @Nullable Site site, @Nullable Split split, @Nullable Long seed) {
    if (!counts.contains("=")) {
      return List.of(one(count(counts), site, split, seed));
    }
    if (split != null || seed != null) {
      throw new IllegalArgumentException(
          "--count: '"
              + counts
              + "' (expected with --split or --seed: a number; counts by split start at the first"
              + " seed of each)");
    }
    Map<Split, Integer> bySplit = new EnumMap<>(Split.class);
    for (String part : counts.split(",", -1)) {
      String[] halves = part.split("=", -1);
      if (halves.length != 2) {
        throw wrong(counts);
      }
      Split named = Split.ofWireName(halves[0]);
      if (bySplit.put(named, count(halves[1].strip())) != null) {
        throw new IllegalArgumentException(
            "--count: '" + counts + "' names " + named.wireName() + " twice (expected: once)");
      }
    }
    List<PhantomRange> ranges = new ArrayList<>();
    bySplit.forEach((named, count) -> ranges.add(one(count, site, named, null)));
    return List.copyOf(ranges);
  }

  private static int count(String text) {
    int count;
    try {
      count = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw wrong(text);
    }
    if (count < 1) {
      throw new IllegalArgumentException("--count: " + count + " (expected: >= 1)");
    }
    return count;
  }

  private static IllegalArgumentException wrong(String counts) {
    return new IllegalArgumentException(
        "--count: '"
            + counts
            + "' (expected: a whole number, or one for each split: train=400,validation=50,"
            + "test=100)");
  }

  private static PhantomRange one(
      int count, @Nullable Site site, @Nullable Split split, @Nullable Long seed) {
    if (seed == null) {
      Site of = site == null ? Site.A : site;
      Split in = split == null ? Split.TRAIN : split;
      return new PhantomRange(of.first(in), count).within(of, in);
    }
    Site of = Site.of(seed);
    if (site != null && site != of) {
      throw new IllegalArgumentException(
          "--seed: "
              + seed
              + " is of site "
              + of
              + " (expected with --site "
              + site
              + ": a seed of that site, or none)");
    }
    PhantomRange range = new PhantomRange(seed, count);
    return split == null ? range : range.within(of, split);
  }

  private PhantomRange within(Site of, Split in) {
    if (first < of.first(in) || first > of.last(in) || count - 1 > of.last(in) - first) {
      throw new IllegalArgumentException(
          count
              + " phantoms from seed "
              + first
              + " leave "
              + in.wireName()
              + " of site "
              + of
              + " (expected: seeds "
              + of.first(in)
              + ".."
              + of.last(in)
              + ")");
    }
    return this;
  }
}
