package dev.synthorax.benchmarks.attack;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.proto.v1.GenerationSpec;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A server process of an installation, with what the system tells of it. Linux alone.
 *
 * <p><b>Ownership:</b> owns the process; its output goes to files in a folder of the caller.
 *
 * <p><b>Threading:</b> any thread.
 */
final class AttackedServer implements AutoCloseable {
  private static final Pattern LISTENING = Pattern.compile("LISTENING port=(\\d+)");
  private static final Pattern STATUS_LINE = Pattern.compile("(\\w+):\\s+(\\d+)");
  private static final Pattern HEAP_AFTER = Pattern.compile("->(\\d+)M\\(");
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  private final Process process; // owned
  private final Path output;
  private final Path log;
  private final Path collections;
  private int port;
  private boolean takesSpec;

  private AttackedServer(Process process, Path folder) {
    this.process = process;
    this.output = folder.resolve("stdout");
    this.log = folder.resolve("stderr");
    this.collections = folder.resolve("gc");
  }

  /** Starts one; it has not bound its port yet. */
  @MustBeClosed
  static AttackedServer start(Installation installation, ServerSettings settings, Path folder)
      throws IOException {
    Files.createDirectories(folder);
    var words = new ArrayList<>(List.of("sh", installation.launcher().toString(), "serve"));
    words.addAll(List.of("--port", "0", "--grace-seconds", "" + settings.grace().toSeconds()));
    for (Path models : settings.models()) {
      words.addAll(List.of("--models", models.toString()));
    }
    var builder =
        new ProcessBuilder(words)
            .redirectOutput(folder.resolve("stdout").toFile())
            .redirectError(folder.resolve("stderr").toFile());
    var environment = builder.environment();
    environment.put("SYNTHORAX_BUILD", "never");
    environment.put("SYNTHORAX_CACHE", settings.cache().toString());
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    var options = new ArrayList<>(settings.jvm());
    options.add("-Xlog:gc:file=" + folder.resolve("gc"));
    environment.put("SYNTHORAX_SERVER_OPTS", String.join(" ", options));
    environment.remove("SYNTHORAX_SERVER_COMMAND");
    return new AttackedServer(builder.start(), folder);
  }

  /** Starts one and waits until it serves; throws IllegalStateException where it does not. */
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // handed on, or closed here
  static AttackedServer serving(Installation installation, ServerSettings settings, Path folder)
      throws IOException, InterruptedException {
    AttackedServer server = start(installation, settings, folder);
    if (!server.awaitServing(START_LIMIT)) {
      server.close();
      throw new IllegalStateException(
          "the server of " + installation.home() + " does not serve; see " + server.log);
    }
    return server;
  }

  /** Waits until health says SERVING; false where the process ends or the time is over before. */
  boolean awaitServing(Duration limit) throws IOException, InterruptedException {
    long endNanos = System.nanoTime() + limit.toNanos();
    while (port == 0 && process.isAlive() && System.nanoTime() < endNanos) {
      Matcher listening = LISTENING.matcher(Files.readString(output));
      if (listening.find()) {
        port = Integer.parseInt(listening.group(1));
      } else {
        Thread.sleep(POLL);
      }
    }
    if (port == 0) {
      return false;
    }
    ManagedChannel channel = Wire.channel(target());
    try {
      while (process.isAlive() && System.nanoTime() < endNanos) {
        if (serves(channel)) {
          takesSpec = Wire.takesSpec(channel);
          return true;
        }
        Thread.sleep(POLL);
      }
      return false;
    } finally {
      channel.shutdownNow();
    }
  }

  private static boolean serves(ManagedChannel channel) {
    try {
      return HealthGrpc.newBlockingStub(channel)
              .withDeadlineAfter(2, TimeUnit.SECONDS)
              .check(HealthCheckRequest.getDefaultInstance())
              .getStatus()
          == ServingStatus.SERVING;
    } catch (StatusRuntimeException e) {
      return false; // not yet, or no more: the caller looks at the process and the clock
    }
  }

  /** The request that asks this server for {@code spec}. */
  byte[] request(GenerationSpec spec) {
    return takesSpec ? Wire.request(spec.toByteString()) : spec.toByteArray();
  }

  String target() {
    return "127.0.0.1:" + port;
  }

  int port() {
    return port;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Sends SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** Its exit code; null where it still runs after {@code limit}. */
  @Nullable Integer awaitExit(Duration limit) throws InterruptedException {
    return process.waitFor(limit) ? process.exitValue() : null;
  }

  /** Bytes on standard error so far. */
  long logBytes() throws IOException {
    return Files.size(log);
  }

  /** What it wrote to standard error. */
  String log() throws IOException {
    return Files.readString(log);
  }

  /** Resident memory in MiB; 0 once it has ended. */
  long residentMebibytes() throws IOException {
    return statusValue("VmRSS") >> 10;
  }

  private long statusValue(String name) throws IOException {
    try {
      Matcher line =
          STATUS_LINE.matcher(Files.readString(Path.of("/proc", "" + process.pid(), "status")));
      while (line.find()) {
        if (line.group(1).equals(name)) {
          return Long.parseLong(line.group(2));
        }
      }
    } catch (NoSuchFileException e) {
      return 0; // ended
    }
    return 0;
  }

  /** Most MiB that a garbage collection left on the heap so far. */
  long heapMebibytes() throws IOException {
    Matcher after = HEAP_AFTER.matcher(Files.readString(collections));
    long most = 0;
    while (after.find()) {
      most = Math.max(most, Long.parseLong(after.group(1)));
    }
    return most;
  }

  /** Names of its live threads, as the system has them (15 characters). */
  List<String> threads() throws IOException {
    var names = new ArrayList<String>();
    Path tasks = Path.of("/proc", "" + process.pid(), "task");
    if (!Files.isDirectory(tasks)) {
      return names;
    }
    try (var all = Files.newDirectoryStream(tasks)) {
      for (Path task : all) {
        try {
          names.add(Files.readString(task.resolve("comm")).strip());
        } catch (IOException e) {
          // it ended while we looked
        }
      }
    }
    return names;
  }

  /** Ends it at once, whatever it does. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
