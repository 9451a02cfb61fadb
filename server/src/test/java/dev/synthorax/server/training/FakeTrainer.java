package dev.synthorax.server.training;

import dev.synthorax.files.AtomicFiles;
import dev.synthorax.training.stage.TrainingEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Trainers that do what a test says. */
public final class FakeTrainer implements Trainer {
  private final BlockingQueue<Child> started = new LinkedBlockingQueue<>();

  /** Whether the process of a server before this one still lives. */
  volatile boolean outlives;

  /** A process that was started. */
  public static final class Child implements Run {
    final Order order;
    private final Listener listener;
    volatile long memoryBytes;
    volatile boolean stopped;
    volatile boolean killed;

    private Child(Order order, Listener listener) {
      this.order = order;
      this.listener = listener;
    }

    /** Tells something. */
    public void tell(TrainingEvent... events) {
      for (TrainingEvent event : events) {
        listener.told(event);
      }
    }

    /** Ends. */
    public void end(int exitCode, String lastWords) {
      listener.ended(exitCode, lastWords);
    }

    /** Writes the model and ends, as a trainer does that is done. */
    public void publish(Path model) {
      try {
        AtomicFiles.writeFolder(
            order.folder().model(),
            folder -> {
              copy(model, folder);
              Files.writeString(
                  folder.resolve("training.json"), "{\"hash\": \"0123456789abcdef\"}");
            });
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      tell(new TrainingEvent.Published("model", "0123456789abcdef"));
      end(0, "");
    }

    /** Writes a raw contact sheet of 2 x 2 pixels and tells of it. */
    public void draw(String stage, long step) {
      try {
        Path file = order.folder().work().resolve(stage + ".pictures");
        Files.createDirectories(file.resolveSibling(""));
        Files.write(file, new byte[] {0, 50, 100, (byte) 200});
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      tell(new TrainingEvent.Pictures(stage, step, 2, 2, 1, stage + ".pictures"));
    }

    private static void copy(Path from, Path to) throws IOException {
      try (var files = Files.walk(from)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Path copy = to.resolve(from.relativize(file).toString());
          Files.createDirectories(copy.resolveSibling(""));
          Files.copy(file, copy);
        }
      }
    }

    @Override
    public void stop() {
      stopped = true;
    }

    @Override
    public void kill() {
      killed = true;
    }

    @Override
    public long memoryBytes() {
      return memoryBytes;
    }

    /** Whether it was asked to write a checkpoint and end. */
    public boolean wasStopped() {
      return stopped;
    }
  }

  @Override
  public Run start(Order order, Listener listener) {
    var process = new Child(order, listener);
    started.add(process);
    return process;
  }

  @Override
  public boolean outlives(JobFolder folder, boolean kill) {
    if (kill) {
      outlives = false;
    }
    return outlives;
  }

  /** The next process that is or was started. */
  public Child next() {
    try {
      Child next = started.poll(60, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no trainer was started");
      }
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether none was started that {@link #next} has not given. */
  boolean none() {
    return started.isEmpty();
  }
}
