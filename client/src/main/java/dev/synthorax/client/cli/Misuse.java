package dev.synthorax.client.cli;

import dev.synthorax.client.Nearest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what was typed wrong, and what was probably meant. */
final class Misuse {
  private static final Pattern UNKNOWN_COMMAND =
      Pattern.compile("Unknown subcommand '([^']*)'\\.?");
  private static final Pattern INVALID =
      Pattern.compile(
          "Invalid value for (?:option '([^']+)'|positional parameter .*?)(?: \\([^)]*\\))?: ");
  private static final Pattern ONE_OF =
      Pattern.compile("expected one of \\[(.*?)\\] \\(case-(?:in)?sensitive\\) but was '(.*)'");
  private static final Pattern NO_NUMBER =
      Pattern.compile("'(.*)' is not an? (int|long|double|float)");
  private static final Pattern CHOICE =
      Pattern.compile(
          "(?:'([^']{1,60})'|(?<=: )([^\\s'():]{1,60})) \\(expected(?: one of)?:? ([^()]+)\\)");

  private Misuse() {}

  /** Returns what is wrong with the command line that {@code e} is about. */
  static String problem(ParameterException e) {
    CommandLine command = e.getCommandLine();
    if (e instanceof UnmatchedArgumentException unmatched) {
      return unmatched(command, unmatched);
    }
    String message = e.getMessage() == null ? "bad usage" : e.getMessage();
    Matcher unknown = UNKNOWN_COMMAND.matcher(message);
    if (unknown.matches()) {
      return noCommand(command, unknown.group(1));
    }
    return withSuggestion(plain(message));
  }

  private static String unmatched(CommandLine command, UnmatchedArgumentException e) {
    List<String> rest = e.getUnmatched();
    String first = rest.getFirst();
    if (!command.getSubcommands().isEmpty() && !first.startsWith("-")) {
      return noCommand(command, first); // what follows belongs to the command that is meant
    }
    for (String argument : rest) {
      if (argument.startsWith("-") && argument.length() > 1) {
        String option = argument.replaceFirst("=.*", "");
        List<String> names = new ArrayList<>();
        for (OptionSpec known : command.getCommandSpec().options()) {
          names.addAll(Arrays.asList(known.names()));
        }
        return "no option " + option + meant(option, names);
      }
    }
    return "argument '" + first + "' (expected: none here)";
  }

  private static String noCommand(CommandLine command, String name) {
    boolean root = command.getParent() == null;
    List<String> names =
        root ? CommandFrame.names() : List.copyOf(command.getSubcommands().keySet());
    return "no command "
        + name
        + " (expected: "
        + String.join(", ", names)
        + ")"
        + meant(name, names);
  }

  /** Says {@code message} as this project does, where it comes from picocli. */
  private static String plain(String message) {
    Matcher invalid = INVALID.matcher(message);
    if (!invalid.lookingAt()) {
      return message;
    }
    String option = invalid.group(1);
    String rest = message.substring(invalid.end());
    Matcher oneOf = ONE_OF.matcher(rest);
    Matcher number = NO_NUMBER.matcher(rest);
    if (oneOf.matches()) {
      rest = "'" + oneOf.group(2) + "' (expected: " + oneOf.group(1) + ")";
    } else if (number.matches()) {
      boolean whole = number.group(2).equals("int") || number.group(2).equals("long");
      rest = "'" + number.group(1) + "' (expected: a " + (whole ? "whole number)" : "number)");
    }
    if (option == null) {
      return rest;
    }
    String own = option.replaceFirst("^-+", "") + ": ";
    return option + ": " + (rest.startsWith(own) ? rest.substring(own.length()) : rest);
  }

  /**
   * Adds what was probably meant to a message that names a value and the values there are: {@code
   * 'tset' (expected: train, validation or test)}.
   */
  static String withSuggestion(String message) {
    Matcher choice = CHOICE.matcher(message);
    if (!choice.find()) {
      return message;
    }
    String typed = choice.group(1) == null ? choice.group(2) : choice.group(1);
    String values = choice.group(3).replaceFirst("^[^,]*: ", "").replaceFirst("^one of ", "");
    List<String> names =
        Arrays.stream(values.split(",\\s*(?:or\\s+|and\\s+)?|\\s+or\\s+|;\\s*"))
            .map(String::strip)
            .filter(name -> !name.isEmpty() && !name.contains(" "))
            .toList();
    return message + meant(typed, names);
  }

  private static String meant(String word, Collection<String> names) {
    @Nullable String nearest = Nearest.of(word, names);
    return nearest == null || nearest.equals(word) ? "" : "; did you mean " + nearest + "?";
  }
}
