package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.Set;

/**
 * Several datasets as one: nothing is said of an image that its own dataset does not say, so a
 * label that it never mentions stays not mentioned, which is not negative; splits are kept.
 *
 * <p><b>Threading:</b> immutable.
 */
public final class Merge {
  private final List<Part> parts;
  private final Names names;
  private final int[] ends; // of each part in the whole

  /**
   * A dataset that goes in.
   *
   * @param name what it is called in messages: its folder
   * @param prefix what goes before the names of its images; each part has another one
   * @param images all of them
   */
  public record Part(String name, String prefix, List<DatasetImage> images) {
    /** Refuses nulls with {@link NullPointerException}. */
    public Part {
      requireNonNull(name, "name");
      requireNonNull(prefix, "prefix");
      requireNonNull(images, "images");
    }
  }

  /** What equal names of two datasets mean. */
  public enum Names {
    /** Nobody said: they are refused. */
    UNKNOWN,
    /** Equal patients are one person; equal images are refused. */
    SAME_PATIENTS,
    /** Different things: the part's prefix goes before images, patients, studies and parents. */
    PREFIXED
  }

  private Merge(List<Part> parts, Names names) {
    this.parts = List.copyOf(parts);
    this.names = names;
    this.ends = new int[parts.size()];
    int end = 0;
    for (int i = 0; i < ends.length; i++) {
      end += parts.get(i).images().size();
      ends[i] = end;
    }
  }

  /**
   * Puts datasets together.
   *
   * @throws IllegalArgumentException if two have equal names and {@code names} does not say what
   *     that means, or a patient would be in two splits; the message names both datasets
   */
  public static Merge of(List<Part> parts, Names names) {
    requireNonNull(names, "names");
    Merge merge = new Merge(parts, names);
    if (names != Names.PREFIXED) {
      merge.requireNoCollisions();
    }
    Splits.requireDisjoint(merge.images());
    return merge;
  }

  private void requireNoCollisions() {
    Map<String, Integer> ids = new HashMap<>();
    Map<String, Integer> patients = new HashMap<>();
    Map<String, Study> studies = new HashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      for (DatasetImage image : parts.get(i).images()) {
        ImageInfo info = image.info();
        Integer other = ids.putIfAbsent(info.id(), i);
        if (other != null) {
          throw collision("image", info.id(), other, i, "every image once");
        }
        other = patients.putIfAbsent(info.patientId(), i);
        if (names == Names.UNKNOWN && other != null && other != i) {
          throw collision("patient", info.patientId(), other, i, "every patient in one dataset");
        }
        Study study = studies.putIfAbsent(info.studyId(), new Study(i, info.patientId()));
        if (study != null && study.part != i && !study.patient.equals(info.patientId())) {
          throw collision("study", info.studyId(), study.part, i, "a study of one patient");
        }
      }
    }
  }

  private record Study(int part, String patient) {}

  private IllegalArgumentException collision(
      String kind, String name, int one, int two, String expected) {
    return new IllegalArgumentException(
        kind
            + " '"
            + name
            + "' is in "
            + parts.get(one).name()
            + " and in "
            + parts.get(two).name()
            + " (expected: "
            + expected
            + ")");
  }

  /** Returns the images of all parts, in their order. */
  public List<DatasetImage> images() {
    return new Images();
  }

  private final class Images extends AbstractList<DatasetImage> implements RandomAccess {
    @Override
    public DatasetImage get(int index) {
      int part = 0;
      while (index >= ends[part]) {
        part++;
      }
      int start = part == 0 ? 0 : ends[part - 1];
      DatasetImage image = parts.get(part).images().get(index - start);
      return names == Names.PREFIXED
          ? image.withInfo(prefixed(image.info(), parts.get(part).prefix()))
          : image;
    }

    @Override
    public int size() {
      return ends.length == 0 ? 0 : ends[ends.length - 1];
    }
  }

  private static ImageInfo prefixed(ImageInfo info, String name) {
    ImageInfo.Builder builder =
        info.toBuilder()
            .id(name + "-" + info.id())
            .patientId(name + "-" + info.patientId())
            .studyId(name + "-" + info.studyId());
    String parent = Splits.parent(info);
    if (parent != null) {
      builder.attribute(Splits.PARENT, name + "-" + parent);
    }
    return builder.build();
  }

  /**
   * Returns what the whole does not say of all its images, one line each: labels that only some
   * parts mention, parts without splits beside parts with some.
   */
  public List<String> warnings() {
    Map<String, Set<String>> mentioning = new LinkedHashMap<>();
    Map<Boolean, List<String>> divided = new HashMap<>();
    for (Part part : parts) {
      boolean split = false;
      for (DatasetImage image : part.images()) {
        ImageInfo info = image.info();
        split |= info.split() != null;
        for (String label : info.labels().keySet()) {
          mentioning.computeIfAbsent(label, key -> new LinkedHashSet<>()).add(part.name());
        }
      }
      divided.computeIfAbsent(split, key -> new ArrayList<>()).add(part.name());
    }
    Map<Set<String>, List<String>> labels = new LinkedHashMap<>();
    mentioning.forEach(
        (label, names) -> {
          if (names.size() < parts.size()) {
            labels.computeIfAbsent(names, key -> new ArrayList<>()).add(label);
          }
        });
    List<String> warnings = new ArrayList<>();
    labels.forEach(
        (names, only) ->
            warnings.add(
                "only "
                    + String.join(" and ", names)
                    + (names.size() == 1 ? " mentions " : " mention ")
                    + String.join(", ", only)
                    + "; in the other images they are not mentioned, which is not negative"));
    List<String> without = divided.get(false);
    if (without != null && divided.containsKey(true)) {
      warnings.add(
          "images of " + String.join(" and ", without) + " have no split; the others keep theirs");
    }
    return warnings;
  }
}
