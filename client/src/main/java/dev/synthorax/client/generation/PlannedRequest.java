package dev.synthorax.client.generation;

import static java.util.Objects.requireNonNull;

import dev.synthorax.proto.v1.GenerationSpec;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One request to come and the names of the images it makes.
 *
 * @param ids one id an image, in order of index: letters, digits and hyphens, since files are named
 *     after them; candidates for one image have its id
 * @param request what to make; has a seed, and its count is the number of ids
 */
public record PlannedRequest(List<String> ids, GenerationSpec request) {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]*");

  /**
   * Checks what is given.
   *
   * @throws IllegalArgumentException if an id is none, there are more or fewer than images asked
   *     for, or the request has no seed
   */
  public PlannedRequest {
    ids = List.copyOf(ids);
    requireNonNull(request, "request");
    for (String id : ids) {
      if (!ID.matcher(id).matches()) {
        throw new IllegalArgumentException(
            "id: '" + id + "' (expected: letters, digits and hyphens)");
      }
    }
    int count = request.hasCount() ? request.getCount() : 1;
    if (ids.size() != count) {
      throw new IllegalArgumentException(
          "ids: " + ids.size() + " (expected: one an image, " + count + ")");
    }
    if (!request.hasSeed()) {
      throw new IllegalArgumentException("seed: absent (expected: a seed, so that a run repeats)");
    }
  }

  /** Returns how many images it makes; candidates for one count once. */
  int images() {
    return (int) ids.stream().distinct().count();
  }

  /** Returns the id of image number {@code position} of a run, counted from 1: {@code 0001}. */
  public static String id(int position) {
    return String.format(Locale.ROOT, "%04d", position);
  }
}
