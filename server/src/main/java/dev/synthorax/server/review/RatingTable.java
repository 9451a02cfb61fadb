package dev.synthorax.server.review;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Ratings and who has rated what, in SQL. */
final class RatingTable {
  private static final String COUNTING =
      " AND revision = (SELECT MAX(n.revision) FROM review_ratings n WHERE n.set_name = r.set_name"
          + " AND n.item = r.item AND n.image = r.image AND n.reader = r.reader)";

  private final Handle handle;

  RatingTable(Handle handle) {
    this.handle = handle;
  }

  /** A rating as it is kept. */
  record Row(String reader, Rating rating, int revision, long ratedMillis) {}

  /** Ratings of an item as they count now, or all that ever did, by image, reader and revision. */
  List<Row> of(String set, String item, boolean history) {
    return handle
        .createQuery(
            "SELECT * FROM review_ratings r WHERE set_name = :set AND item = :item"
                + (history ? "" : COUNTING)
                + " ORDER BY image, reader, revision")
        .bind("set", set)
        .bind("item", item)
        .map((row, _) -> row(row))
        .list();
  }

  /** A reader's ratings of an item as they count now, by image. */
  List<Row> of(String set, String item, String reader) {
    return handle
        .createQuery(
            "SELECT * FROM review_ratings r WHERE set_name = :set AND item = :item AND reader ="
                + " :reader"
                + COUNTING
                + " ORDER BY image")
        .bind("set", set)
        .bind("item", item)
        .bind("reader", reader)
        .map((row, _) -> row(row))
        .list();
  }

  void insert(String set, String item, Row row) {
    handle.execute(
        "INSERT INTO review_ratings (set_name, item, image, reader, revision, text_score,"
            + " mask_score, rated_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        set,
        item,
        row.rating.image(),
        row.reader,
        row.revision,
        row.rating.textScore(),
        row.rating.maskScore(),
        row.ratedMillis);
  }

  /** Remembers that a reader has rated an item. */
  void markRead(String set, String item, String reader, long nowMillis) {
    handle.execute(
        "INSERT INTO review_readings (set_name, item, reader, rated_ms) VALUES (?, ?, ?, ?) ON"
            + " CONFLICT (set_name, item, reader) DO UPDATE SET rated_ms = excluded.rated_ms",
        set,
        item,
        reader,
        nowMillis);
  }

  boolean any(String set) {
    return handle
        .createQuery("SELECT EXISTS (SELECT 1 FROM review_readings WHERE set_name = :set) AS there")
        .bind("set", set)
        .mapTo(Boolean.class)
        .one();
  }

  int rated(String set, String reader) {
    return handle
        .createQuery(
            "SELECT COUNT(*) FROM review_readings WHERE set_name = :set AND reader = :reader")
        .bind("set", set)
        .bind("reader", reader)
        .mapTo(Integer.class)
        .one();
  }

  /** Items that a reader has not rated and that still want readers. */
  List<String> open(ReviewSet set, String reader) {
    return handle
        .createQuery(
            "SELECT item FROM review_items i WHERE set_name = :set AND NOT EXISTS (SELECT 1 FROM"
                + " review_readings m WHERE m.set_name = i.set_name AND m.item = i.item AND"
                + " m.reader = :reader) AND (:readers = 0 OR (SELECT COUNT(*) FROM review_readings"
                + " a WHERE a.set_name = i.set_name AND a.item = i.item) < :readers)")
        .bind("set", set.name())
        .bind("reader", reader)
        .bind("readers", set.readersPerItem())
        .mapTo(String.class)
        .list();
  }

  private static Row row(ResultSet row) throws SQLException {
    var rating =
        new Rating(row.getString("image"), score(row, "text_score"), score(row, "mask_score"));
    return new Row(
        row.getString("reader"), rating, row.getInt("revision"), row.getLong("rated_ms"));
  }

  private static @Nullable Integer score(ResultSet row, String column) throws SQLException {
    int score = row.getInt(column);
    return row.wasNull() ? null : score;
  }
}
