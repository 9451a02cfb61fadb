package dev.synthorax.engine.cuda;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.synthorax.files.AtomicFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The stand-in for NVRTC, in C: compiles kernels for the processor with the host's C++ compiler,
 * and the {@link FakeDriver} runs them. Built once a process and put in NVRTC's place, with a cache
 * of kernels of its own.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class FakeNvrtc {
  private static final String COMPILER = "c++";

  private static @Nullable Path library; // guarded by the class

  private FakeNvrtc() {}

  /**
   * Puts it in NVRTC's place; one that NVRTC's system property names was built before. Where no
   * compilers are, the test is skipped with one line that says so.
   */
  public static synchronized void load() {
    if (library == null) {
      String built = System.getProperty(NvrtcLibrary.PROPERTY);
      library = built == null ? compile() : Path.of(built);
    }
    System.setProperty(NvrtcLibrary.PROPERTY, library.toString());
    System.setProperty(CudaRowOperations.CACHE, library.resolveSibling("kernels").toString());
  }

  /**
   * Below the build's folder, so that kernels are compiled once a build, or else for this process.
   */
  private static Path folder() throws IOException {
    Path target = Path.of("target").toAbsolutePath();
    return Files.isDirectory(target)
        ? Files.createDirectories(target.resolve("fakenvrtc"))
        : Files.createTempDirectory("fakenvrtc");
  }

  private static Path compile() {
    assumeTrue(
        FakeDriver.has("cc") && FakeDriver.has(COMPILER),
        "fake-gpu: skipped, there is no cc and c++ here");
    try {
      return build();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static Path build() throws IOException {
    Path folder = folder();
    Path prelude = extract(folder, "prelude.h");
    Path made = Files.createTempFile(folder, "libnvrtc", ".so");
    made.toFile().deleteOnExit();
    var crc = new CRC32();
    crc.update(Files.readAllBytes(prelude));
    var command =
        List.of(
            "cc",
            "-std=gnu11",
            "-shared",
            "-fPIC",
            "-O1",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-fvisibility=hidden",
            "-DPRELUDE=\"" + prelude + "\"",
            "-DCOMPILER=\"" + COMPILER + "\"",
            "-DVERSION=" + (crc.getValue() >>> 1), // other kernels for another prelude
            "-o",
            made.toString(),
            extract(folder, "fakenvrtc.c").toString());
    Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (compiler.onExit().join().exitValue() != 0) {
      throw new IOException("cc: " + output);
    }
    return made;
  }

  private static Path extract(Path folder, String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream source = FakeNvrtc.class.getResourceAsStream("/fakenvrtc/" + name)) {
      byte[] bytes = requireNonNull(source, name).readAllBytes();
      AtomicFiles.write(file, bytes);
    }
    return file;
  }
}
