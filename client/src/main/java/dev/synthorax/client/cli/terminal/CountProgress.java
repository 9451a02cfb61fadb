package dev.synthorax.client.cli.terminal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * How far a command is that works through many things: a bar on a terminal, elsewhere a line every
 * ten seconds, so that short work says nothing; nothing for machines.
 *
 * <p><b>Threading:</b> any thread; one lock guards all.
 */
public final class CountProgress implements AutoCloseable {
  private static final int WIDTH = 78;
  private static final long LINE_NANOS = 10_000_000_000L;

  private final @Nullable PrintWriter err; // null: no lines
  private final @Nullable ProgressBar bar; // owned
  private final String things;
  private final int total;
  private final long startNanos = System.nanoTime();

  @GuardedBy("this")
  private long lineNanos = startNanos;

  @GuardedBy("this")
  private int done;

  private CountProgress(
      @Nullable PrintWriter err, @Nullable ProgressBar bar, String things, int total) {
    this.err = err;
    this.bar = bar;
    this.things = things;
    this.total = total;
  }

  /**
   * Opens the view that fits.
   *
   * @param quiet nothing is shown
   * @param things what is counted: {@code Masks}
   */
  public static CountProgress open(PrintWriter err, boolean quiet, String things, int total) {
    boolean terminal = Terminal.isInteractive();
    if (quiet || total == 0) {
      return new CountProgress(null, null, things, total);
    }
    if (!terminal) {
      return new CountProgress(err, null, things, total);
    }
    return new CountProgress(
        null,
        new ProgressBarBuilder()
            .setTaskName(things)
            .setInitialMax(total)
            .setStyle(ProgressBarStyle.UNICODE_BLOCK)
            .setUpdateIntervalMillis(200)
            .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH))
            .build(),
        things,
        total);
  }

  /** Counts one. */
  public synchronized void step() {
    done++;
    if (bar != null) {
      bar.stepTo(done);
    } else if (err != null) {
      long now = System.nanoTime();
      if (now - lineNanos >= LINE_NANOS && done < total) {
        lineNanos = now;
        err.println(line(things, done, total, (now - startNanos) / 1e9));
      }
    }
  }

  /** Returns {@code Masks: 120 of 500, 0:38 to go}. */
  static String line(String things, int done, int total, double seconds) {
    long left = Math.round(seconds / done * (total - done));
    return String.format(
        Locale.ROOT, "%s: %d of %d, %d:%02d to go", things, done, total, left / 60, left % 60);
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
