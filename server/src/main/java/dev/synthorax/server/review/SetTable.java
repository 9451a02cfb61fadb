package dev.synthorax.server.review;

import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The sets, in SQL. */
final class SetTable {
  private final Handle handle;

  SetTable(Handle handle) {
    this.handle = handle;
  }

  /** A set with when it was begun, and whether all of it is there. */
  record Row(ReviewSet set, boolean whole, long createdMillis) {}

  void insert(ReviewSet set, long nowMillis) {
    handle
        .createUpdate(
            "INSERT INTO review_sets (name, instructions, items, readers_per_item, order_seed,"
                + " whole, created_ms) VALUES (:name, :instructions, :items, :readers, :seed, 0,"
                + " :now)")
        .bind("name", set.name())
        .bind("instructions", set.instructions())
        .bind("items", set.items())
        .bind("readers", set.readersPerItem())
        .bind("seed", set.orderSeed())
        .bind("now", nowMillis)
        .execute();
  }

  Optional<Row> find(String name) {
    return handle
        .createQuery("SELECT * FROM review_sets WHERE name = :name")
        .bind("name", name)
        .map((row, _) -> row(row))
        .findOne();
  }

  /**
   * A set, whole or not.
   *
   * @throws ServerException {@code REVIEW_NOT_FOUND} if there is none of that name
   */
  Row row(String name) {
    return find(name).orElseThrow(() -> missing(name, "there is no review set " + name));
  }

  /**
   * A set that readers see.
   *
   * @throws ServerException {@code REVIEW_NOT_FOUND} if there is none of that name, or it is not
   *     whole
   */
  ReviewSet whole(String name) {
    Row row = row(name);
    if (!row.whole) {
      throw missing(
          name,
          "review set %s is not whole: it is being sent, or that was cut (expected: all %d items)"
              .formatted(name, row.set.items()));
    }
    return row.set;
  }

  private static ServerException missing(String name, String what) {
    return new ServerException(ServerReason.REVIEW_NOT_FOUND, what, name);
  }

  /** Every set, by name. */
  List<Row> all() {
    return handle
        .createQuery("SELECT * FROM review_sets ORDER BY name")
        .map((row, _) -> row(row))
        .list();
  }

  void markWhole(String name) {
    handle.execute("UPDATE review_sets SET whole = 1 WHERE name = ?", name);
  }

  /** Removes a set with its items and ratings. */
  void delete(String name) {
    handle.execute("DELETE FROM review_ratings WHERE set_name = ?", name);
    handle.execute("DELETE FROM review_readings WHERE set_name = ?", name);
    handle.execute("DELETE FROM review_sets WHERE name = ?", name);
  }

  /** What is known of a set beside itself. */
  ReviewStatus status(Row row) {
    String name = row.set.name();
    return new ReviewStatus(
        row.set,
        handle
            .createQuery("SELECT COUNT(*) FROM review_images WHERE set_name = :set")
            .bind("set", name)
            .mapTo(Integer.class)
            .one(),
        row.createdMillis,
        row.whole,
        handle
            .createQuery(
                "SELECT reader, COUNT(*) AS rated, MAX(rated_ms) AS last_ms FROM review_readings"
                    + " WHERE set_name = :set GROUP BY reader ORDER BY reader")
            .bind("set", name)
            .map(
                (reader, _) ->
                    new ReviewStatus.Reader(
                        reader.getString("reader"),
                        reader.getInt("rated"),
                        reader.getLong("last_ms")))
            .list(),
        handle
            .createQuery(
                "SELECT DISTINCT model, model_version FROM review_items WHERE set_name = :set ORDER"
                    + " BY model, model_version")
            .bind("set", name)
            .map(
                (model, _) ->
                    (model.getString("model") + " " + model.getString("model_version")).strip())
            .list()
            .stream()
            .filter(model -> !model.isEmpty())
            .toList());
  }

  private static Row row(ResultSet row) throws SQLException {
    var set =
        new ReviewSet(
            row.getString("name"),
            row.getString("instructions"),
            row.getInt("items"),
            row.getInt("readers_per_item"),
            row.getLong("order_seed"));
    return new Row(set, row.getInt("whole") == 1, row.getLong("created_ms"));
  }
}
