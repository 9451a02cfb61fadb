package dev.synthorax.client;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The words that run the server's command, without a sub-command: {@code java -cp ...
 * dev.synthorax.server.Main}.
 *
 * @param words program and arguments; at least one
 */
public record ServerCommand(List<String> words) {
  /**
   * Environment variable that hands the command over: one word a line, or one line split at spaces.
   */
  public static final String VARIABLE = "SYNTHORAX_SERVER_COMMAND";

  /** Copies the words. */
  public ServerCommand {
    words = List.copyOf(words);
    if (words.isEmpty()) {
      throw new IllegalArgumentException("words: empty (expected: a program and its arguments)");
    }
  }

  /** Reads {@value #VARIABLE}; null where it is absent or blank. */
  public static @Nullable ServerCommand ofEnvironment(Map<String, String> environment) {
    String value = requireNonNull(environment, "environment").get(VARIABLE);
    if (value == null || value.isBlank()) {
      return null;
    }
    String separator = value.strip().contains("\n") ? "\\R" : "\\s+";
    return new ServerCommand(
        Arrays.stream(value.strip().split(separator, -1)).filter(word -> !word.isEmpty()).toList());
  }

  /** Returns the words followed by {@code arguments}. */
  List<String> with(String... arguments) {
    List<String> all = new ArrayList<>(words);
    all.addAll(Arrays.asList(arguments));
    return all;
  }
}
