package dev.synthorax.client.stats;

import java.util.ArrayList;
import java.util.List;

/** Rows of cells as aligned lines of text. */
public final class TextTable {
  private TextTable() {}

  /**
   * Pads the cells of each column to one width, with two blanks between columns.
   *
   * @param rows all of one length; usually the first is the header
   * @param words how many columns, from the left, are aligned left; the others are numbers
   */
  public static List<String> aligned(List<List<String>> rows, int words) {
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        int at = column;
        int width = rows.stream().mapToInt(each -> each.get(at).length()).max().orElseThrow();
        String cell = row.get(column);
        String blanks = " ".repeat(width - cell.length());
        line.append(column == 0 ? "" : "  ");
        line.append(column < words ? cell + blanks : blanks + cell);
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
