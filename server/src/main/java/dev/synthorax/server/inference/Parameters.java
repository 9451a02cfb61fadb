package dev.synthorax.server.inference;

import dev.synthorax.proto.inference.InferParameter;
import dev.synthorax.server.grpc.FieldException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a request, an input or an output.
 *
 * @param path of the field that holds them
 * @param values by name
 */
record Parameters(String path, Map<String, InferParameter> values) {
  private static final String RESERVED = "triton_";
  private static final String EMPTY_FINAL = "triton_enable_empty_final_response";
  private static final int MAX_NAME = 128;

  /** Of the web protocol alone. */
  private static final Set<String> WEB = Set.of("headers", "binary_data_output");

  /**
   * Checks those of a request that are nobody's to choose.
   *
   * @throws FieldException naming the first that is refused
   */
  void requireAllowed() {
    values.keySet().forEach(this::requireAllowed);
    long sequence = id("sequence_id");
    if (sequence != 0 || flag("sequence_start") || flag("sequence_end")) {
      throw wrong(
          "sequence_id", "a sequence (expected: none, since no model here keeps what came before)");
    }
    flag(EMPTY_FINAL); // every answer here is the final one, so that it changes nothing
  }

  private void requireAllowed(String name) {
    if (name.length() > MAX_NAME) {
      throw FieldException.invalid(
          path, "a name of %d characters (expected: up to %d)".formatted(name.length(), MAX_NAME));
    }
    if (WEB.contains(name) || (name.startsWith(RESERVED) && !name.equals(EMPTY_FINAL))) {
      throw wrong(
          name,
          "reserved (expected: of the names with %s %s alone)".formatted(RESERVED, EMPTY_FINAL));
    }
  }

  private static FieldException wrongType(String path, String name, String expected) {
    return FieldException.invalid(
        key(path, name), "of another type (expected: %s)".formatted(expected));
  }

  FieldException wrong(String name, String what) {
    return FieldException.invalid(key(path, name), what);
  }

  private static String key(String path, String name) {
    return "%s[\"%s\"]".formatted(path, name);
  }

  /** A sequence's number, or whether it has a name. */
  private long id(String name) {
    InferParameter value = values.get(name);
    return value != null
            && value.getParameterChoiceCase() == InferParameter.ParameterChoiceCase.STRING_PARAM
        ? value.getStringParam().length()
        : number(name, 0);
  }

  /** A yes or no; false where it is not there. */
  private boolean flag(String name) {
    InferParameter value = values.get(name);
    if (value == null) {
      return false;
    }
    if (value.getParameterChoiceCase() != InferParameter.ParameterChoiceCase.BOOL_PARAM) {
      throw wrongType(path, name, "bool_param");
    }
    return value.getBoolParam();
  }

  /**
   * A whole number, signed or not on the wire.
   *
   * @param fallback where it is not there
   * @throws FieldException if it is of another type or below 0
   */
  long number(String name, long fallback) {
    InferParameter value = values.get(name);
    if (value == null) {
      return fallback;
    }
    long number =
        switch (value.getParameterChoiceCase()) {
          case INT64_PARAM -> value.getInt64Param();
          case UINT64_PARAM -> value.getUint64Param();
          case BOOL_PARAM, STRING_PARAM, DOUBLE_PARAM, PARAMETERCHOICE_NOT_SET ->
              throw wrongType(path, name, "int64_param or uint64_param");
        };
    if (number < 0) {
      throw wrong(
          name,
          (value.hasInt64Param() ? number : Long.toUnsignedString(number))
              + " (expected: 0 to 2^63 - 1)");
    }
    return number;
  }

  /**
   * A text; null where it is not there.
   *
   * @throws FieldException if it is of another type
   */
  @Nullable String text(String name) {
    InferParameter value = values.get(name);
    if (value == null) {
      return null;
    }
    if (!value.hasStringParam()) {
      throw wrongType(path, name, "string_param");
    }
    return value.getStringParam();
  }

  boolean has(String name) {
    return values.containsKey(name);
  }
}
