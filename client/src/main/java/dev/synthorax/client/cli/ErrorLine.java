package dev.synthorax.client.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.ServerStartException;
import dev.synthorax.client.SynthoraxException;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.UsageException;
import io.grpc.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns whatever went wrong into one line and an exit code. */
final class ErrorLine {
  private static final String DISK_FULL = "No space left on device";

  private static final Map<String, String> OPTION_OF_FIELD =
      Map.ofEntries(
          Map.entry("model", "--model"),
          Map.entry("prompt", "--prompt"),
          Map.entry("negative_prompt", "--negative-prompt"),
          Map.entry("masks", "--mask"),
          Map.entry("num_inference_steps", "--steps"),
          Map.entry("guidance_scale", "--guidance"),
          Map.entry("noise_scheduler", "--noise-scheduler"),
          Map.entry("start_image", "--init-image"),
          Map.entry("seed", "--seed"),
          Map.entry("count", "--count"),
          Map.entry("width", "--size"),
          Map.entry("height", "--size"));

  /** Where a request holds what is asked for. */
  private static final String SPEC = "spec.";

  /** The command line could not be understood. */
  int badUsage(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    boolean json = List.of(args).contains("--json");
    String problem = Misuse.problem(e);
    String message =
        problem
            + (problem.endsWith("?") ? " See '" : "; see '")
            + command.getCommandSpec().qualifiedName()
            + " --help'";
    print(command.getErr(), json, Map.of("code", "INVALID_ARGUMENT", "message", oneLine(message)));
    if (List.of(args).contains("--debug")) {
      e.printStackTrace(command.getErr());
    }
    return ExitCode.BAD_USAGE;
  }

  /** The command ran and failed. */
  int failed(Exception e, CommandLine command, ParseResult rootParsed) {
    PrintWriter err = command.getErr();
    ParseResult own =
        command.getParseResult(); // the root's, which is given, knows no options of commands
    boolean debug = own.hasMatchedOption("--debug");
    boolean json = own.hasMatchedOption("--json");
    if (e instanceof ServerStartException start && !json) {
      start.tail().forEach(line -> err.println("server: " + line));
    }
    String out =
        own.hasMatchedOption("--out")
            ? own.matchedOption("--out").originalStringValues().getLast()
            : null;
    print(err, json, describe(e, out));
    if (debug) {
      e.printStackTrace(err);
    }
    return exitCode(e);
  }

  private static int exitCode(Exception e) {
    if (e instanceof ParameterException || e instanceof UsageException) {
      return ExitCode.BAD_USAGE;
    }
    if (e instanceof ServerStartException start && start.badUsage()) {
      return ExitCode.BAD_USAGE;
    }
    if (e instanceof SynthoraxException failure
        && (failure.code() == Status.Code.INVALID_ARGUMENT
            || failure.code() == Status.Code.NOT_FOUND)) {
      return ExitCode.BAD_USAGE;
    }
    return ExitCode.FAILED;
  }

  private static Map<String, String> describe(Exception e, @Nullable String out) {
    Map<String, String> error = new LinkedHashMap<>();
    switch (e) {
      case SynthoraxException failure -> {
        error.put("code", failure.code().name());
        put(error, "reason", failure.reason());
        put(error, "field", field(failure));
        put(error, "resource", failure.resource());
        error.put("message", withOption(failure));
      }
      case ServerStartException start -> {
        error.put("code", "UNAVAILABLE");
        error.put("message", message(start));
      }
      case UsageException usage -> {
        error.put("code", "INVALID_ARGUMENT");
        error.put("message", Misuse.withSuggestion(message(usage)));
      }
      case ParameterException usage -> {
        error.put("code", "INVALID_ARGUMENT");
        error.put("message", Misuse.withSuggestion(message(usage)));
      }
      case IOException io -> {
        error.put("code", "FAILED");
        error.put("message", ioMessage(io, out));
      }
      case InterruptedException _ -> {
        error.put("code", "CANCELLED");
        error.put("message", "stopped");
      }
      default -> {
        error.put("code", "INTERNAL");
        error.put(
            "message",
            "this command broke: "
                + oneLine(e.toString())
                + "; --debug shows where, please report");
      }
    }
    return error;
  }

  private static void put(Map<String, String> error, String key, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      error.put(key, value);
    }
  }

  /** The field at fault within what is asked for; requests hold that as their spec. */
  private static @Nullable String field(SynthoraxException failure) {
    String path = failure.field();
    return path != null && path.startsWith(SPEC) ? path.substring(SPEC.length()) : path;
  }

  /** Adds the option that sets the field at fault, since people type options. */
  private static String withOption(SynthoraxException failure) {
    String message = message(failure);
    String field = field(failure);
    String option = field == null ? null : OPTION_OF_FIELD.get(field.replaceFirst("[.\\[].*", ""));
    return Misuse.withSuggestion(
        option == null || message.contains(option) ? message : message + "; see " + option);
  }

  private static String ioMessage(IOException e, @Nullable String out) {
    if (out != null && DISK_FULL.equals(e.getMessage())) { // the system names no file
      return "--out: " + out + ": no space left on its disk (expected: room for what is written)";
    }
    return switch (e) {
      case NoSuchFileException missing -> missing.getFile() + ": no such file or folder";
      case AccessDeniedException denied -> denied.getFile() + ": access denied";
      default -> message(e);
    };
  }

  private static String message(Exception e) {
    String message = e.getMessage();
    return oneLine(message == null ? e.toString() : message);
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  private static void print(PrintWriter err, boolean json, Map<String, String> error) {
    if (!json) {
      err.println("error: " + error.get("message"));
      err.flush();
      return;
    }
    try {
      err.println(new JsonMapper().writeValueAsString(Map.of("error", error)));
      err.flush();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an error has no JSON form", e);
    }
  }
}
