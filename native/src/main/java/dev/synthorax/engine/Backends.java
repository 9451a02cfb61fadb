package dev.synthorax.engine;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.MustBeClosed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The backends on the class path, by name. */
public final class Backends {

  /** The name that takes the best backend that opens here. */
  public static final String AUTO = "auto";

  private static final Logger logger = LoggerFactory.getLogger(Backends.class);

  /** What a backend was called before, and is called now. */
  private static final Map<String, String> RETIRED = Map.of("onnxruntime", "onnxruntime-cpu");

  private Backends() {}

  /** Names that {@link #open} knows beside {@link #AUTO}, best first. */
  public static List<String> names() {
    return providers().stream().map(BackendProvider::name).toList();
  }

  /**
   * Opens a backend. A named one opens or fails; {@link #AUTO} takes the best that opens, and one
   * line of the log says which and why no better one.
   *
   * @param name one of {@link #names()}, or {@link #AUTO}
   * @return the caller closes it
   * @throws InferenceException {@code UNSUPPORTED} if there is no such backend (the message names
   *     those there are), or if it cannot run here (the message says what is missing)
   */
  @MustBeClosed
  public static Backend open(String name) {
    return open(name, providers());
  }

  @MustBeClosed
  static Backend open(String name, List<BackendProvider> providers) {
    requireNonNull(name, "name");
    return name.equals(AUTO) ? openBest(providers) : openNamed(name, providers);
  }

  @MustBeClosed
  private static Backend openNamed(String name, List<BackendProvider> providers) {
    for (BackendProvider provider : providers) {
      if (provider.name().equals(name)) {
        return openOrSayWhy(provider);
      }
    }
    String current = RETIRED.get(name);
    throw new InferenceException(
        ErrorReason.UNSUPPORTED,
        current == null
            ? "backend: %s (expected: %s or one of %s)".formatted(name, AUTO, names(providers))
            : "backend: %s is now called %s; say that instead".formatted(name, current));
  }

  @MustBeClosed
  private static Backend openOrSayWhy(BackendProvider provider) {
    try {
      return provider.open();
    } catch (InferenceException failure) {
      if (failure.reason() != ErrorReason.UNSUPPORTED) {
        throw failure;
      }
      throw new InferenceException(
          ErrorReason.UNSUPPORTED, provider.name() + ": " + failure.getMessage(), failure);
    }
  }

  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // the caller closes it
  private static Backend openBest(List<BackendProvider> providers) {
    List<InferenceException> failures = new ArrayList<>();
    for (BackendProvider provider : providers) {
      try {
        Backend best = openOrSayWhy(provider);
        logger.info("{}", choice(best, messages(failures)));
        return best;
      } catch (InferenceException failure) {
        if (failure.reason() != ErrorReason.UNSUPPORTED) {
          throw failure;
        }
        failures.add(failure);
      }
    }
    InferenceException none =
        new InferenceException(
            ErrorReason.UNSUPPORTED, "no backend runs here: " + messages(failures));
    failures.forEach(none::addSuppressed);
    throw none;
  }

  /** One line: what was taken, and for each better one why not. */
  private static String choice(Backend best, String others) {
    String taken =
        "Backend %s %s was chosen, on %s"
            .formatted(best.name(), best.version(), best.devices().getFirst().name());
    return others.isEmpty() ? taken : taken + "; not taken: " + others;
  }

  private static String messages(List<InferenceException> failures) {
    return failures.stream().map(InferenceException::getMessage).collect(Collectors.joining("; "));
  }

  private static String names(List<BackendProvider> providers) {
    return providers.stream().map(BackendProvider::name).collect(Collectors.joining(", "));
  }

  private static List<BackendProvider> providers() {
    return ServiceLoader.load(BackendProvider.class, BackendProvider.class.getClassLoader())
        .stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(BackendProvider::preference).reversed())
        .toList();
  }
}
