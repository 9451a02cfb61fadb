package dev.synthorax.client.stats;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;

/** Reads the golden cases: a JSON array of objects. */
public final class GoldenForTests {
  /** Tolerance of closed forms. */
  public static final Offset<Double> CLOSED_FORM = Offset.offset(1e-10);

  private GoldenForTests() {}

  /** Returns the cases of a file below {@code golden/}. */
  public static List<JsonNode> cases(String file) {
    try (InputStream input =
        requireNonNull(GoldenForTests.class.getResourceAsStream("/golden/" + file), file)) {
      List<JsonNode> cases = new ArrayList<>();
      new JsonMapper().readTree(input).forEach(cases::add);
      return cases;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns an array of numbers. */
  public static double[] numbers(JsonNode array) {
    double[] numbers = new double[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = array.get(i).doubleValue();
    }
    return numbers;
  }

  /** Returns an array of 0 and 1. */
  public static boolean[] flags(JsonNode array) {
    boolean[] flags = new boolean[array.size()];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = array.get(i).intValue() == 1;
    }
    return flags;
  }

  /** Returns an array of strings. */
  public static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.textValue()));
    return texts;
  }
}
