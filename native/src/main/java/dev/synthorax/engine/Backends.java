package dev.synthorax.engine;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.MustBeClosed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The backends on the class path, by name. */
public final class Backends {

  /** The name that takes the best backend that opens here. */
  public static final String AUTO = "auto";

  private Backends() {}

  /** Names that {@link #open} knows beside {@link #AUTO}, best first. */
  public static List<String> names() {
    return providers().stream().map(BackendProvider::name).toList();
  }

  /**
   * Opens a backend.
   *
   * @param name one of {@link #names()}, or {@link #AUTO}
   * @return the caller closes it
   * @throws InferenceException {@code UNSUPPORTED} if there is no such backend (the message names
   *     those there are), or if it cannot run here (the message says what is missing)
   */
  @MustBeClosed
  public static Backend open(String name) {
    requireNonNull(name, "name");
    return name.equals(AUTO) ? openBest() : openNamed(name);
  }

  @MustBeClosed
  private static Backend openNamed(String name) {
    for (BackendProvider provider : providers()) {
      if (provider.name().equals(name)) {
        return provider.open();
      }
    }
    throw new InferenceException(
        ErrorReason.UNSUPPORTED,
        "backend: " + name + " (expected: " + AUTO + " or one of " + known() + ")");
  }

  @MustBeClosed
  private static Backend openBest() {
    List<InferenceException> failures = new ArrayList<>();
    for (BackendProvider provider : providers()) {
      try {
        return provider.open();
      } catch (InferenceException failure) {
        if (failure.reason() != ErrorReason.UNSUPPORTED) {
          throw failure;
        }
        failures.add(failure);
      }
    }
    InferenceException none =
        new InferenceException(
            ErrorReason.UNSUPPORTED,
            failures.stream()
                .map(InferenceException::getMessage)
                .collect(Collectors.joining("; ", "no backend runs here: ", "")));
    failures.forEach(none::addSuppressed);
    throw none;
  }

  private static String known() {
    return String.join(", ", names());
  }

  private static List<BackendProvider> providers() {
    return ServiceLoader.load(BackendProvider.class, BackendProvider.class.getClassLoader())
        .stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(BackendProvider::preference).reversed())
        .toList();
  }
}
