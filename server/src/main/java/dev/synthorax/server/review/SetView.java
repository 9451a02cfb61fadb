package dev.synthorax.server.review;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** The items of one set with what was said of them, put together from the tables. */
final class SetView {
  private final ReviewSet set;
  private final ItemTable items;
  private final RatingTable ratings;

  SetView(Handle handle, ReviewSet set) {
    this.set = set;
    items = new ItemTable(handle);
    ratings = new RatingTable(handle);
  }

  /** An item as a reader sees it. */
  ReviewTask task(String item, String reader) {
    String name = set.name();
    return new ReviewTask(
        item,
        items.row(name, item).prompt(),
        items.masks(name, item),
        items.pictures(name, item, new ReaderOrder(set.orderSeed(), reader)),
        ratings.of(name, item, reader).stream().map(RatingTable.Row::rating).toList());
  }

  /** The images of an item that are rated, with what their scores come to. */
  RatedItem rated(ItemTable.Row item, String reader) {
    String name = set.name();
    Map<String, List<Rating>> byImage =
        ratings.of(name, item.item(), false).stream()
            .filter(row -> reader.isEmpty() || reader.equals(row.reader()))
            .map(RatingTable.Row::rating)
            .collect(Collectors.groupingBy(Rating::image));
    if (byImage.isEmpty()) {
      return new RatedItem(item.item(), item.prompt(), List.of(), List.of());
    }
    return new RatedItem(
        item.item(),
        item.prompt(),
        items.masks(name, item.item()),
        items.pictures(name, item.item()).stream()
            .filter(image -> byImage.containsKey(image.name()))
            .map(image -> RatedItem.Image.of(image, byImage.getOrDefault(image.name(), List.of())))
            .toList());
  }

  /** Ratings of an item with all that is known of them. */
  List<RatingRecord> records(ItemTable.Row item, String reader, boolean history) {
    List<RatingTable.Row> found =
        ratings.of(set.name(), item.item(), history).stream()
            .filter(row -> reader.isEmpty() || reader.equals(row.reader()))
            .toList();
    if (found.isEmpty()) {
      return List.of();
    }
    List<String> structures = items.structures(set.name(), item.item());
    return found.stream()
        .map(
            row ->
                new RatingRecord(
                    item.item(),
                    row.reader(),
                    row.rating(),
                    row.revision(),
                    row.ratedMillis(),
                    item.prompt(),
                    structures,
                    item.model(),
                    item.modelVersion(),
                    items.seed(set.name(), row.rating().image())))
        .toList();
  }
}
