package dev.synthorax.engine.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The stand-in for the CUDA driver, in C: builds it with the host's compiler, once a process, puts
 * it in the driver's place, and asks it what it saw. {@code fakecuda.h} says what it checks.
 *
 * <p><b>Ownership:</b> the library stays loaded until the process ends; its file goes with it.
 *
 * <p><b>Threading:</b> any thread; {@link #reset} when nobody uses the driver.
 */
@SuppressWarnings("restricted") // native memory and functions, as the driver gives them
public final class FakeDriver {

  private static final List<String> SOURCES =
      List.of(
          "calls.c",
          "checks.c",
          "devices.c",
          "events.c",
          "graphs.c",
          "memory.c",
          "modules.c",
          "monitor.c",
          "objects.c",
          "streams.c");
  private static final long REPORT_BYTES = 1 << 16;

  private static @Nullable FakeDriver loaded; // guarded by the class

  private final Path library;
  private final SymbolLookup symbols;

  private FakeDriver(Path library) {
    this.library = library;
    symbols = SymbolLookup.libraryLookup(library, Arena.global());
  }

  /** How a call fails. */
  public enum How {
    /** That call alone, and its device goes on. */
    ONCE(0),
    /** The call, and every one after it on its device. */
    STICKY(1),
    /** The call goes well; its device is lost when the work runs that it enqueued. */
    LATER(2);

    private final int number;

    How(int number) {
      this.number = number;
    }
  }

  /**
   * The fake, in the driver's place from now on; one that the driver's system property names was
   * built before. Where no C compiler is, the test is skipped with one line that says so.
   */
  public static synchronized FakeDriver load() {
    if (loaded == null) {
      String built = System.getProperty(CudaLibrary.PROPERTY);
      loaded = new FakeDriver(built == null ? build() : Path.of(built));
    }
    System.setProperty(CudaLibrary.PROPERTY, loaded.library.toString());
    System.setProperty(Nvml.PROPERTY, loaded.library.toString());
    return loaded;
  }

  /** Whether a program is on the path. */
  static boolean has(String program) {
    return Pattern.compile(":")
        .splitAsStream(System.getenv("PATH"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static Path build() {
    assumeTrue(has("cc"), "fake-gpu: skipped, there is no C compiler (cc) on this machine");
    try {
      return buildIn(Files.createTempDirectory("fakecuda"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static Path buildIn(Path folder) throws IOException {
    folder.toFile().deleteOnExit();
    Path library = folder.resolve("libcuda.so.1");
    List<String> command =
        new ArrayList<>(
            List.of("cc", "-std=gnu11", "-shared", "-fPIC", "-O1", "-g", "-Wall", "-Wextra"));
    command.addAll(List.of("-Werror", "-fvisibility=hidden", "-pthread", "-o", library.toString()));
    extract(folder, "fakecuda.h");
    for (String source : SOURCES) {
      command.add(extract(folder, source).toString());
    }
    command.add("-ldl");
    run(command);
    library.toFile().deleteOnExit();
    return library;
  }

  private static void run(List<String> command) throws IOException {
    Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (compiler.onExit().join().exitValue() != 0) {
      throw new IOException("cc: " + output);
    }
  }

  /** A module of kernels for the host, from C. */
  byte[] compile(String source) {
    try {
      Path folder = Files.createTempDirectory("fakecuda");
      Path code = Files.writeString(folder.resolve("kernels.c"), source);
      Path module = folder.resolve("kernels.so");
      run(List.of("cc", "-shared", "-fPIC", "-o", module.toString(), code.toString()));
      byte[] bytes = Files.readAllBytes(module);
      for (Path file : List.of(code, module, folder)) {
        Files.delete(file);
      }
      return bytes;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static Path extract(Path folder, String name) throws IOException {
    Path file = folder.resolve(name);
    file.toFile().deleteOnExit();
    try (InputStream source = FakeDriver.class.getResourceAsStream("/fakecuda/" + name)) {
      Files.copy(requireNonNull(source, name), file);
    }
    return file;
  }

  /** The library's file. */
  public Path library() {
    return library;
  }

  /** Forgets all that it saw, and gives it one device with 4 GiB. */
  public void reset() {
    call("fakecu_reset");
    setDevices(1);
    setVersion(13_000);
    setPools(true);
  }

  /** How many devices there are from the next opening on. */
  public void setDevices(int count) {
    call("fakecu_set_devices", count);
  }

  /** The version that the driver says it has, such as 13000. */
  void setVersion(int version) {
    call("fakecu_set_version", version);
  }

  /** Whether devices have memory pools. */
  void setPools(boolean have) {
    call("fakecu_set_pools", have ? 1 : 0);
  }

  /** Room of each device. */
  public void setMemory(long bytes) {
    call("fakecu_set_memory", bytes);
  }

  /** Lets a function fail, the {@code n}-th call from now, with one of CUDA's numbers. */
  public void inject(String function, long n, int failure, How how) {
    try (Arena arena = Arena.ofConfined()) {
      call("fakecu_inject", arena.allocateFrom(function), n, failure, how.number);
    }
  }

  /** Whether the call that was to fail has come. */
  public boolean injected() {
    return call("fakecu_injected") != 0;
  }

  /** How many pieces of work a device has run since the process began. */
  public int pieces(int device) {
    return call("fakecu_pieces", device);
  }

  /** Runs all work that was put off. */
  public void drain() {
    call("fakecu_drain");
  }

  /** What was wrong since the last call of this, one line each. */
  public List<String> violations() {
    drain();
    return lines("fakecu_violations");
  }

  /** What is not given back, one line each. */
  public List<String> leaks() {
    return lines("fakecu_leaks");
  }

  /** How often each function was called since the last reset. */
  public Map<String, Long> calls() {
    Map<String, Long> counts = new TreeMap<>();
    for (String line : lines("fakecu_calls")) {
      int space = line.indexOf(' ');
      counts.put(line.substring(0, space), Long.valueOf(line.substring(space + 1)));
    }
    return counts;
  }

  private List<String> lines(String function) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(REPORT_BYTES);
      call(function, out, REPORT_BYTES);
      return out.getString(0).lines().toList();
    }
  }

  /** Calls one of the fake's own functions, or one of the driver's that this module does not. */
  public int call(String function, Object... arguments) {
    MemoryLayout[] layouts = new MemoryLayout[arguments.length];
    for (int i = 0; i < layouts.length; i++) {
      layouts[i] =
          switch (arguments[i]) {
            case Integer _ -> JAVA_INT;
            case Long _ -> JAVA_LONG;
            default -> ADDRESS;
          };
    }
    try {
      return (int)
          Linker.nativeLinker()
              .downcallHandle(
                  symbols.find(function).orElseThrow(), FunctionDescriptor.of(JAVA_INT, layouts))
              .invokeWithArguments(arguments);
    } catch (Throwable failure) {
      throw new IllegalStateException(function, failure);
    }
  }
}
