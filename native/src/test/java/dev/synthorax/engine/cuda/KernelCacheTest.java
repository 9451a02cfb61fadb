package dev.synthorax.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KernelCacheTest {
  @TempDir Path folder;
  private final CountingCompiler compiler = new CountingCompiler("13.1");

  /** Gives code that says what it was made of. */
  private static final class CountingCompiler implements KernelCompiler {
    private final String version;
    private final List<String> compiled = new ArrayList<>();

    private CountingCompiler(String version) {
      this.version = version;
    }

    @Override
    public String version() {
      return version;
    }

    @Override
    public byte[] compile(String file, String source, List<String> options) {
      compiled.add(file + " " + options.getFirst());
      return (file + options).getBytes(StandardCharsets.UTF_8);
    }
  }

  @Test
  void cubin_secondStart_compilesNothing() {
    byte[] first = new KernelCache(folder).cubin(Kernel.UPDATE, compiler, 90);

    byte[] second = new KernelCache(folder).cubin(Kernel.UPDATE, compiler, 90);

    assertThat(second).isEqualTo(first).isNotEmpty();
    assertThat(compiler.compiled).containsExactly("update.cu --gpu-architecture=sm_90");
  }

  @Test
  void cubin_anotherKernelDeviceOrCompiler_isAnotherFile() throws IOException {
    var cache = new KernelCache(folder);
    var newer = new CountingCompiler("13.2");

    cache.cubin(Kernel.UPDATE, compiler, 90);
    cache.cubin(Kernel.GREY, compiler, 90);
    cache.cubin(Kernel.UPDATE, compiler, 100);
    cache.cubin(Kernel.UPDATE, newer, 90);

    assertThat(compiler.compiled).hasSize(3);
    assertThat(newer.compiled).hasSize(1);
    assertThat(files()).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 40, -1})
  void cubin_brokenFile_isMadeAgain(int length) throws IOException {
    var cache = new KernelCache(folder);
    byte[] good = cache.cubin(Kernel.NORMAL, compiler, 90);
    Path file = files().getFirst();
    byte[] bytes = Files.readAllBytes(file);
    if (length < 0) {
      bytes[3] ^= 1;
      Files.write(file, bytes);
    } else {
      Files.write(file, Arrays.copyOf(bytes, length));
    }

    assertThat(cache.cubin(Kernel.NORMAL, compiler, 90)).isEqualTo(good);
    assertThat(cache.cubin(Kernel.NORMAL, compiler, 90)).isEqualTo(good);
    assertThat(compiler.compiled).as("once, and again where it was broken").hasSize(2);
  }

  @Test
  void cubin_folderThatCannotBeWritten_compilesEachTime() throws IOException {
    Path file = Files.writeString(folder.resolve("no-folder"), "");
    var cache = new KernelCache(file.resolve("kernels"));

    byte[] first = cache.cubin(Kernel.SCATTER, compiler, 90);

    assertThat(cache.cubin(Kernel.SCATTER, compiler, 90)).isEqualTo(first).isNotEmpty();
    assertThat(compiler.compiled).hasSize(2);
  }

  private List<Path> files() throws IOException {
    try (var all = Files.list(folder)) {
      return all.sorted().toList();
    }
  }
}
