package dev.synthorax.client.cli.terminal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.Supplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * How far a command is: a bar on a terminal, elsewhere lines, for machines nothing.
 *
 * <p><b>Ownership:</b> owns its bar; borrows the writer.
 *
 * <p><b>Threading:</b> any thread; one lock guards all.
 */
public final class Meter implements AutoCloseable {
  private static final int WIDTH = 78;

  private final @Nullable PrintWriter err; // null: nothing is shown
  private final @Nullable ProgressBar bar;
  private final long pauseNanos;

  @GuardedBy("this")
  private long lineNanos = System.nanoTime();

  /**
   * What a meter looks like.
   *
   * @param task name of the bar
   * @param max where the bar ends; below 0: said later; 0: there is no bar
   * @param update between two looks of the bar
   * @param speed whether the bar tells things a second
   * @param pause between two lines where there is no bar
   */
  public record Look(String task, long max, Duration update, boolean speed, Duration pause) {}

  private Meter(@Nullable PrintWriter err, @Nullable ProgressBar bar, Duration pause) {
    this.err = err;
    this.bar = bar;
    this.pauseNanos = pause.toNanos();
  }

  /**
   * Opens the meter that fits.
   *
   * @param quiet nothing is shown
   */
  public static Meter open(PrintWriter err, boolean quiet, Look look) {
    if (quiet) {
      return new Meter(null, null, look.pause);
    }
    if (look.max == 0 || !Terminal.isInteractive()) {
      return new Meter(err, null, look.pause);
    }
    ProgressBarBuilder bar =
        new ProgressBarBuilder()
            .setTaskName(look.task)
            .setInitialMax(look.max)
            .setStyle(ProgressBarStyle.UNICODE_BLOCK)
            .setUpdateIntervalMillis(Math.toIntExact(look.update.toMillis()))
            .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH));
    return new Meter(err, (look.speed ? bar.showSpeed() : bar).build(), look.pause);
  }

  /** Moves the bar to {@code done} of {@code max}. */
  public void to(long done, long max) {
    if (bar != null) {
      bar.maxHint(max);
      bar.stepTo(done);
    }
  }

  /** Writes beside the bar. */
  public void beside(String words) {
    if (bar != null) {
      bar.setExtraMessage(" " + words);
    }
  }

  /** Writes a line where there is no bar. */
  public synchronized void line(String line) {
    if (bar == null && err != null) {
      lineNanos = System.nanoTime();
      err.println(line);
    }
  }

  /** Writes a line where there is no bar and the last one was long enough ago. */
  public synchronized void lineNowAndThen(Supplier<String> line) {
    if (bar == null && err != null && System.nanoTime() - lineNanos >= pauseNanos) {
      line(line.get());
    }
  }

  /** Lets the next pause begin now. */
  public synchronized void pause() {
    lineNanos = System.nanoTime();
  }

  /** Says something on a line of its own, a bar or not. */
  public synchronized void say(String line) {
    if (err != null) {
      err.println(line);
    }
  }

  /** Ends the bar; it stays as it is. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
