package dev.synthorax.client.cli.generation;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.client.augment.AugmentListener;
import dev.synthorax.client.cli.terminal.Terminal;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * What a person sees of an augment job: a bar on a terminal, a line every two seconds elsewhere,
 * with rate and time to go; nothing for machines.
 *
 * <p><b>Threading:</b> any thread; one lock guards all.
 */
final class AugmentProgress implements AugmentListener, AutoCloseable {
  private static final int WIDTH = 78;
  private static final long LINE_NANOS = 2_000_000_000L;
  private static final int MAX_TOLD = 10; // of a kind, one by one

  private final @Nullable PrintWriter err; // null: nothing is shown
  private final @Nullable ProgressBar bar; // owned

  @GuardedBy("this")
  private final Set<String> warnings = new HashSet<>();

  @GuardedBy("this")
  private long firstNanos;

  @GuardedBy("this")
  private long lineNanos;

  @GuardedBy("this")
  private int kept;

  @GuardedBy("this")
  private int reused;

  @GuardedBy("this")
  private int rejected;

  @GuardedBy("this")
  private int skipped;

  private AugmentProgress(@Nullable PrintWriter err, @Nullable ProgressBar bar) {
    this.err = err;
    this.bar = bar;
    this.firstNanos = System.nanoTime();
    this.lineNanos = firstNanos;
  }

  /**
   * Opens the view that fits.
   *
   * @param quiet nothing is shown
   * @param images to make; 0: none, and no bar
   */
  static AugmentProgress open(PrintWriter err, boolean quiet, int images) {
    if (quiet) {
      return new AugmentProgress(null, null);
    }
    if (images == 0 || !Terminal.isInteractive()) {
      return new AugmentProgress(err, null);
    }
    return new AugmentProgress(
        err,
        new ProgressBarBuilder()
            .setTaskName("Images")
            .setInitialMax(images)
            .setStyle(ProgressBarStyle.UNICODE_BLOCK)
            .setUpdateIntervalMillis(200)
            .showSpeed()
            .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH))
            .build());
  }

  @Override
  public synchronized void made(String id, int done, int total, boolean there) {
    kept = done;
    if (there) {
      reused++;
      firstNanos = System.nanoTime(); // the rate is that of images made
    }
    if (bar != null) {
      bar.stepTo(done);
    } else if (err != null) {
      long now = System.nanoTime();
      if (done == total || now - lineNanos >= LINE_NANOS) {
        lineNanos = now;
        err.println(line(done, total, done - reused, (now - firstNanos) / 1e9));
      }
    }
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

  @GuardedBy("this")
  private void tell(String what, String line, int number) {
    if (err == null || bar != null || number > MAX_TOLD) {
      return;
    }
    err.println(what + line);
    if (number == MAX_TOLD) {
      err.println(what + "more are told in the end");
    }
  }

  @Override
  public synchronized void rehearsed(int done, int total) {
    long now = System.nanoTime();
    if (err != null && now - lineNanos >= LINE_NANOS) {
      lineNanos = now;
      err.println("rehearsed " + done + "/" + total);
    }
  }

  @Override
  public synchronized void written(int done, int total) {
    if (done == 1) {
      lineNanos = System.nanoTime();
    }
    if (bar != null) {
      bar.setExtraMessage(" written " + done + "/" + total);
    } else if (err != null) {
      long now = System.nanoTime();
      if (done == total || now - lineNanos >= LINE_NANOS) {
        lineNanos = now;
        err.println("written " + done + "/" + total);
      }
    }
  }

  @Override
  public synchronized void warned(String warning) {
    if (err != null && warnings.add(warning)) {
      err.println("warning: " + warning);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
