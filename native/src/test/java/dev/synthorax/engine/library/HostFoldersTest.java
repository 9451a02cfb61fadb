package dev.synthorax.engine.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostFoldersTest {

  @TempDir Path root;

  private Path folder(String path) throws IOException {
    return Files.createDirectories(root.resolve(path));
  }

  private List<Path> folders(Map<String, String> environment) {
    return new HostFolders(environment, root).all();
  }

  @Test
  void all_emptyHost_areNone() {
    assertThat(folders(Map.of())).isEmpty();
  }

  @Test
  void all_cudaOfSeveralVersions_areTheChosenThenTheNewestFirst() throws IOException {
    Path home = folder("opt/cuda/lib64");
    Path old = folder("usr/local/cuda-12.6/lib64");
    Path recent = folder("usr/local/cuda-13.1/lib64");
    Path link = folder("usr/local/cuda/lib64");
    Path tensorRt = folder("usr/local/TensorRT-10.15.1.29/lib");
    Path distribution = folder("usr/lib/x86_64-linux-gnu");

    assertThat(folders(Map.of("CUDA_HOME", root.resolve("opt/cuda").toString())))
        .containsExactly(home, link, recent, old, tensorRt, distribution);
  }

  @Test
  void all_pythonPackages_areFoundInEveryPlaceOfPythons() throws IOException {
    Path site = folder("usr/lib/python3.12/site-packages/nvidia/cudnn/lib");
    Path local = folder("usr/local/lib/python3.12/dist-packages/nvidia/cu13/lib");
    Path user = folder("home/u/.local/lib/python3.11/site-packages/tensorrt_libs");
    Path venv = folder("venv/lib/python3.12/site-packages/nvidia/cublas/lib");
    Path target = folder("target/nvidia/cuda_nvrtc/lib");
    Path onPath = folder("pyenv/lib/python3.11/site-packages/nvidia/cu13/lib");
    Path python = Files.writeString(folder("pyenv/bin").resolve("python3"), "");
    assertThat(python.toFile().setExecutable(true)).isTrue();

    List<Path> found =
        folders(
            Map.of(
                "HOME", root.resolve("home/u").toString(),
                "VIRTUAL_ENV", root.resolve("venv").toString(),
                "PATH", root.resolve("bin") + ":" + python.getParent(),
                "PYTHONPATH", root.resolve("target").toString()));

    assertThat(found).containsExactly(target, venv, onPath, user, local, site);
  }

  @Test
  void all_foldersWithoutLibraries_areLeftOut() throws IOException {
    folder("usr/lib/python3/dist-packages/numpy");
    folder("usr/lib/python3/dist-packages/nvidia/empty");

    assertThat(folders(Map.of("HOME", "/", "PATH", ""))).isEmpty();
  }
}
