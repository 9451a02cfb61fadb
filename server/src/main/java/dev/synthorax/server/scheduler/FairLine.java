package dev.synthorax.server.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Those who take turns. The first that can use what is left of a step is found without looking at
 * the others: they stand in one order for each kind of image that they have, by what it takes of a
 * step: one row or two, and a slot or none.
 *
 * <p><b>Threading:</b> one thread.
 *
 * @param <M> a member, in one line at a time
 */
final class FairLine<M extends FairLine.Member> {
  /** Bits of a set of kinds. */
  private static final int KINDS = 4;

  private final Comparator<M> order;
  private final List<NavigableSet<M>> byKind = new ArrayList<>(KINDS);

  /** Who takes turns. */
  abstract static class Member {
    int listed; // kinds that it is in line for

    /** Kinds of the images that could take a step now. */
    abstract int kinds();
  }

  /** An empty line; members are equal where the order says so. */
  FairLine(Comparator<M> order) {
    this.order = order;
    for (int kind = 0; kind < KINDS; kind++) {
      byKind.add(new TreeSet<>(order));
    }
  }

  /** The kind of an image, as a set. */
  static int kind(int rows, boolean begun) {
    return 1 << (rows - 1 + (begun ? 0 : 2));
  }

  /** Kinds that fit what is left of a step. */
  static int fitting(int rows, int slots) {
    int kinds = 0;
    for (int each = 1; each <= Math.min(2, rows); each++) {
      kinds |= kind(each, true) | (slots > 0 ? kind(each, false) : 0);
    }
    return kinds;
  }

  /** Kinds that some member has. */
  int kinds() {
    int kinds = 0;
    for (int kind = 0; kind < KINDS; kind++) {
      kinds |= byKind.get(kind).isEmpty() ? 0 : 1 << kind;
    }
    return kinds;
  }

  /** A member comes into line, or has other kinds of images than it had; its place is the same. */
  void update(M member) {
    list(member, member.kinds());
  }

  /** A member leaves the line; before anything that the order looks at changes. */
  void leave(M member) {
    list(member, 0);
  }

  private void list(M member, int kinds) {
    for (int kind = 0; kind < KINDS; kind++) {
      int bit = 1 << kind;
      if ((kinds & bit) != 0 && (member.listed & bit) == 0) {
        byKind.get(kind).add(member);
      } else if ((kinds & bit) == 0 && (member.listed & bit) != 0) {
        byKind.get(kind).remove(member);
      }
    }
    member.listed = kinds;
  }

  /** Who is next among those with an image of some kinds; null: nobody. */
  @Nullable M first(int kinds) {
    M first = null;
    for (int kind = 0; kind < KINDS; kind++) {
      if ((kinds >> kind & 1) == 1 && !byKind.get(kind).isEmpty()) {
        M head = byKind.get(kind).first();
        first = first == null || order.compare(head, first) < 0 ? head : first;
      }
    }
    return first;
  }
}
