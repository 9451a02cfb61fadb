package dev.synthorax.client.training;

import java.util.List;

/** A recipe file that cannot be carried out: every problem, each one line with file and line. */
public final class RecipeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  /** Creates the failure; there is one problem at least. */
  RecipeException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** Returns the problems, in order of their lines. */
  public List<String> problems() {
    return problems;
  }
}
