package dev.synthorax.server.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.synthorax.server.repository.ModelStatus;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;

/**
 * Part of the list of models.
 *
 * @param models ordered by name and version
 * @param nextToken asks for what follows; empty where nothing does
 */
record ModelPage(List<ModelStatus> models, String nextToken) {
  private static final int DEFAULT_SIZE = 100;
  private static final int MAX_SIZE = 1000;

  /** Parts name and version in a token; neither holds control characters. */
  private static final char SEPARATOR = '\n';

  private static final Comparator<ModelStatus> ORDER =
      Comparator.comparing(ModelStatus::name).thenComparing(ModelStatus::version);

  ModelPage {
    models = List.copyOf(models);
  }

  /**
   * The page that a client asks for.
   *
   * @param all models, in any order
   * @param size as on the wire: 0 stands for 100, and more than 1,000 for 1,000
   * @param token of the page before; empty: the first page
   * @throws FieldException if size or token is none
   */
  static ModelPage of(List<ModelStatus> all, int size, String token) {
    if (size < 0) {
      throw FieldException.invalid("page_size", size + " (expected: 0 to " + MAX_SIZE + ")");
    }
    Last last = Last.of(token);
    List<ModelStatus> rest = all.stream().filter(last::isBefore).sorted(ORDER).toList();
    int end = Math.min(rest.size(), size == 0 ? DEFAULT_SIZE : Math.min(size, MAX_SIZE));
    List<ModelStatus> page = rest.subList(0, end);
    return new ModelPage(page, end == rest.size() ? "" : Last.of(page.getLast()).token());
  }

  /** The model that a page ended with. */
  private record Last(String name, String version) {
    static Last of(ModelStatus model) {
      return new Last(model.name(), model.version());
    }

    static Last of(String token) {
      if (token.isEmpty()) {
        return new Last("", "");
      }
      String text;
      try {
        text = new String(Base64.getUrlDecoder().decode(token), UTF_8);
      } catch (IllegalArgumentException e) { // not base64
        text = "";
      }
      int separator = text.indexOf(SEPARATOR);
      if (separator < 0) {
        throw FieldException.invalid(
            "page_token", token + " (expected: a next_page_token of this server)");
      }
      return new Last(text.substring(0, separator), text.substring(separator + 1));
    }

    boolean isBefore(ModelStatus model) {
      int byName = name.compareTo(model.name());
      return byName < 0 || (byName == 0 && version.compareTo(model.version()) < 0);
    }

    String token() {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString((name + SEPARATOR + version).getBytes(UTF_8));
    }
  }
}
