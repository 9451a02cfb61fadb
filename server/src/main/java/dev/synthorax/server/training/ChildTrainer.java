package dev.synthorax.server.training;

import dev.synthorax.server.text.PlainText;
import dev.synthorax.training.stage.TrainingEvent;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains in a child process: this java, this class path, another priority. The child ends, with a
 * checkpoint, when its standard input closes, so also when this process is killed.
 *
 * <p><b>Threading:</b> any thread; a thread for each child reads what it tells.
 */
final class ChildTrainer implements Trainer {
  private static final Logger logger = LoggerFactory.getLogger(ChildTrainer.class);
  private static final String NICENESS = "10";
  private static final int MAX_WORDS = 300;
  private static final long TAIL_BYTES = 8192;

  /** How far two tellings of one process's start may be apart. */
  private static final Duration SAME_START = Duration.ofSeconds(2);

  private final String mainClass;
  private final long heapBytes;

  /**
   * A trainer.
   *
   * @param mainClass whose command {@code trainer} does the work
   * @param heapBytes of a child's Java heap; weights and tensors lie outside it
   */
  ChildTrainer(String mainClass, long heapBytes) {
    this.mainClass = mainClass;
    this.heapBytes = heapBytes;
  }

  /** The command line of a child. */
  List<String> command(Order order) {
    var command = new ArrayList<String>();
    if (hasNice()) {
      command.addAll(List.of("nice", "-n", NICENESS));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:+UseSerialGC", // its cores are for libtorch
            "-Xmx" + heapBytes / 1024 + "k"));
    command.add(mainClass);
    command.addAll(List.of("trainer", order.recipe(), "--json", "--parent"));
    order
        .samples()
        .forEach(
            source ->
                command.addAll(
                    List.of(
                        "--shards",
                        String.format(Locale.ROOT, "%s:%s", source.folder(), source.weight()))));
    order
        .models()
        .forEach((role, folder) -> command.addAll(List.of("--model", role + "=" + folder)));
    command.addAll(
        List.of(
            "--work",
            order.folder().work().toString(),
            "--out",
            order.folder().model().toString(),
            "--threads",
            String.valueOf(order.threads())));
    return command;
  }

  private static boolean hasNice() {
    return Arrays.stream(String.valueOf(System.getenv("PATH")).split(File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "nice")));
  }

  @Override
  public Run start(Order order, Listener listener) throws IOException {
    JobFolder folder = order.folder();
    Files.createDirectories(folder.root());
    var builder = new ProcessBuilder(command(order));
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.redirectError(folder.words().toFile());
    Process process = builder.start();
    Files.writeString(
        folder.process(), process.pid() + " " + startMillis(process.toHandle()) + "\n");
    var run = new Child(process);
    Thread.ofPlatform()
        .name("trainer-" + process.pid())
        .daemon()
        .start(() -> follow(process, folder, listener));
    logger
        .atInfo()
        .addKeyValue("pid", process.pid())
        .addKeyValue("threads", order.threads())
        .addKeyValue("folder", folder.root())
        .log("A trainer was started");
    return run;
  }

  private static long startMillis(ProcessHandle process) {
    return process.info().startInstant().map(java.time.Instant::toEpochMilli).orElse(0L);
  }

  private static void follow(Process process, JobFolder folder, Listener listener) {
    int exitCode = -1;
    try (BufferedReader events = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = events.readLine(); line != null; line = events.readLine()) {
        TrainingEvent event = parse(line);
        if (event != null) {
          listener.told(event);
        }
      }
      exitCode = process.waitFor();
    } catch (IOException e) { // a pipe breaks with the process
      exitCode = process.destroyForcibly().onExit().join().exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      listener.ended(exitCode, lastWords(folder.words()));
    }
  }

  private static @Nullable TrainingEvent parse(String line) {
    try {
      return TrainingEvent.parse(line);
    } catch (IllegalArgumentException e) {
      logger.debug("The trainer printed what is no event: {}", line);
      return null;
    }
  }

  /** The last line that says something; empty where none does. */
  static String lastWords(Path file) {
    try (var channel = Files.newByteChannel(file)) {
      channel.position(Math.max(0, channel.size() - TAIL_BYTES));
      var tail = java.nio.ByteBuffer.allocate((int) (channel.size() - channel.position()));
      while (tail.hasRemaining() && channel.read(tail) >= 0) {
        // a file may come in pieces
      }
      List<String> lines =
          new String(tail.array(), 0, tail.position(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank())
              .toList();
      String last = lines.isEmpty() ? "" : PlainText.line(lines.getLast().strip());
      return last.length() <= MAX_WORDS ? last : last.substring(0, MAX_WORDS) + "...";
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public boolean outlives(JobFolder folder, boolean kill) {
    Optional<ProcessHandle> left = left(folder.process());
    if (kill) {
      left.ifPresent(ProcessHandle::destroyForcibly);
    }
    return left.isPresent();
  }

  /** The process of that file, if it lives: a later one may have its number. */
  private static Optional<ProcessHandle> left(Path file) {
    try {
      String[] words = Files.readString(file).strip().split(" ", -1);
      long startMillis = Long.parseLong(words[1]);
      return ProcessHandle.of(Long.parseLong(words[0]))
          .filter(ProcessHandle::isAlive)
          .filter(
              process ->
                  startMillis != 0
                      && Math.abs(startMillis(process) - startMillis) < SAME_START.toMillis());
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  /** One child. */
  private record Child(Process process) implements Run {
    @Override
    public void stop() {
      try {
        process.getOutputStream().close();
      } catch (IOException e) {
        logger.debug("The trainer's standard input could not be closed", e);
      }
    }

    @Override
    public void kill() {
      process.destroyForcibly();
    }

    @Override
    public long memoryBytes() {
      try {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
            .filter(line -> line.startsWith("RssAnon:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
            .findFirst()
            .orElse(-1);
      } catch (IOException e) {
        return -1;
      }
    }
  }
}
