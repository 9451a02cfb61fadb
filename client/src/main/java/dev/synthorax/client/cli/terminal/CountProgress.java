package dev.synthorax.client.cli.terminal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * How far a command is that works through many things: a bar on a terminal, elsewhere a line every
 * ten seconds, so that short work says nothing; nothing for machines.
 *
 * <p><b>Threading:</b> any thread; one lock guards all.
 */
public final class CountProgress implements AutoCloseable {
  private final Meter meter; // owned
  private final String things;
  private final int total;
  private final long startNanos = System.nanoTime();

  @GuardedBy("this")
  private int done;

  private CountProgress(Meter meter, String things, int total) {
    this.meter = meter;
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
    Meter.Look look =
        new Meter.Look(things, total, Duration.ofMillis(200), false, Duration.ofSeconds(10));
    return new CountProgress(Meter.open(err, quiet || total == 0, look), things, total);
  }

  /** Counts one. */
  public synchronized void step() {
    int now = ++done;
    meter.to(now, total);
    if (now < total) {
      meter.lineNowAndThen(() -> line(things, now, total, (System.nanoTime() - startNanos) / 1e9));
    }
  }

  /** Returns {@code Masks: 120 of 500, 0:38 to go}. */
  static String line(String things, int done, int total, double seconds) {
    long left = Math.round(seconds / done * (total - done));
    return String.format(
        Locale.ROOT, "%s: %d of %d, %d:%02d to go", things, done, total, left / 60, left % 60);
  }

  @Override
  public void close() {
    meter.close();
  }
}
