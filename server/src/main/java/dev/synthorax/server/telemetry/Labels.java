package dev.synthorax.server.telemetry;

/**
 * What tells one value of a metric from its others.
 *
 * @param inner as the page shows them, between the braces
 */
record Labels(String inner) {
  static final Labels NONE = new Labels("");

  static Labels of(String name, String value) {
    return NONE.and(name, value);
  }

  /** These and one more; the value may hold anything. */
  Labels and(String name, String value) {
    String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return new Labels("%s%s%s=\"%s\"".formatted(inner, inner.isEmpty() ? "" : ",", name, escaped));
  }

  @Override
  public String toString() {
    return inner.isEmpty() ? "" : "{" + inner + "}";
  }
}
