package dev.synthorax.client.evaluation;

import dev.synthorax.client.table.CsvRow;
import dev.synthorax.client.table.CsvRows;
import dev.synthorax.client.table.TableException;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which group each image is in, column by column: sex, view, age. The column {@code age} is cut
 * into the bands 0-39, 40-59, 60-79 and 80+; an empty cell is the group {@value #UNKNOWN}.
 */
public final class ImageGroups {
  private static final String UNKNOWN = "unknown";

  private final Map<String, Map<String, String>> groupOfImage = new LinkedHashMap<>();

  private ImageGroups() {}

  /** No groups. */
  public static ImageGroups none() {
    return new ImageGroups();
  }

  /**
   * Reads the columns.
   *
   * @param columns names of the group columns
   * @throws TableException if one is missing or an image is in two groups of one
   */
  public static ImageGroups of(CsvRows table, List<String> columns) throws TableException {
    ImageGroups groups = new ImageGroups();
    if (!columns.isEmpty()) {
      table.require("--group", columns);
    }
    for (String column : columns) {
      Map<String, String> byImage = new TreeMap<>();
      for (CsvRow row : table.rows()) {
        String image = row.required("image");
        String group = group(row, column);
        String before = byImage.put(image, group);
        if (before != null && !before.equals(group)) {
          throw row.wrong(
              column, "'" + before + "', as in an earlier row of image '" + image + "'");
        }
      }
      groups.groupOfImage.put(column, byImage);
    }
    return groups;
  }

  private static String group(CsvRow row, String column) throws TableException {
    String cell = row.text(column);
    if (cell.isEmpty()) {
      return UNKNOWN;
    }
    if (!column.equals("age")) {
      return cell;
    }
    BigDecimal age;
    try {
      age = new BigDecimal(cell);
    } catch (NumberFormatException _) {
      throw row.wrong(column, "an age in years, or nothing");
    }
    if (age.signum() < 0 || age.intValue() > 150) {
      throw row.wrong(column, "an age in years, 0 to 150");
    }
    int years = age.intValue();
    return years < 40 ? "0-39" : years < 60 ? "40-59" : years < 80 ? "60-79" : "80+";
  }

  /** Returns the columns. */
  public Set<String> columns() {
    return groupOfImage.keySet();
  }

  /** Returns the groups of a column in alphabetical order. */
  public Set<String> groups(String column) {
    return new TreeSet<>(byImage(column).values());
  }

  /** Returns whether an image is in a group; an image without a row is in none. */
  public boolean isIn(String image, String column, String group) {
    return group.equals(byImage(column).get(image));
  }

  /** Returns the group of an image that has a row. */
  public String groupOf(String image, String column) {
    return byImage(column).getOrDefault(image, UNKNOWN);
  }

  /** Returns whether an image has a row. */
  public boolean knows(String image) {
    return groupOfImage.values().stream().allMatch(byImage -> byImage.containsKey(image));
  }

  private Map<String, String> byImage(String column) {
    return groupOfImage.getOrDefault(column, Map.of());
  }
}
