package dev.synthorax.client;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What somebody may have meant who typed a word that does not exist. */
public final class Nearest {
  private Nearest() {}

  /**
   * Returns the one of {@code candidates} that is nearest to {@code word}: it starts with it, or a
   * third of its letters at most was mistyped. Returns null if there is none, or several are as
   * near.
   */
  public static @Nullable String of(String word, Collection<String> candidates) {
    String typed = word.toLowerCase(Locale.ROOT);
    List<String> longer =
        candidates.stream()
            .filter(name -> name.toLowerCase(Locale.ROOT).startsWith(typed))
            .distinct()
            .toList();
    if (typed.length() > 1 && longer.size() == 1) {
      return longer.getFirst();
    }
    String nearest = null;
    int least = Integer.MAX_VALUE;
    for (String candidate : candidates) {
      int distance = distance(typed, candidate.toLowerCase(Locale.ROOT));
      int allowed = (Math.max(typed.length(), candidate.length()) + 1) / 3;
      if (distance <= allowed && distance <= least && !candidate.equals(nearest)) {
        nearest = distance == least ? null : candidate;
        least = distance;
      }
    }
    return nearest;
  }

  /**
   * Returns the number of letters that were left out, added, changed or swapped with the next.
   *
   * @see <a href="https://doi.org/10.1145/363958.363994">Damerau, 1964</a>
   */
  static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int changed = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        cost[i][j] =
            Math.min(cost[i - 1][j - 1] + changed, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
