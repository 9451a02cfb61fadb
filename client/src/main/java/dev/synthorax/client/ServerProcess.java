package dev.synthorax.client;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
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
 * input. It ends by itself too when this process dies, since the pipe closes then.
 *
 * <p><b>Ownership:</b> owns the process, its streams and the two threads that read them.
 *
 * <p><b>Threading:</b> any thread may call; {@link #close} blocks until the process has ended.
 */
public final class ServerProcess implements AutoCloseable {
  private static final Pattern LISTENING = Pattern.compile("LISTENING port=(\\d{1,5})");
  private static final Duration GRACE = Duration.ofSeconds(20);
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final Process process; // owned
  private final OutputTail output;
  private final CompletableFuture<Integer> port = new CompletableFuture<>();
  private final Thread outputReader; // owned; ends with the process
  private final Thread errorReader; // owned; ends with the process

  private ServerProcess(Process process, Consumer<String> log) {
    this.process = process;
    this.output = new OutputTail(log);
    this.outputReader = reader("server-stdout", process.getInputStream(), this::standardOutput);
    this.errorReader = reader("server-stderr", process.getErrorStream(), output::add);
  }

  /**
   * Starts a server and waits until its health is SERVING. The caller closes it.
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
    Process process;
    try {
      process = new ProcessBuilder(words).start();
    } catch (IOException e) {
      throw new ServerStartException(
          "the server could not be started (" + e.getMessage() + ")", List.of(), e);
    }
    ServerProcess server = new ServerProcess(process, log);
    try {
      server.outputReader.start();
      server.errorReader.start();
      server.awaitServing(startTimeout);
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
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
    } else {
      output.add(line);
    }
  }

  private void awaitServing(Duration timeout) {
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    CompletableFuture<Process> ended = process.onExit();
    first(port, ended, deadlineNanos, timeout);
    try (SynthoraxClient client = SynthoraxClient.open(target(), ClientOptions.DEFAULT)) {
      Duration left = Duration.ofNanos(Math.max(1, deadlineNanos - System.nanoTime()));
      first(client.servingAsync(left), ended, deadlineNanos, timeout);
    }
  }

  /** Waits for {@code step}, unless the process ends or time runs out before. */
  private void first(
      CompletableFuture<?> step,
      CompletableFuture<Process> ended,
      long deadlineNanos,
      Duration timeout) {
    try {
      CompletableFuture.anyOf(step, ended)
          .get(Math.max(1, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw tooSlow(timeout, e);
    } catch (ExecutionException e) {
      if (process.isAlive()) {
        throw tooSlow(timeout, e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServerStartException("interrupted while the server started", output.lines(), e);
    }
    if (!process.isAlive()) {
      throw endedEarly();
    }
  }

  private ServerStartException tooSlow(Duration timeout, Exception cause) {
    return new ServerStartException(
        "the server was not ready after "
            + timeout.toSeconds()
            + " s; see --verbose, or give it more time with --start-timeout",
        output.lines(),
        cause);
  }

  private ServerStartException endedEarly() {
    awaitReaders();
    int exit = process.exitValue();
    String verdict = output.verdict();
    boolean clean = exit == 1 || exit == 2; // it said itself what was wrong
    if (clean && verdict != null) {
      return new ServerStartException("the server did not start: " + verdict, List.of(), null);
    }
    return new ServerStartException(
        "the server ended with exit code " + exit + " before it was ready", output.lines(), null);
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
   */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroy(); // the pipe is broken already: ask in the other way
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
