package dev.synthorax.engine.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.library.SharedLibraries;
import java.io.IOException;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NeededLibrariesTest {
  private static final String PLATFORM = "linux-x86_64";
  private static final SymbolLookup NONE = _ -> Optional.empty();

  /** What profile {@code gpu} adds to the class path, TensorRT's own libraries aside. */
  private static final Set<String> PARTS =
      Set.of(
          "org/bytedeco/cuda/linux-x86_64/libjnicudart.so",
          "org/bytedeco/cuda/linux-x86_64/libjnicublas.so",
          "org/bytedeco/cuda/linux-x86_64/libjnicudnn.so",
          "org/bytedeco/cuda/linux-x86_64/libjninvrtc.so",
          "org/bytedeco/tensorrt/linux-x86_64/libjninvinfer.so",
          "org/bytedeco/tensorrt/linux-x86_64/libjninvinfer_plugin.so",
          "org/bytedeco/tensorrt/linux-x86_64/libjninvonnxparser.so");

  private final List<String> loaded = new ArrayList<>();
  private final Set<String> missing = new HashSet<>();
  private final Set<String> jars = new HashSet<>(PARTS);
  @TempDir Path named;

  private void load() {
    var host =
        new SharedLibraries(
            List.of(named),
            List.of(),
            name -> {
              if (missing.contains(name)) {
                throw new SharedLibraries.NotLoadedException(name + ": no such file");
              }
              loaded.add(Path.of(name).getFileName().toString());
              return NONE;
            });
    new NeededLibraries(host, jars::contains, PLATFORM).load();
  }

  private void assertMissing(String message) {
    assertThatThrownBy(this::load)
        .isInstanceOfSatisfying(
            InferenceException.class,
            failure -> assertThat(failure.reason()).isEqualTo(ErrorReason.UNSUPPORTED))
        .hasMessage(message);
  }

  @Test
  void load_everythingOnTheHost_loadsWhatIsNeededFirstFirst() {
    load();

    assertThat(loaded)
        .containsExactly(
            "libcudart.so.13",
            "libcublasLt.so.13",
            "libcublas.so.13",
            "libcudnn_graph.so.9",
            "libcudnn_ops.so.9",
            "libcudnn_cnn.so.9",
            "libcudnn_adv.so.9",
            "libnvrtc.so.13",
            "libnvinfer.so.10",
            "libnvinfer_plugin.so.10",
            "libnvonnxparser.so.10");
  }

  @Test
  void load_inTheJars_isLeftToJavaCpp() {
    jars.add("org/bytedeco/tensorrt/linux-x86_64/libnvinfer.so.10");
    jars.add("org/bytedeco/cuda/linux-x86_64/libcudart.so.13");

    load();

    assertThat(loaded)
        .doesNotContain("libnvinfer.so.10", "libcudart.so.13")
        .contains("libnvinfer_plugin.so.10", "libnvrtc.so.13");
  }

  @Test
  void load_inTheJarsAndInANamedFolder_isTheFolders() throws IOException {
    jars.add("org/bytedeco/tensorrt/linux-x86_64/libnvinfer.so.10");
    Files.writeString(named.resolve("libnvinfer.so.10"), "");

    load();

    assertThat(loaded).contains("libnvinfer.so.10");
  }

  @Test
  void load_buildWithoutThem_saysHowToBuild() {
    jars.remove("org/bytedeco/tensorrt/linux-x86_64/libjninvonnxparser.so");

    assertMissing(
        "TensorRT is no part of this build (libjninvonnxparser.so for linux-x86_64 is missing);"
            + " build with -Pgpu");
    assertThat(loaded).isEmpty();
  }

  @Test
  void load_missingOnTheHost_namesTheFirstAndWhatToInstall() {
    missing.add("libcudnn_ops.so.9");
    missing.add("libnvinfer.so.10");

    assertMissing(
        "libcudnn_ops.so.9 is missing (looked in SYNTHORAX_LIBRARIES, on the loader's path, in"
            + " CUDA's and TensorRT's folders and in Python's packages); install cuDNN 9 (Python:"
            + " nvidia-cudnn-cu13)");
  }

  @Test
  void load_noTensorRt_saysBothWaysToGetIt() {
    missing.add("libnvinfer.so.10");

    assertMissing(
        "libnvinfer.so.10 is missing (looked in SYNTHORAX_LIBRARIES, on the loader's path, in"
            + " CUDA's and TensorRT's folders and in Python's packages); build with -Pgpu, or"
            + " install TensorRT 10 on this host");
  }
}
