package dev.synthorax.server.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * Part of a list.
 *
 * @param items in order of their keys
 * @param nextToken asks for what follows; empty where nothing does
 */
record Page<T>(List<T> items, String nextToken) {
  private static final int DEFAULT_SIZE = 100;
  private static final int MAX_SIZE = 1000;

  /** Begins the text of a token, before the key of the last item told. */
  private static final String MARK = "\n";

  Page {
    items = List.copyOf(items);
  }

  /**
   * The page that a client asks for. Items that come or go meanwhile are missed or listed, never
   * listed twice.
   *
   * @param all items, in any order
   * @param key of an item, which orders them; each its own, not empty
   * @param size as on the wire: 0 stands for 100, and more than 1,000 for 1,000
   * @param token of the page before; empty: the first page
   * @throws FieldException if size or token is none
   */
  static <T> Page<T> of(List<T> all, Function<T, String> key, int size, String token) {
    if (size < 0) {
      throw FieldException.invalid("page_size", size + " (expected: 0 to " + MAX_SIZE + ")");
    }
    String last = last(token);
    List<T> rest =
        all.stream()
            .filter(item -> last.compareTo(key.apply(item)) < 0)
            .sorted(Comparator.comparing(key))
            .toList();
    int end = Math.min(rest.size(), size == 0 ? DEFAULT_SIZE : Math.min(size, MAX_SIZE));
    List<T> page = rest.subList(0, end);
    return new Page<>(page, end == rest.size() ? "" : token(key.apply(page.getLast())));
  }

  /** The key that the page before ended with. */
  private static String last(String token) {
    if (token.isEmpty()) {
      return "";
    }
    String text;
    try {
      text = new String(Base64.getUrlDecoder().decode(token), UTF_8);
    } catch (IllegalArgumentException e) { // not base64
      text = "";
    }
    if (!text.startsWith(MARK)) {
      throw FieldException.invalid(
          "page_token", token + " (expected: a next_page_token of this server)");
    }
    return text.substring(MARK.length());
  }

  private static String token(String key) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString((MARK + key).getBytes(UTF_8));
  }
}
