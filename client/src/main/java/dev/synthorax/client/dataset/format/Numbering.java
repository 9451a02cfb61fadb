package dev.synthorax.client.dataset.format;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gives numbers to names: their own where they have one, else the next that is free. */
final class Numbering {
  private static final int MAX_DIGITS = 9;

  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<Integer, String> names = new HashMap<>();
  private int next;

  /**
   * Starts a numbering.
   *
   * @param first the first number given to a name without its own
   */
  Numbering(int first) {
    this.next = first;
  }

  /**
   * Returns the number that stands in {@code name} between {@code prefix} and {@code suffix},
   * padded with zeros to {@code digits}; null if the name is no such one.
   */
  static @Nullable Integer own(String prefix, int digits, String name, String suffix) {
    int end = name.length() - suffix.length();
    if (!name.startsWith(prefix)
        || !name.endsWith(suffix)
        || end - prefix.length() < digits
        || end - prefix.length() > MAX_DIGITS) {
      return null;
    }
    String number = name.substring(prefix.length(), end);
    if (number.chars().anyMatch(c -> c < '0' || c > '9')
        || (number.length() > digits && number.startsWith("0"))) {
      return null;
    }
    return Integer.valueOf(number);
  }

  /**
   * Returns the number of {@code name}, the same every time.
   *
   * @param own the number that the name itself states; null: none
   * @throws IllegalArgumentException if that number was given to another name
   */
  int of(String name, @Nullable Integer own) {
    Integer known = numbers.get(name);
    if (known != null) {
      return known;
    }
    int number;
    if (own != null) {
      number = own;
    } else {
      while (names.containsKey(next)) {
        next++;
      }
      number = next++;
    }
    String other = names.putIfAbsent(number, name);
    if (other != null) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "': its number "
              + number
              + " is already that of '"
              + other
              + "' (expected: ids that all have a number of their own, or none)");
    }
    numbers.put(name, number);
    return number;
  }
}
