package dev.synthorax.client.dataset.format;

/**
 * Where an image file is, and which row says so.
 *
 * @param file relative to the dataset's folder, with {@code /}
 * @param table the table's path, one string for all its rows
 * @param line the row's line in the table
 */
record Place(String file, String table, int line) {
  /** Returns the row, for messages. */
  String at() {
    return table + ": line " + line;
  }
}
