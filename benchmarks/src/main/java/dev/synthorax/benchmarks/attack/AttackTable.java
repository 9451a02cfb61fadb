package dev.synthorax.benchmarks.attack;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The figures of a run, one row each, of an older installation beside where there is one. */
final class AttackTable {
  private final @Nullable String older;
  private final String newer;
  private final Map<String, Map<String, Row>> attacks = new LinkedHashMap<>();

  private record Row(@Nullable Figure before, @Nullable Figure after) {}

  AttackTable(@Nullable String older, String newer) {
    this.older = older;
    this.newer = newer;
  }

  void before(String attack, List<Figure> figures) {
    figures.forEach(
        figure -> rows(attack).merge(figure.name(), new Row(figure, null), AttackTable::join));
  }

  void after(String attack, List<Figure> figures) {
    figures.forEach(
        figure -> rows(attack).merge(figure.name(), new Row(null, figure), AttackTable::join));
  }

  private Map<String, Row> rows(String attack) {
    return attacks.computeIfAbsent(attack, _ -> new LinkedHashMap<>());
  }

  private static Row join(Row one, Row other) {
    return new Row(
        one.before() == null ? other.before() : one.before(),
        other.after() == null ? one.after() : other.after());
  }

  /** Limits that the newer installation broke. */
  long broken() {
    return attacks.values().stream()
        .flatMap(rows -> rows.values().stream())
        .filter(row -> row.after() != null && Boolean.FALSE.equals(row.after().held()))
        .count();
  }

  /** As Markdown. */
  String markdown() {
    var lines = new ArrayList<String>();
    boolean both = older != null;
    lines.add(
        both
            ? "| attack | figure | before (%s) | after (%s) | limit | verdict |"
                .formatted(older, newer)
            : "| attack | figure | %s | limit | verdict |".formatted(newer));
    lines.add(both ? "| --- | --- | --- | --- | --- | --- |" : "| --- | --- | --- | --- | --- |");
    attacks.forEach(
        (attack, rows) ->
            rows.forEach(
                (name, row) -> {
                  Figure after = row.after();
                  Figure limited = after == null ? row.before() : after;
                  lines.add(
                      "| "
                          + String.join(
                              " | ",
                              both
                                  ? List.of(
                                      attack,
                                      name,
                                      value(row.before()),
                                      value(after),
                                      limited == null ? "" : limited.limit(),
                                      after == null ? "" : after.verdict())
                                  : List.of(
                                      attack,
                                      name,
                                      value(after),
                                      limited == null ? "" : limited.limit(),
                                      after == null ? "" : after.verdict()))
                          + " |");
                }));
    return String.join("\n", lines) + "\n";
  }

  private static String value(@Nullable Figure figure) {
    return figure == null ? "" : figure.value().replace("|", "\\|").replace("\n", " ");
  }

  /** Writes all of it for programs. */
  void writeJson(Path file) throws IOException {
    var mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    if (older != null) {
      root.put("before", older);
    }
    root.put("after", newer);
    var list = root.putArray("figures");
    attacks.forEach(
        (attack, rows) ->
            rows.forEach(
                (name, row) -> {
                  ObjectNode node = list.addObject().put("attack", attack).put("figure", name);
                  put(node, "before", row.before());
                  put(node, "after", row.after());
                }));
    Files.writeString(file, root.toPrettyString() + "\n");
  }

  private static void put(ObjectNode node, String key, @Nullable Figure figure) {
    if (figure != null) {
      ObjectNode value = node.putObject(key).put("value", figure.value());
      if (figure.held() != null) {
        value.put("limit", figure.limit()).put("held", figure.held());
      }
    }
  }
}
