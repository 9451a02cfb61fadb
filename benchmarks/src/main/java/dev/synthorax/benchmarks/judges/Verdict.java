package dev.synthorax.benchmarks.judges;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;

/**
 * What one judge found: a table for people, figures by name for machines.
 *
 * @param title what was judged, with how many images
 * @param header names of the table's columns
 * @param rows cells as they are printed
 * @param figures numbers by name
 */
record Verdict(
    String title,
    List<String> header,
    List<List<String>> rows,
    SequencedMap<String, Double> figures) {

  /** Collects rows and figures. */
  static final class Builder {
    private final String title;
    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();
    private final SequencedMap<String, Double> figures = new LinkedHashMap<>();

    Builder(String title, String... header) {
      this.title = title;
      this.header = List.of(header);
    }

    void row(String... cells) {
      rows.add(List.of(cells));
    }

    void figure(String name, double value) {
      figures.put(name, value);
    }

    Verdict build() {
      return new Verdict(title, header, List.copyOf(rows), figures);
    }
  }

  /** With three digits after the point. */
  static String number(double value) {
    return Double.isNaN(value) ? "none" : String.format(Locale.ROOT, "%.3f", value);
  }

  String toMarkdown() {
    var text = new StringBuilder("**").append(title).append("**\n\n");
    line(text, header);
    line(text, header.stream().map(_ -> "---").toList());
    rows.forEach(row -> line(text, row));
    return text.append('\n').toString();
  }

  private static void line(StringBuilder text, List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
