package dev.synthorax.server.review;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.records.Records;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What readers are asked and what they said. Each method is one transaction; its future ends with a
 * {@link ServerException}, {@code REVIEW_NOT_FOUND} where there is no such set or item, beside
 * those of {@link Records}.
 *
 * <p><b>Ownership:</b> borrows the records.
 *
 * <p><b>Threading:</b> any thread; futures end on the thread of the records.
 */
public final class Reviews {
  private final Records records;
  private final InstantSource clock;

  /** Reviews in some records. */
  public Reviews(Records records, InstantSource clock) {
    this.records = requireNonNull(records, "records");
    this.clock = requireNonNull(clock, "clock");
  }

  /**
   * What an item asks of a reader.
   *
   * @param images of the item, each of which is rated
   * @param text whether each takes a text score
   * @param masks whether each takes a mask score
   */
  public record Asked(List<String> images, boolean text, boolean masks) {
    /** Copies what could change. */
    public Asked {
      images = List.copyOf(images);
    }
  }

  /**
   * Begins a set, or goes on with it.
   *
   * @return ends with {@code REVIEW_CONFLICT} if another set has that name
   */
  public CompletableFuture<@Nullable Void> begin(ReviewSet set) {
    return records.submit(
        handle -> {
          var sets = new SetTable(handle);
          var there = sets.find(set.name());
          if (there.isEmpty()) {
            sets.insert(set, clock.millis());
          } else if (!there.get().set().equals(set)) {
            throw conflict(
                set.name(),
                "there is a review set %s of other settings (expected: another name, or the same"
                    + " settings)",
                set.name());
          }
          return null;
        });
  }

  /**
   * Puts items into a set.
   *
   * @param position of the first of them among those of the set
   * @return how many are new; ends with {@code REVIEW_CONFLICT}, and none of them is kept, if the
   *     set has another one of that name, has one of its images elsewhere, or is whole without it
   */
  public CompletableFuture<Integer> put(String set, int position, List<ReviewItem> items) {
    return records.submit(
        handle -> {
          var table = new ItemTable(handle);
          boolean whole = new SetTable(handle).row(set).whole();
          int added = 0;
          for (int i = 0; i < items.size(); i++) {
            ReviewItem item = items.get(i);
            String there = table.digest(set, item.item());
            if (there == null) {
              requireRoom(table, set, whole, item);
              table.insert(set, position + i, item);
              added++;
            } else if (!there.equals(item.digest())) {
              throw conflict(
                  set,
                  "item %s is there and holds something else (expected: what was sent before, or"
                      + " another set)",
                  item.item());
            }
          }
          return added;
        });
  }

  private static void requireRoom(ItemTable table, String set, boolean whole, ReviewItem item) {
    if (whole) {
      throw conflict(
          set,
          "review set %s is whole and has no item %s (expected: the items that it holds)",
          set,
          item.item());
    }
    for (Picture image : item.images()) {
      String owner = table.ownerOf(set, image.name());
      if (owner != null) {
        throw conflict(
            set, "image %s is one of item %s (expected: each once)", image.name(), owner);
      }
    }
  }

  /**
   * Ends a set whose items were sent.
   *
   * @return the set; ends with {@code REVIEW_CONFLICT} if it holds more or fewer items than it was
   *     begun with
   */
  public CompletableFuture<ReviewStatus> end(String name) {
    return records.submit(
        handle -> {
          var sets = new SetTable(handle);
          ReviewSet set = sets.row(name).set();
          int there = new ItemTable(handle).count(name);
          if (there != set.items()) {
            throw conflict(
                name,
                "review set %s holds %d items (expected: the %d that it was begun with)",
                name,
                there,
                set.items());
          }
          sets.markWhole(name);
          return sets.status(sets.row(name));
        });
  }

  /** Every set and how far it is, by name. */
  public CompletableFuture<List<ReviewStatus>> list() {
    return records.submit(
        handle -> {
          var sets = new SetTable(handle);
          return sets.all().stream().map(sets::status).toList();
        });
  }

  /**
   * Removes a set.
   *
   * @param withRatings whether also one that has ratings; otherwise {@code REVIEW_CONFLICT}
   */
  public CompletableFuture<@Nullable Void> delete(String name, boolean withRatings) {
    return records.submit(
        handle -> {
          var sets = new SetTable(handle);
          var _ = sets.row(name);
          if (!withRatings && new RatingTable(handle).any(name)) {
            throw conflict(
                name, "review set %s has ratings (expected: with_ratings, if they may go)", name);
          }
          sets.delete(name);
          new ItemTable(handle).dropLoosePictures();
          return null;
        });
  }

  /**
   * What a reader is to look at next.
   *
   * @param except items that are not meant
   */
  public CompletableFuture<NextItem> next(String name, String reader, Set<String> except) {
    return records.submit(
        handle -> {
          ReviewSet set = new SetTable(handle).whole(name);
          var ratings = new RatingTable(handle);
          List<String> open = ratings.open(set, reader);
          var order = new ReaderOrder(set.orderSeed(), reader);
          var progress = new ReviewProgress(ratings.rated(name, reader), open.size());
          List<String> left = open.stream().filter(item -> !except.contains(item)).toList();
          ReviewTask task =
              left.isEmpty()
                  ? null
                  : new SetView(handle, set).task(order.of(left, item -> item).getFirst(), reader);
          return new NextItem(task, progress, set.instructions());
        });
  }

  /** One item as a reader sees it. */
  public CompletableFuture<ReviewTask> item(String name, String reader, String item) {
    return records.submit(
        handle -> new SetView(handle, new SetTable(handle).whole(name)).task(item, reader));
  }

  /** What an item asks. */
  public CompletableFuture<Asked> asked(String name, String item) {
    return records.submit(
        handle -> {
          var items = new ItemTable(handle);
          ReviewSet set = new SetTable(handle).whole(name);
          return new Asked(
              items.imageNames(set.name(), item),
              !items.row(name, item).prompt().isEmpty(),
              !items.structures(name, item).isEmpty());
        });
  }

  /**
   * What became of ratings.
   *
   * @param changed images whose rating is new or another than before
   * @param progress of the reader
   */
  public record Submitted(int changed, ReviewProgress progress) {}

  /**
   * Keeps a reader's ratings of an item.
   *
   * @param given one an image, as the item asks
   */
  public CompletableFuture<Submitted> submit(
      String name, String reader, String item, List<Rating> given) {
    return records.submit(
        handle -> {
          ReviewSet set = new SetTable(handle).whole(name);
          var _ = new ItemTable(handle).row(name, item);
          var ratings = new RatingTable(handle);
          Map<String, RatingTable.Row> before =
              ratings.of(name, item, reader).stream()
                  .collect(Collectors.toMap(row -> row.rating().image(), row -> row));
          long now = clock.millis();
          int changed = 0;
          for (Rating rating : given) {
            RatingTable.Row last = before.get(rating.image());
            if (last == null || !last.rating().equals(rating)) {
              int revision = last == null ? 1 : last.revision() + 1;
              ratings.insert(name, item, new RatingTable.Row(reader, rating, revision, now));
              changed++;
            }
          }
          if (changed > 0) {
            ratings.markRead(name, item, reader, now);
          }
          return new Submitted(
              changed,
              new ReviewProgress(ratings.rated(name, reader), ratings.open(set, reader).size()));
        });
  }

  /**
   * Ratings of some of a set's items, in order.
   *
   * @param reader whose ratings; empty: everybody's
   * @param history also those that no longer count
   * @param from position of the first item
   * @param to position after the last
   * @return null: the set has no item at {@code from} or after it
   */
  public CompletableFuture<@Nullable List<RatingRecord>> ratings(
      String name, String reader, boolean history, int from, int to) {
    return records.submit(
        handle -> {
          ReviewSet set = new SetTable(handle).whole(name);
          if (from >= set.items()) {
            return null;
          }
          var view = new SetView(handle, set);
          List<RatingRecord> found = new ArrayList<>();
          for (ItemTable.Row row : new ItemTable(handle).rows(name, from, to)) {
            found.addAll(view.records(row, reader, history));
          }
          return found;
        });
  }

  /**
   * Structures that masks of a set show, in order of their names.
   *
   * @return ends with {@code REVIEW_NOT_FOUND} if there is no such set
   */
  public CompletableFuture<List<String>> structures(String name) {
    return records.submit(
        handle -> new ItemTable(handle).structures(new SetTable(handle).whole(name).name()));
  }

  /**
   * Rated images of some of a set's items, with their pixels, in order.
   *
   * @param reader whose ratings count; empty: the mean over all
   * @param from position of the first item
   * @param to position after the last
   * @return null: the set has no item at {@code from} or after it
   */
  public CompletableFuture<@Nullable List<RatedItem>> rated(
      String name, String reader, int from, int to) {
    return records.submit(
        handle -> {
          ReviewSet set = new SetTable(handle).whole(name);
          if (from >= set.items()) {
            return null;
          }
          var view = new SetView(handle, set);
          return new ItemTable(handle)
              .rows(name, from, to).stream()
                  .map(row -> view.rated(row, reader))
                  .filter(item -> !item.images().isEmpty())
                  .toList();
        });
  }

  @FormatMethod
  private static ServerException conflict(String set, @FormatString String what, Object... words) {
    return new ServerException(ServerReason.REVIEW_CONFLICT, what.formatted(words), set);
  }
}
