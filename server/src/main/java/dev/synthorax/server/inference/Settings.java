package dev.synthorax.server.inference;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.proto.inference.LogSettingsRequest;
import dev.synthorax.proto.inference.LogSettingsResponse;
import dev.synthorax.proto.inference.TraceSettingRequest;
import dev.synthorax.proto.inference.TraceSettingResponse;
import dev.synthorax.server.grpc.FieldException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is logged and traced. Neither can be changed while the server runs: a change that is none is
 * taken, any other is refused rather than swallowed.
 */
final class Settings {
  private static final Logger logger = LoggerFactory.getLogger("dev.synthorax");
  private static final String PATH = "settings[\"%s\"]";
  private static final int MAX_SHOWN = 200;

  private static final Map<String, List<String>> TRACE =
      Map.of(
          "trace_level", List.of("OFF"),
          "trace_rate", List.of("0"),
          "trace_count", List.of("0"),
          "log_frequency", List.of("0"),
          "trace_file", List.of(""));

  private Settings() {}

  /**
   * The settings of logs.
   *
   * @throws FieldException naming a setting that there is not, or that would change
   */
  static LogSettingsResponse log(LogSettingsRequest request) {
    Map<String, LogSettingsResponse.SettingValue> now = logNow();
    request
        .getSettingsMap()
        .forEach(
            (name, value) -> {
              var current = now.get(name);
              if (current == null) {
                throw unknown(name, now.keySet());
              }
              requireSame(name, current.equals(wire(value)), "a logging option, at the start");
            });
    return LogSettingsResponse.newBuilder().putAllSettings(now).build();
  }

  private static LogSettingsResponse.SettingValue wire(LogSettingsRequest.SettingValue value) {
    var same = LogSettingsResponse.SettingValue.newBuilder();
    switch (value.getParameterChoiceCase()) {
      case BOOL_PARAM -> same.setBoolParam(value.getBoolParam());
      case UINT32_PARAM -> same.setUint32Param(value.getUint32Param());
      case STRING_PARAM -> same.setStringParam(value.getStringParam());
      case PARAMETERCHOICE_NOT_SET -> same.clear();
    }
    return same.build();
  }

  private static Map<String, LogSettingsResponse.SettingValue> logNow() {
    var now = new TreeMap<String, LogSettingsResponse.SettingValue>();
    now.put("log_file", text("")); // standard error
    now.put("log_info", flag(logger.isInfoEnabled()));
    now.put("log_warning", flag(logger.isWarnEnabled()));
    now.put("log_error", flag(logger.isErrorEnabled()));
    now.put(
        "log_verbose_level",
        LogSettingsResponse.SettingValue.newBuilder()
            .setUint32Param(logger.isTraceEnabled() ? 2 : logger.isDebugEnabled() ? 1 : 0)
            .build());
    now.put("log_format", text("default"));
    return now;
  }

  private static LogSettingsResponse.SettingValue text(String value) {
    return LogSettingsResponse.SettingValue.newBuilder().setStringParam(value).build();
  }

  private static LogSettingsResponse.SettingValue flag(boolean value) {
    return LogSettingsResponse.SettingValue.newBuilder().setBoolParam(value).build();
  }

  /**
   * The settings of traces, which are off.
   *
   * @throws FieldException naming a setting that there is not, or that would change
   */
  static TraceSettingResponse trace(TraceSettingRequest request) {
    request
        .getSettingsMap()
        .forEach(
            (name, value) -> {
              List<String> current = TRACE.get(name);
              if (current == null) {
                throw unknown(name, TRACE.keySet());
              }
              boolean cleared = value.getValueCount() == 0;
              requireSame(
                  name, cleared || current.equals(value.getValueList()), "none: nothing is traced");
            });
    var response = TraceSettingResponse.newBuilder();
    TRACE.forEach(
        (name, value) ->
            response.putSettings(
                name, TraceSettingResponse.SettingValue.newBuilder().addAllValue(value).build()));
    return response.build();
  }

  private static FieldException unknown(String name, Set<String> known) {
    String shown = name.length() > MAX_SHOWN ? name.substring(0, MAX_SHOWN) : name;
    return FieldException.invalid(
        PATH.formatted(shown),
        "no such setting (expected: one of %s)"
            .formatted(known.stream().sorted().collect(Collectors.joining(", "))));
  }

  private static void requireSame(String name, boolean same, String instead) {
    if (!same) {
      throw FieldException.of(
          PATH.formatted(name),
          ErrorReason.UNSUPPORTED,
          "cannot be changed while the server runs (expected: %s)".formatted(instead));
    }
  }
}
