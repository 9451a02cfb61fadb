package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Sex;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.View;
import java.io.IOException;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A dataset whose tables were read: one small row an image, values that repeat kept once. The
 * {@link ImageInfo} of an image is put together whenever it is asked for, so that a table of a few
 * hundred thousand images stays in tens of megabytes.
 *
 * @param <P> where an image's pixels and masks are, in terms of its format
 */
final class TableDataset<P> implements Dataset {
  private final String format;
  private final Loader<P> loader;
  private final List<Row<P>> rows;
  private final PackedLabels labels;
  private final List<String> warnings;

  private TableDataset(
      String format,
      Loader<P> loader,
      List<Row<P>> rows,
      PackedLabels labels,
      List<String> warnings) {
    this.labels = labels;
    this.format = format;
    this.loader = loader;
    this.rows = rows;
    this.warnings = warnings;
  }

  /**
   * Reads one image; any thread.
   *
   * @param <P> where it is
   */
  @FunctionalInterface
  interface Loader<P> {
    /** Reads pixels and masks of {@code info} from {@code place}. */
    Sample load(ImageInfo info, P place) throws IOException;

    /** Returns the files of this image alone, its own first; see {@link DatasetImage.Source}. */
    default List<Path> files(P place) {
      return List.of();
    }

    /** Returns the structures that {@link #load} gives masks of. */
    default Set<Structure> structures(P place) {
      return Set.of();
    }

    /** Returns the row that names the image, for messages. */
    default String at(P place) {
      return "";
    }
  }

  private record Row<P>(
      String id,
      String patientId,
      String studyId,
      @Nullable Sex sex,
      @Nullable Integer ageYears,
      @Nullable View view,
      @Nullable Split split,
      String labels,
      List<Box> boxes,
      String text,
      @Nullable Long seed,
      List<Object> attributes,
      P place) {
    Row<P> at(P other) {
      return new Row<>(
          id,
          patientId,
          studyId,
          sex,
          ageYears,
          view,
          split,
          labels,
          boxes,
          text,
          seed,
          attributes,
          other);
    }

    ImageInfo info(PackedLabels packed) {
      return new ImageInfo(
          id,
          patientId,
          studyId,
          sex,
          ageYears,
          view,
          split,
          packed.unpack(labels),
          boxes,
          text,
          seed,
          PackedAttributes.unpack(attributes));
    }
  }

  @Override
  public String format() {
    return format;
  }

  @Override
  public List<DatasetImage> images() {
    return new Images();
  }

  @Override
  public List<String> warnings() {
    return warnings;
  }

  private final class Images extends AbstractList<DatasetImage> implements RandomAccess {
    @Override
    public DatasetImage get(int index) {
      Row<P> row = rows.get(index);
      return new DatasetImage(row.info(labels), new Source(row.place()));
    }

    @Override
    public int size() {
      return rows.size();
    }
  }

  private final class Source implements DatasetImage.Source {
    private final P place;

    Source(P place) {
      this.place = place;
    }

    @Override
    public Sample load(ImageInfo info) throws IOException {
      return loader.load(info, place);
    }

    @Override
    public List<Path> files() {
      return loader.files(place);
    }

    @Override
    public Set<Structure> structures() {
      return loader.structures(place);
    }

    @Override
    public String at() {
      return loader.at(place);
    }
  }

  /**
   * Collects the rows; one thread.
   *
   * @param <P> where an image is
   */
  static final class Builder<P> {
    private final String format;
    private final Loader<P> loader;
    private final Warnings warnings;
    private final List<Row<P>> rows = new ArrayList<>();
    private final PackedLabels labels = new PackedLabels();
    private final PackedAttributes attributes = new PackedAttributes();
    private final Set<String> ids = new HashSet<>();
    private final Map<String, Split> splits = new HashMap<>();
    private final Map<Object, Object> interned = new HashMap<>();

    /**
     * Starts without rows.
     *
     * @param format wire name
     * @param warnings goes on to collect what is odd in the tables
     */
    Builder(String format, Loader<P> loader, Warnings warnings) {
      this.format = format;
      this.loader = loader;
      this.warnings = warnings;
    }

    /**
     * Adds an image. A patient who is in another split already is warned about.
     *
     * @param at file and line, for messages
     * @throws IOException if an image of that id is there already
     */
    void add(ImageInfo info, P place, String at) throws IOException {
      if (!ids.add(info.id())) {
        throw new IOException(at + ": image '" + info.id() + "' comes twice (expected: once)");
      }
      String patientId = intern(info.patientId());
      Split split = info.split();
      if (split != null) {
        Split before = splits.putIfAbsent(patientId, split);
        if (before != null && before != split) {
          warnings.add(
              "patients in two splits",
              at
                  + ": patient '"
                  + patientId
                  + "' is in "
                  + before.wireName()
                  + " and "
                  + split.wireName()
                  + " (expected: one split)");
        }
      }
      boolean sameStudy = info.studyId().equals(info.id());
      rows.add(
          new Row<>(
              info.id(),
              info.patientId().equals(info.id()) ? info.id() : patientId,
              sameStudy ? info.id() : intern(info.studyId()),
              info.sex(),
              info.ageYears(),
              info.view(),
              split,
              intern(labels.pack(info.labels())),
              info.boxes(),
              info.text(),
              info.seed(),
              attributes.pack(info.attributes()),
              place));
    }

    /** Returns the images' ids. */
    Set<String> ids() {
      return Collections.unmodifiableSet(ids);
    }

    /** Changes where images are, for what is known only when all rows were read. */
    void changePlaces(BiFunction<String, P, P> change) {
      rows.replaceAll(row -> row.at(change.apply(row.id(), row.place())));
    }

    /** Returns one instance for equal values, for what many rows share. */
    @SuppressWarnings("unchecked") // equal values have one type
    <T> T intern(T value) {
      Object known = interned.putIfAbsent(value, value);
      return known == null ? value : (T) known;
    }

    /**
     * Returns the dataset; the builder is used up.
     *
     * @param table what should have had rows, for the message
     * @throws IOException if there is none
     */
    Dataset build(String table) throws IOException {
      if (rows.isEmpty()) {
        throw new IOException(table + ": no images (expected: at least one)");
      }
      return new TableDataset<>(format, loader, List.copyOf(rows), labels, warnings.lines());
    }
  }
}
