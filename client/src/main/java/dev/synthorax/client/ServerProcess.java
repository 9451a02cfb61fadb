package dev.synthorax.client;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A server that lives as long as this object: started on a free port, ended by closing its standard
 * input. It ends by itself too when this process dies, since the pipe closes then. One that is
 * started detached stays instead.
 *
 * <p><b>Ownership:</b> owns the process, its streams and the two threads that read them.
 *
 * <p><b>Threading:</b> any thread may call; {@link #close} blocks until the process has ended.
 */
public final class ServerProcess implements AutoCloseable {
  private static final Pattern LISTENING = Pattern.compile("LISTENING port=(\\d{1,5})");
  private static final String SERVING = "SERVING";
  private static final Duration GRACE = Duration.ofSeconds(20);
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final Process process; // owned
  private final @Nullable Path log; // of one that stays: its standard error
  private final OutputTail output;
  private final CompletableFuture<Integer> port = new CompletableFuture<>();
  private final CompletableFuture<Boolean> serving = new CompletableFuture<>();
  private final Thread outputReader; // owned; ends with the process
  private final Thread errorReader; // owned; ends with the process

  private ServerProcess(Process process, @Nullable Path log, Consumer<String> listener) {
    this.process = process;
    this.log = log;
    this.output = new OutputTail(listener);
    this.outputReader = reader("server-stdout", process.getInputStream(), this::standardOutput);
    this.errorReader = reader("server-stderr", process.getErrorStream(), output::add);
  }

  /**
   * Starts a server and waits until it says SERVING. The caller closes it.
   *
   * @param command the server's command; {@code serve --port 0 --exit-with-stdin} is added
   * @param startTimeout how long it may take to serve; positive
   * @param log hears every line the server prints, on threads of this object
   * @throws ServerStartException if it cannot be started, ends early, or takes too long
   */
  public static ServerProcess start(
      ServerCommand command, Duration startTimeout, Consumer<String> log) {
    return start(command, List.of(), startTimeout, log);
  }

  /**
   * The same with more options of {@code serve}.
   *
   * @param options such as {@code --backend}, {@code onnxruntime-cpu}
   */
  public static ServerProcess start(
      ServerCommand command, List<String> options, Duration startTimeout, Consumer<String> log) {
    requireNonNull(command, "command");
    requireNonNull(options, "options");
    requireNonNull(startTimeout, "startTimeout");
    requireNonNull(log, "log");
    List<String> words = new ArrayList<>(command.with("serve", "--port", "0", "--exit-with-stdin"));
    words.addAll(options);
    return serving(new ProcessBuilder(words), null, startTimeout, log);
  }

  /**
   * Starts a server that stays when this process ends, in a session of its own, so that no terminal
   * ends it; waits until it says SERVING. It ends by a signal, or by {@link #close} of what is
   * returned. Should this process end while it waits, the server ends too.
   *
   * @param options of {@code serve}
   * @param log file that its standard error is written to, from the start
   * @throws ServerStartException if it cannot be started, ends early, or takes too long
   */
  public static ServerProcess startDetached(
      ServerCommand command, List<String> options, Path log, Duration startTimeout) {
    List<String> words = new ArrayList<>(List.of("setsid"));
    words.addAll(command.with("serve"));
    words.addAll(options);
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .redirectInput(new File("/dev/null"))
            .redirectError(requireNonNull(log, "log").toFile());
    return serving(builder, log, startTimeout, line -> {});
  }

  private static ServerProcess serving(
      ProcessBuilder builder,
      @Nullable Path log,
      Duration startTimeout,
      Consumer<String> listener) {
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new ServerStartException(
          "the server could not be started (" + e.getMessage() + ")", List.of(), e);
    }
    ServerProcess server = new ServerProcess(process, log, listener);
    try {
      server.outputReader.start();
      server.errorReader.start();
      if (log == null) {
        server.awaitServing(startTimeout);
      } else {
        server.awaitStaying(startTimeout);
      }
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** A server that is to stay knows no parent: until it serves, this process ends it. */
  private void awaitStaying(Duration timeout) {
    Thread end = new Thread(process::destroy, "end-of-start");
    Runtime.getRuntime().addShutdownHook(end);
    try {
      awaitServing(timeout);
    } finally {
      try {
        Runtime.getRuntime().removeShutdownHook(end);
      } catch (IllegalStateException e) {
        process.destroy(); // this process is ending
      }
    }
  }

  private static Thread reader(String name, InputStream stream, Consumer<String> sink) {
    return Thread.ofPlatform()
        .daemon()
        .name(name)
        .unstarted(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  sink.accept(line);
                }
              } catch (IOException e) {
                sink.accept("(its output ended: " + e.getMessage() + ")");
              }
            });
  }

  private void standardOutput(String line) {
    Matcher listening = LISTENING.matcher(line.strip());
    if (!port.isDone() && listening.matches()) {
      port.complete(Integer.parseInt(listening.group(1)));
    } else if (port.isDone() && line.strip().equals(SERVING)) {
      serving.complete(true);
    } else {
      output.add(line);
    }
  }

  private void awaitServing(Duration timeout) {
    try {
      CompletableFuture.anyOf(serving, process.onExit())
          .get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw tooSlow(timeout, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServerStartException("interrupted while the server started", lastLines(), e);
    }
    if (!process.isAlive()) {
      throw endedEarly();
    }
  }

  private ServerStartException tooSlow(Duration timeout, Exception cause) {
    return new ServerStartException(
        "the server was not ready after "
            + timeout.toSeconds()
            + " s; see "
            + (log == null ? "--verbose" : log)
            + ", or give it more time with --start-timeout",
        lastLines(),
        cause);
  }

  private ServerStartException endedEarly() {
    awaitReaders();
    int exit = process.exitValue();
    List<String> lines = lastLines();
    String verdict = output.verdict();
    boolean clean = exit == 1 || exit == 2; // it said itself what was wrong
    if (clean && verdict != null) {
      return new ServerStartException("the server did not start: " + verdict, exit == 2);
    }
    return new ServerStartException(
        "the server ended with exit code " + exit + " before it was ready", lines, null);
  }

  /** What it printed last; of one that stays that is in its log. */
  private List<String> lastLines() {
    if (log != null) {
      try {
        new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().forEach(output::add);
      } catch (IOException e) {
        output.add("(" + log + " cannot be read: " + e.getMessage() + ")");
      }
    }
    return output.lines();
  }

  private void awaitReaders() {
    try {
      var _ = outputReader.join(LAST_WORDS);
      var _ = errorReader.join(LAST_WORDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns where the server listens, {@code 127.0.0.1:port}. */
  public String target() {
    return "127.0.0.1:" + port.join();
  }

  /** Returns the port where it listens. */
  public int port() {
    return port.join();
  }

  /** Returns the process. */
  public ProcessHandle process() {
    return process.toHandle();
  }

  /** Returns whether the process runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Returns the last lines the server printed, oldest first. */
  public List<String> tail() {
    return output.lines();
  }

  /**
   * Ends the server: closes its standard input, and after 20 seconds without effect terminates it.
   * One that was to stay has no such input and is terminated at once.
   */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroy(); // the pipe is broken already: ask in the other way
    }
    if (log != null) {
      process.destroy();
    }
    try {
      if (!process.waitFor(GRACE)) {
        process.destroy();
      }
      if (!process.waitFor(GRACE)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** The last lines of a process, bounded; each is passed on as well. */
  private static final class OutputTail {
    private static final int MAX_LINES = 40;
    private static final Pattern ERROR =
        Pattern.compile("(error|synthorax[\\w ]*):\\s*", Pattern.CASE_INSENSITIVE);

    private final Consumer<String> log;
    private final ArrayDeque<String> tail = new ArrayDeque<>(); // guarded by this

    private OutputTail(Consumer<String> log) {
      this.log = log;
    }

    private void add(String line) {
      synchronized (this) {
        if (tail.size() == MAX_LINES) {
          tail.removeFirst();
        }
        tail.addLast(line);
      }
      log.accept(line);
    }

    private synchronized List<String> lines() {
      return List.copyOf(tail);
    }

    /**
     * Returns the last line that calls itself an error, without that word; else the last line; null
     * where there is none.
     */
    private synchronized @Nullable String verdict() {
      List<String> newestFirst =
          tail.reversed().stream().map(String::strip).filter(line -> !line.isEmpty()).toList();
      return newestFirst.stream()
          .filter(line -> ERROR.matcher(line).lookingAt())
          .findFirst()
          .map(line -> ERROR.matcher(line).replaceFirst(""))
          .orElse(newestFirst.isEmpty() ? null : newestFirst.getFirst());
    }
  }
}
