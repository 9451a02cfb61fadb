package dev.synthorax.client.cli.generation;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.client.augment.AugmentListener;
import dev.synthorax.client.cli.terminal.Meter;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * What a person sees while images are made: on a terminal a bar; elsewhere a line an image where
 * there are few, a line every two seconds with rate and time to go where there may be many; nothing
 * for machines.
 *
 * <p><b>Threading:</b> any thread; one lock guards all.
 */
final class GenerationProgress implements AugmentListener, AutoCloseable {
  private static final int MAX_TOLD = 10; // of a kind, one by one
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final Meter meter; // owned
  private final boolean each;

  @GuardedBy("this")
  private final Set<String> warnings = new HashSet<>();

  @GuardedBy("this")
  private long firstNanos = System.nanoTime();

  @GuardedBy("this")
  private int kept;

  @GuardedBy("this")
  private int reused;

  @GuardedBy("this")
  private int rejected;

  @GuardedBy("this")
  private int skipped;

  private GenerationProgress(Meter meter, boolean each) {
    this.meter = meter;
    this.each = each;
  }

  /**
   * Opens the view of few images, each told of; its bar counts denoising steps.
   *
   * @param quiet nothing is shown
   */
  static GenerationProgress ofEach(PrintWriter err, boolean quiet, int images) {
    Meter meter =
        Meter.open(
            err, quiet, new Meter.Look("Denoising", -1, Duration.ofMillis(100), false, PAUSE));
    meter.beside("0/" + images + " images");
    return new GenerationProgress(meter, true);
  }

  /**
   * Opens the view of many images, which its bar counts.
   *
   * @param quiet nothing is shown
   * @param images to make; 0: none, and no bar
   */
  static GenerationProgress ofMany(PrintWriter err, boolean quiet, int images) {
    return new GenerationProgress(
        Meter.open(
            err, quiet, new Meter.Look("Images", images, Duration.ofMillis(200), true, PAUSE)),
        false);
  }

  @Override
  public void steps(int stepsDone, int stepsTotal) {
    if (each) {
      meter.to(stepsDone, stepsTotal);
    }
  }

  @Override
  public synchronized void made(String id, String what, int done, int total, boolean there) {
    kept = done;
    if (there) {
      reused++;
      firstNanos = System.nanoTime(); // the rate is that of images made
    }
    if (each) {
      String count = "%" + Integer.toString(total).length() + "d/%d  %s  %s";
      meter.line(String.format(Locale.ROOT, count, done, total, id, what));
      meter.beside(done + "/" + total + " images");
      return;
    }
    meter.to(done, total);
    if (done == total) {
      meter.line(rate(done, total));
    } else {
      meter.lineNowAndThen(() -> rate(done, total));
    }
  }

  private synchronized String rate(int done, int total) {
    return line(done, total, done - reused, (System.nanoTime() - firstNanos) / 1e9);
  }

  /** Returns {@code 120/500 images, 3.2 a second, 1:59 to go}. */
  static String line(int done, int total, int made, double seconds) {
    StringBuilder line = new StringBuilder();
    line.append(done).append('/').append(total).append(" images");
    if (made > 0 && seconds > 0 && done < total) {
      double rate = made / seconds;
      long left = Math.round((total - done) / rate);
      line.append(
          String.format(Locale.ROOT, rate < 1 ? ", %.2f a second, " : ", %.1f a second, ", rate));
      line.append(
          left >= 3600
              ? String.format(Locale.ROOT, "%d:%02d:%02d", left / 3600, left / 60 % 60, left % 60)
              : String.format(Locale.ROOT, "%d:%02d", left / 60, left % 60));
      line.append(" to go");
    }
    return line.toString();
  }

  /** Says what a run that is stopped now leaves, and how it goes on. */
  synchronized String stopped(Path folder, int images) {
    return "Stopped; kept %d of %d images in %s; the same command goes on"
        .formatted(kept, images, folder);
  }

  @Override
  public synchronized void rejected(String id, String reason) {
    tell("made again: ", id + ": " + reason, ++rejected);
  }

  @Override
  public synchronized void skipped(String id, String reason) {
    tell("left out: ", reason, ++skipped);
  }

  private void tell(String what, String line, int number) {
    if (number <= MAX_TOLD) {
      meter.line(what + line);
    }
    if (number == MAX_TOLD) {
      meter.line(what + "more are told in the end");
    }
  }

  @Override
  public void rehearsed(int done, int total) {
    meter.lineNowAndThen(() -> "rehearsed " + done + "/" + total);
  }

  @Override
  public void written(int done, int total) {
    meter.beside("written " + done + "/" + total);
    String line = "written " + done + "/" + total;
    if (done == total) {
      meter.line(line);
    } else if (done == 1) {
      meter.pause();
    } else {
      meter.lineNowAndThen(() -> line);
    }
  }

  @Override
  public synchronized void warned(String warning) {
    if (warnings.add(warning)) {
      meter.say("warning: " + warning);
    }
  }

  @Override
  public void close() {
    meter.close();
  }
}
