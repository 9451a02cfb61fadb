package dev.synthorax.server.review;

import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The items of sets with their pictures, in SQL. */
final class ItemTable {
  private final Handle handle;

  ItemTable(Handle handle) {
    this.handle = handle;
  }

  /** What an item is, without pixels. */
  record Row(String item, int position, String prompt, String model, String modelVersion) {}

  private record Stored(String structureOrImage, @Nullable Long seed, String sha256) {}

  /** The digest of an item; null where it is not there. */
  @Nullable String digest(String set, String item) {
    return handle
        .createQuery("SELECT digest FROM review_items WHERE set_name = :set AND item = :item")
        .bind("set", set)
        .bind("item", item)
        .mapTo(String.class)
        .findOne()
        .orElse(null);
  }

  int count(String set) {
    return handle
        .createQuery("SELECT COUNT(*) FROM review_items WHERE set_name = :set")
        .bind("set", set)
        .mapTo(Integer.class)
        .one();
  }

  /** The item that has an image of that name; null where none has. */
  @Nullable String ownerOf(String set, String image) {
    return handle
        .createQuery("SELECT item FROM review_images WHERE set_name = :set AND image = :image")
        .bind("set", set)
        .bind("image", image)
        .mapTo(String.class)
        .findOne()
        .orElse(null);
  }

  void insert(String set, int position, ReviewItem item) {
    handle
        .createUpdate(
            "INSERT INTO review_items (set_name, item, position, digest, prompt, model,"
                + " model_version, settings) VALUES (:set, :item, :position, :digest, :prompt,"
                + " :model, :version, :settings)")
        .bind("set", set)
        .bind("item", item.item())
        .bind("position", position)
        .bind("digest", item.digest())
        .bind("prompt", item.prompt())
        .bind("model", item.model())
        .bind("version", item.modelVersion())
        .bind("settings", item.settings())
        .execute();
    for (int i = 0; i < item.masks().size(); i++) {
      Picture mask = item.masks().get(i);
      insert(mask);
      handle.execute(
          "INSERT INTO review_masks (set_name, item, position, structure, sha256) VALUES (?, ?, ?,"
              + " ?, ?)",
          set,
          item.item(),
          i,
          mask.name(),
          mask.sha256());
    }
    for (int i = 0; i < item.images().size(); i++) {
      Picture image = item.images().get(i);
      insert(image);
      handle.execute(
          "INSERT INTO review_images (set_name, item, position, image, seed, sha256) VALUES (?, ?,"
              + " ?, ?, ?, ?)",
          set,
          item.item(),
          i,
          image.name(),
          image.seed(),
          image.sha256());
    }
  }

  private void insert(Picture picture) {
    handle.execute(
        "INSERT INTO review_pictures (sha256, png) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING",
        picture.sha256(),
        picture.png());
  }

  /**
   * One item without its pictures.
   *
   * @throws ServerException {@code REVIEW_NOT_FOUND} if the set has none of that name
   */
  Row row(String set, String item) {
    return handle
        .createQuery("SELECT * FROM review_items WHERE set_name = :set AND item = :item")
        .bind("set", set)
        .bind("item", item)
        .map((row, _) -> row(row))
        .findOne()
        .orElseThrow(
            () ->
                new ServerException(
                    ServerReason.REVIEW_NOT_FOUND,
                    "review set %s has no item %s (expected: one that it answered with)"
                        .formatted(set, item),
                    item));
  }

  /** Items of some positions, in order. */
  List<Row> rows(String set, int from, int to) {
    return handle
        .createQuery(
            "SELECT * FROM review_items WHERE set_name = :set AND position >= :from AND position <"
                + " :to ORDER BY position")
        .bind("set", set)
        .bind("from", from)
        .bind("to", to)
        .map((row, _) -> row(row))
        .list();
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        row.getString("item"),
        row.getInt("position"),
        row.getString("prompt"),
        row.getString("model"),
        row.getString("model_version"));
  }

  List<String> structures(String set, String item) {
    return handle
        .createQuery(
            "SELECT structure FROM review_masks WHERE set_name = :set AND item = :item ORDER BY"
                + " position")
        .bind("set", set)
        .bind("item", item)
        .mapTo(String.class)
        .list();
  }

  /** Structures of all masks of a set, each once, by name. */
  List<String> structures(String set) {
    return handle
        .createQuery(
            "SELECT DISTINCT structure FROM review_masks WHERE set_name = :set ORDER BY structure")
        .bind("set", set)
        .mapTo(String.class)
        .list();
  }

  /** The images with their pixels, in order. */
  List<Picture> pictures(String set, String item) {
    return images(set, item).stream().map(this::picture).toList();
  }

  /** Names of an item's images, in order. */
  List<String> imageNames(String set, String item) {
    return images(set, item).stream().map(Stored::structureOrImage).toList();
  }

  /** An image's seed; null where it is not known. */
  @Nullable Long seed(String set, String image) {
    return handle
        .createQuery("SELECT seed FROM review_images WHERE set_name = :set AND image = :image")
        .bind("set", set)
        .bind("image", image)
        .map((row, _) -> seed(row))
        .one();
  }

  /** The masks with their pixels. */
  List<Picture> masks(String set, String item) {
    return handle
        .createQuery(
            "SELECT structure, sha256 FROM review_masks WHERE set_name = :set AND item = :item"
                + " ORDER BY position")
        .bind("set", set)
        .bind("item", item)
        .map((row, _) -> new Stored(row.getString("structure"), null, row.getString("sha256")))
        .stream()
        .map(this::picture)
        .toList();
  }

  /** The images with their pixels, in the order of a reader. */
  List<Picture> pictures(String set, String item, ReaderOrder order) {
    return order.of(images(set, item), Stored::structureOrImage).stream()
        .map(this::picture)
        .toList();
  }

  private List<Stored> images(String set, String item) {
    return handle
        .createQuery(
            "SELECT image, seed, sha256 FROM review_images WHERE set_name = :set AND item = :item"
                + " ORDER BY position")
        .bind("set", set)
        .bind("item", item)
        .map((row, _) -> new Stored(row.getString("image"), seed(row), row.getString("sha256")))
        .list();
  }

  private static @Nullable Long seed(ResultSet row) throws SQLException {
    long seed = row.getLong("seed");
    return row.wasNull() ? null : seed;
  }

  private Picture picture(Stored stored) {
    byte[] png =
        handle
            .createQuery("SELECT png FROM review_pictures WHERE sha256 = :sha256")
            .bind("sha256", stored.sha256)
            .map((row, _) -> row.getBytes("png"))
            .one();
    return new Picture(stored.structureOrImage, stored.seed, png);
  }

  /** Removes pictures that no item shows any more. */
  void dropLoosePictures() {
    handle.execute(
        "DELETE FROM review_pictures WHERE NOT EXISTS (SELECT 1 FROM review_images i WHERE i.sha256"
            + " = review_pictures.sha256) AND NOT EXISTS (SELECT 1 FROM review_masks m WHERE"
            + " m.sha256 = review_pictures.sha256)");
  }
}
