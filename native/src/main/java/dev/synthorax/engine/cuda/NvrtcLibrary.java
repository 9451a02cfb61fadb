package dev.synthorax.engine.cuda;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.library.SharedLibraries;
import dev.synthorax.files.AtomicFiles;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * Where NVRTC comes from: the file that a system property names, the host ({@link
 * SharedLibraries}), or the jar of CUDA's libraries where it is on the class path. The library
 * opens a second one, its built-in functions, by name alone; that one is loaded first from the same
 * folder.
 */
final class NvrtcLibrary {

  /** System property: path of a library to load in the place of the host's. */
  static final String PROPERTY = "dev.synthorax.nvrtc.library";

  private static final String[] NAMES = {"libnvrtc.so.13", "libnvrtc.so.12"};
  private static final String JAR_FOLDER = "org/bytedeco/cuda/linux-x86_64/";
  private static final String FAMILY = "libnvrtc";
  private static final String BUILTINS = "libnvrtc-builtins*";

  private NvrtcLibrary() {}

  /**
   * Loads it; the library stays loaded until the process ends.
   *
   * @param folder where a library from the class path is unpacked, made if missing
   * @throws InferenceException {@code UNSUPPORTED} with one sentence if there is none
   */
  static Nvrtc open(Path folder) {
    String named = System.getProperty(PROPERTY);
    if (named != null) {
      return new Nvrtc(load(Path.of(named)));
    }
    SharedLibraries host = SharedLibraries.ofThisHost();
    SharedLibraries.Library library = host.load(NAMES);
    if (library != null) {
      if (library.file() != null) {
        loadBuiltins(library.file());
      }
      return new Nvrtc(library.symbols());
    }
    Path unpacked = unpack(folder);
    if (unpacked != null) {
      return new Nvrtc(load(unpacked));
    }
    host.require(NAMES[0], "install NVRTC of CUDA 13, such as Python's nvidia-cuda-nvrtc");
    throw new AssertionError("found at the second look");
  }

  @SuppressWarnings("restricted")
  private static SymbolLookup load(Path file) {
    loadBuiltins(file);
    try {
      return SymbolLookup.libraryLookup(file, Arena.global());
    } catch (IllegalArgumentException failure) {
      throw new InferenceException(
          ErrorReason.UNSUPPORTED,
          file.getFileName() + " does not load (expected: CUDA's NVRTC for this machine)",
          failure);
    }
  }

  @SuppressWarnings("restricted")
  private static void loadBuiltins(Path nvrtc) {
    Path folder = nvrtc.toAbsolutePath().getParent();
    try (var files = Files.newDirectoryStream(folder, BUILTINS)) {
      for (Path file : files) {
        SymbolLookup.libraryLookup(file, Arena.global());
      }
    } catch (IOException | IllegalArgumentException unusable) {
      // NVRTC says so itself when it compiles
    }
  }

  /** Unpacks what the class path has; null where it has none. */
  private static @Nullable Path unpack(Path folder) {
    URL url = NvrtcLibrary.class.getClassLoader().getResource(JAR_FOLDER + NAMES[0]);
    try {
      if (url == null || !(url.openConnection() instanceof JarURLConnection connection)) {
        return null;
      }
      connection.setUseCaches(false);
      try (JarFile jar = connection.getJarFile()) {
        for (JarEntry entry : jar.stream().filter(NvrtcLibrary::isOfNvrtc).toList()) {
          unpack(jar, entry, folder.resolve(entry.getName().substring(JAR_FOLDER.length())));
        }
      }
      return folder.resolve(NAMES[0]);
    } catch (IOException failure) {
      throw new InferenceException(
          ErrorReason.UNSUPPORTED,
          "NVRTC cannot be unpacked from the class path: " + failure.getMessage(),
          failure);
    }
  }

  private static boolean isOfNvrtc(JarEntry entry) {
    return entry.getName().startsWith(JAR_FOLDER + FAMILY) && !entry.isDirectory();
  }

  private static void unpack(JarFile jar, JarEntry entry, Path file) throws IOException {
    if (Files.isRegularFile(file) && Files.size(file) == entry.getSize()) {
      return;
    }
    AtomicFiles.write(
        file,
        channel -> {
          try (InputStream stream = jar.getInputStream(entry)) {
            stream.transferTo(Channels.newOutputStream(channel));
          }
        });
  }
}
