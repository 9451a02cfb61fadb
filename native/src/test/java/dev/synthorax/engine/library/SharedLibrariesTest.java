package dev.synthorax.engine.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedLibrariesTest {

  private static final SymbolLookup NONE = _ -> Optional.<MemorySegment>empty();

  @TempDir Path root;
  private final List<String> asked = new ArrayList<>();
  private final Map<String, String> failures = new HashMap<>();
  private Path named;
  private Path installed;
  private SharedLibraries libraries;

  @BeforeEach
  void findTwoFolders() throws IOException {
    named = Files.createDirectories(root.resolve("named"));
    installed = Files.createDirectories(root.resolve("installed"));
    libraries = new SharedLibraries(List.of(named), List.of(installed), this::open);
  }

  private SymbolLookup open(String nameOrFile) throws SharedLibraries.NotLoadedException {
    asked.add(nameOrFile);
    String failure = failures.get(nameOrFile);
    if (failure != null) {
      throw new SharedLibraries.NotLoadedException(failure);
    }
    return NONE;
  }

  private void hideFromTheLoader(String name) {
    failures.put(name, name + ": cannot open shared object file: No such file or directory");
  }

  private static Path touch(Path file) throws IOException {
    return Files.writeString(file, "");
  }

  @Test
  void load_inANamedFolder_isTakenBeforeTheLoaderIsAsked() throws IOException {
    Path file = touch(named.resolve("libx.so.1"));

    var library = libraries.load("libx.so.1");

    assertThat(library).extracting(SharedLibraries.Library::file).isEqualTo(file);
    assertThat(asked).containsExactly(file.toString());
    assertThat(libraries.isNamed("libx.so.1")).isTrue();
  }

  @Test
  void load_onTheLoadersPath_isTakenBeforeInstalledFolders() throws IOException {
    touch(installed.resolve("libx.so.1"));

    var library = libraries.load("libx.so.1");

    assertThat(library).extracting(SharedLibraries.Library::file).isNull();
    assertThat(asked).containsExactly("libx.so.1");
    assertThat(libraries.isNamed("libx.so.1")).isFalse();
  }

  @Test
  void load_severalNames_takesTheFirstThatIsAnywhere() throws IOException {
    hideFromTheLoader("libx.so.2");
    hideFromTheLoader("libx.so.1");
    Path file = touch(installed.resolve("libx.so.1"));

    assertThat(libraries.load("libx.so.2", "libx.so.1"))
        .extracting(SharedLibraries.Library::name, SharedLibraries.Library::file)
        .containsExactly("libx.so.1", file);
  }

  @Test
  void load_nowhere_isNull() {
    hideFromTheLoader("libx.so.1");

    assertThat(libraries.load("libx.so.1")).isNull();
  }

  @Test
  void require_nowhere_saysWhereItLookedAndWhatToDo() {
    hideFromTheLoader("libx.so.1");

    assertThatThrownBy(() -> libraries.require("libx.so.1", "install X 1"))
        .isInstanceOfSatisfying(
            InferenceException.class,
            failure -> assertThat(failure.reason()).isEqualTo(ErrorReason.UNSUPPORTED))
        .hasMessage(
            "libx.so.1 is missing (looked in SYNTHORAX_LIBRARIES, on the loader's path, in CUDA's"
                + " and TensorRT's folders and in Python's packages); install X 1");
  }

  @Test
  void require_thereButBroken_saysWhyItDoesNotLoad() throws IOException {
    hideFromTheLoader("libx.so.1");
    Path file = touch(installed.resolve("libx.so.1"));
    failures.put(file.toString(), "liby.so.3: cannot open shared object file");

    assertThatThrownBy(() -> libraries.require("libx.so.1", "install X 1"))
        .hasMessage(
            "libx.so.1 does not load: liby.so.3: cannot open shared object file; install X 1");
  }

  @Test
  void require_foundByNameButLackingAnother_namesTheOther() {
    failures.put("libx.so.1", "liby.so.3: cannot open shared object file");

    assertThatThrownBy(() -> libraries.require("libx.so.1", "install X 1"))
        .hasMessageStartingWith("libx.so.1 does not load: liby.so.3: cannot open");
  }

  @Test
  void dynamicLoader_realLibrary_hasSymbolsAndAReasonWhereItHasNone() throws Exception {
    var loader = new DynamicLoader();

    SymbolLookup math = loader.open("libm.so.6");

    assertThat(math.find("cos")).isPresent();
    assertThat(math.find("synthorax_none")).isEmpty();
    assertThatThrownBy(() -> loader.open("libsynthorax-none.so.1"))
        .isInstanceOf(SharedLibraries.NotLoadedException.class)
        .hasMessageStartingWith("libsynthorax-none.so.1: ");
  }
}
