package dev.synthorax.client.stats;

import dev.synthorax.client.table.TableException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Pairs every arm with the baseline, task by task and unit by unit. A unit that one side lacks, a
 * unit given twice, and a unit that the sides describe differently are errors.
 *
 * @param pairs tasks in order of appearance and in each the arms in theirs
 * @param warnings arms that have nothing to compare in a task
 */
record Pairing(List<PairedScores> pairs, List<String> warnings) {
  Pairing {
    pairs = List.copyOf(pairs);
    warnings = List.copyOf(warnings);
  }

  /**
   * Pairs the scores of a file.
   *
   * @param arms all arms of the file, with the baseline
   * @throws TableException where a unit has no partner, or is given twice or inconsistently
   */
  static Pairing of(
      String file,
      String unitName,
      List<String> arms,
      String baseline,
      List<ScoreFile.Score> scores)
      throws TableException {
    Map<String, Map<String, SortedMap<String, ScoreFile.Score>>> byTask = new LinkedHashMap<>();
    for (ScoreFile.Score score : scores) {
      ScoreFile.Score twin =
          byTask
              .computeIfAbsent(score.task(), _ -> new LinkedHashMap<>())
              .computeIfAbsent(score.arm(), _ -> new TreeMap<>())
              .put(score.unit(), score);
      if (twin != null) {
        throw new TableException(
            "%s: line %d: %s again, first in line %d (expected: one row for each arm, %s, metric and task)"
                .formatted(file, score.line(), words(score, unitName), twin.line(), unitName));
      }
    }
    List<PairedScores> pairs = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    for (Map.Entry<String, Map<String, SortedMap<String, ScoreFile.Score>>> task :
        byTask.entrySet()) {
      SortedMap<String, ScoreFile.Score> ofBaseline =
          task.getValue().getOrDefault(baseline, new TreeMap<>());
      for (String arm : arms) {
        SortedMap<String, ScoreFile.Score> ofArm =
            task.getValue().getOrDefault(arm, new TreeMap<>());
        if (arm.equals(baseline)) {
          continue;
        }
        if (ofArm.isEmpty()) {
          warnings.add(
              file + ": arm '" + arm + "' has no rows" + in(task.getKey()) + "; not compared");
          continue;
        }
        requirePartners(file, unitName, ofArm, ofBaseline, baseline);
        requirePartners(file, unitName, ofBaseline, ofArm, arm);
        pairs.add(
            new PairedScores(
                arm, task.getKey(), List.copyOf(ofArm.values()), List.copyOf(ofBaseline.values())));
      }
    }
    return new Pairing(pairs, warnings);
  }

  private static void requirePartners(
      String file,
      String unitName,
      SortedMap<String, ScoreFile.Score> from,
      SortedMap<String, ScoreFile.Score> to,
      String partner)
      throws TableException {
    for (ScoreFile.Score score : from.values()) {
      ScoreFile.Score other = to.get(score.unit());
      if (other == null) {
        throw new TableException(
            "%s: line %d: %s has no partner in arm '%s' (expected: the same %ss in both; %s %s has %s)"
                .formatted(
                    file,
                    score.line(),
                    words(score, unitName),
                    partner,
                    unitName,
                    "arm",
                    "'" + partner + "'",
                    to.isEmpty() ? "none" : some(to)));
      }
      if (!other.cluster().equals(score.cluster()) || other.truth() != score.truth()) {
        boolean patients = !other.cluster().equals(score.cluster());
        throw new TableException(
            "%s: line %d: %s has %s, but line %d has %s (expected: the same in every arm)"
                .formatted(
                    file,
                    score.line(),
                    words(score, unitName),
                    patients ? "patient '" + score.cluster() + "'" : "truth " + bit(score.truth()),
                    other.line(),
                    patients
                        ? "patient '" + other.cluster() + "'"
                        : "truth " + bit(other.truth())));
      }
    }
  }

  private static int bit(boolean value) {
    return value ? 1 : 0;
  }

  private static String words(ScoreFile.Score score, String unitName) {
    return "arm '" + score.arm() + "', " + unitName + " '" + score.unit() + "'" + in(score.task());
  }

  private static String in(String task) {
    return task.isEmpty() ? "" : " in task '" + task + "'";
  }

  private static String some(SortedMap<String, ScoreFile.Score> units) {
    int shown = 8;
    String names = String.join(", ", units.keySet().stream().limit(shown).toList());
    return units.size() > shown ? names + ", ... " + units.size() + " in all" : names;
  }
}
