package dev.synthorax.engine.library;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.io.File;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Loads shared libraries that the host has and no jar brings, NVIDIA's above all. Looked at, in
 * this order: the folders that the system property {@value #PROPERTY} or the environment variable
 * {@value #VARIABLE} names, the system loader's own path ({@code LD_LIBRARY_PATH} first), and the
 * {@linkplain HostFolders folders} where installers put them.
 *
 * <p>What is loaded stays so until the process ends: whoever asks for a library of that name
 * afterwards, Java or native code, gets this one.
 *
 * <p><b>Threading:</b> immutable; any thread.
 */
public final class SharedLibraries {

  /** System property that names folders to look in first, separated as in a class path. */
  public static final String PROPERTY = "dev.synthorax.libraries";

  /** Environment variable that does so where the property is not set. */
  public static final String VARIABLE = "SYNTHORAX_LIBRARIES";

  private static final String PLACES =
      "looked in "
          + VARIABLE
          + ", on the loader's path, in CUDA's and TensorRT's folders and in Python's packages";

  private final List<Path> named;
  private final List<Path> installed;
  private final Opener opener;

  /**
   * Those of some folders.
   *
   * @param named looked at first
   * @param installed looked at last
   * @param opener the system's loader
   */
  public SharedLibraries(List<Path> named, List<Path> installed, Opener opener) {
    this.named = List.copyOf(named);
    this.installed = List.copyOf(installed);
    this.opener = opener;
  }

  /** What loads a library by the loader's name for it, or by its file. */
  @FunctionalInterface
  public interface Opener {
    /** Loads it until the process ends. */
    SymbolLookup open(String nameOrFile) throws NotLoadedException;
  }

  /** The loader's reason why not. */
  public static final class NotLoadedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With the loader's own words. */
    public NotLoadedException(String message) {
      super(message);
    }
  }

  /**
   * A loaded library.
   *
   * @param name as asked for, such as {@code libnvrtc.so.13}
   * @param file where it lies; null where the system's loader found it by its name
   * @param symbols its functions
   */
  public record Library(String name, @Nullable Path file, SymbolLookup symbols) {
    /** Refuses null for the name or the symbols. */
    public Library {
      requireNonNull(name, "name");
      requireNonNull(symbols, "symbols");
    }
  }

  /** Those of this machine, as its environment is now. */
  public static SharedLibraries ofThisHost() {
    String folders = System.getProperty(PROPERTY, System.getenv().getOrDefault(VARIABLE, ""));
    return new SharedLibraries(
        paths(folders), new HostFolders(System.getenv(), Path.of("/")).all(), new DynamicLoader());
  }

  private static List<Path> paths(String folders) {
    return Arrays.stream(folders.split(File.pathSeparator))
        .filter(folder -> !folder.isBlank())
        .map(folder -> Path.of(folder.strip()))
        .toList();
  }

  /**
   * Loads the first of some libraries that loads.
   *
   * @param names as the loader knows them, such as {@code libnvrtc.so.13}; the best first
   * @return null if none of them does
   */
  public @Nullable Library load(String... names) {
    for (String name : names) {
      Library library = load(name, new ArrayList<>());
      if (library != null) {
        return library;
      }
    }
    return null;
  }

  /**
   * The same of one that must be there.
   *
   * @param advice what to do where it is not, such as {@code install cuDNN 9 for CUDA 13}
   * @throws InferenceException {@code UNSUPPORTED} with one sentence: which one, where was looked
   *     or why it does not load, and the advice
   */
  public Library require(String name, String advice) {
    List<String> failures = new ArrayList<>();
    Library library = load(name, failures);
    if (library != null) {
      return library;
    }
    String problem =
        failures.isEmpty()
            ? name + " is missing (" + PLACES + ")"
            : name + " does not load: " + failures.getFirst();
    throw new InferenceException(ErrorReason.UNSUPPORTED, problem + "; " + advice);
  }

  /** Whether a folder that the user named has a file of that name. */
  public boolean isNamed(String name) {
    return named.stream().anyMatch(folder -> Files.isRegularFile(folder.resolve(name)));
  }

  private @Nullable Library load(String name, List<String> failures) {
    Library library = loadFrom(named, name, failures);
    if (library == null) {
      library = loadByName(name, failures);
    }
    return library == null ? loadFrom(installed, name, failures) : library;
  }

  private @Nullable Library loadByName(String name, List<String> failures) {
    try {
      return new Library(name, null, opener.open(name));
    } catch (NotLoadedException failure) {
      String message = String.valueOf(failure.getMessage());
      if (!message.startsWith(name + ": ")) { // about another library, which this one needs
        failures.add(message);
      }
      return null;
    }
  }

  private @Nullable Library loadFrom(List<Path> folders, String name, List<String> failures) {
    for (Path folder : folders) {
      Path file = folder.resolve(name);
      if (Files.isRegularFile(file)) {
        try {
          return new Library(name, file, opener.open(file.toString()));
        } catch (NotLoadedException failure) {
          failures.add(String.valueOf(failure.getMessage()));
        }
      }
    }
    return null;
  }
}
