package dev.synthorax.client.cli.training;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.client.cli.terminal.Meter;
import dev.synthorax.client.storage.WholeFile;
import dev.synthorax.client.training.TrainingJob;
import dev.synthorax.proto.v1.Training;
import dev.synthorax.proto.v1.TrainingMetrics;
import dev.synthorax.proto.v1.TrainingPictures;
import dev.synthorax.proto.v1.TrainingProgress;
import dev.synthorax.proto.v1.WatchTrainingResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a person sees of a training: a bar for what is read, uploaded and learned, a line for what
 * happens; nothing for machines.
 *
 * <p><b>Threading:</b> any thread; one lock guards all.
 */
final class TrainView
    implements TrainingJob.Listener, Consumer<WatchTrainingResponse>, AutoCloseable {
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final PrintWriter err;
  private final boolean quiet;
  private final @Nullable Path pictures;

  @GuardedBy("this")
  private @Nullable Meter meter; // owned

  @GuardedBy("this")
  private String task = "";

  @GuardedBy("this")
  private String standing = "";

  @GuardedBy("this")
  private boolean picturesFailed;

  TrainView(PrintWriter err, boolean quiet, @Nullable Path pictures) {
    this.err = err;
    this.quiet = quiet;
    this.pictures = pictures;
  }

  @Override
  public synchronized void reading(String dataset, long samples) {
    Meter bar = meter("Reading " + dataset, -1);
    bar.to(samples, samples);
    bar.lineNowAndThen(() -> "Reading " + dataset + ": " + samples + " samples");
  }

  @Override
  public synchronized void uploading(String dataset, long samples, int of) {
    Meter bar = meter("Uploading " + dataset, of);
    bar.to(samples, of);
    bar.lineNowAndThen(() -> "Uploading " + dataset + ": " + samples + " of " + of);
  }

  @Override
  public synchronized void warning(String line) {
    say("warning: " + line);
  }

  @Override
  public synchronized void accept(WatchTrainingResponse event) {
    switch (event.getEventCase()) {
      case TRAINING -> training(event.getTraining());
      case PROGRESS -> progress(event.getProgress());
      case METRICS -> metrics(event.getMetrics());
      case PICTURES -> pictures(event.getPictures());
      case NOTICE -> say(event.getNotice());
      case EVENT_NOT_SET -> {} // of a newer server
    }
  }

  @GuardedBy("this")
  private void training(Training training) {
    String now = TrainWords.standing(training);
    if (!now.equals(standing)) {
      standing = now;
      closeMeter();
      say(now);
    }
  }

  @GuardedBy("this")
  private void progress(TrainingProgress progress) {
    Meter bar = meter(progress.getStage(), progress.getSteps());
    bar.to(progress.getStep(), progress.getSteps());
    bar.beside(TrainWords.pace(progress));
    bar.lineNowAndThen(() -> TrainWords.progress(progress));
  }

  @GuardedBy("this")
  private void metrics(TrainingMetrics metrics) {
    List<String> values = new ArrayList<>();
    new TreeMap<>(metrics.getValuesMap())
        .forEach((name, value) -> values.add(String.format(Locale.ROOT, "%s %.4g", name, value)));
    say(metrics.getStage() + ", step " + metrics.getStep() + ": " + String.join(", ", values));
  }

  @GuardedBy("this")
  private void pictures(TrainingPictures sheet) {
    Path folder = pictures;
    if (folder == null) {
      return;
    }
    String stage = sheet.getStage().replaceAll("[^A-Za-z0-9_-]", "_");
    Path file = folder.resolve(String.format(Locale.ROOT, "%s-%07d.png", stage, sheet.getStep()));
    try {
      Files.createDirectories(folder);
      WholeFile.replace(file, output -> sheet.getPng().writeTo(output));
    } catch (IOException e) {
      if (!picturesFailed) {
        picturesFailed = true;
        say("warning: --pictures: " + e.getMessage() + " (the training goes on)");
      }
    }
  }

  @GuardedBy("this")
  private void say(String line) {
    if (!quiet) {
      err.println(line);
    }
  }

  @GuardedBy("this")
  private Meter meter(String name, long max) {
    Meter open = meter;
    if (open == null || !name.equals(task)) {
      closeMeter();
      task = name;
      open =
          Meter.open(err, quiet, new Meter.Look(name, max, Duration.ofMillis(200), false, PAUSE));
      meter = open;
    }
    return open;
  }

  @GuardedBy("this")
  private void closeMeter() {
    Meter open = meter;
    meter = null;
    if (open != null) {
      open.close();
    }
  }

  /** Ends the bar, so that an answer stands below it. */
  synchronized void endBar() {
    closeMeter();
  }

  @Override
  public synchronized void close() {
    closeMeter();
  }
}
