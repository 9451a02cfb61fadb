package dev.synthorax.client.cli.generation;

import dev.synthorax.client.cli.terminal.Terminal;
import dev.synthorax.client.generation.MadeImage;
import dev.synthorax.client.generation.RunListener;
import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * What a person sees while images are made: a bar on a terminal, a line an image elsewhere, nothing
 * for machines.
 */
sealed interface ProgressView extends RunListener, AutoCloseable {
  @Override
  void close();

  /**
   * Opens the view that fits.
   *
   * @param quiet nothing is shown
   */
  static ProgressView open(PrintWriter err, boolean quiet, int images) {
    if (quiet) {
      return new Silent();
    }
    return Terminal.isInteractive() ? new Bar(err, images) : new Lines(err);
  }

  /** Nothing at all. */
  final class Silent implements ProgressView {
    private Silent() {}

    @Override
    public void steps(int stepsDone, int stepsTotal) {}

    @Override
    public void made(MadeImage image, int done, int total) {}

    @Override
    public void warned(String warning) {}

    @Override
    public void close() {}
  }

  /** One line an image. */
  final class Lines implements ProgressView {
    private final PrintWriter err;

    private Lines(PrintWriter err) {
      this.err = err;
    }

    @Override
    public void steps(int stepsDone, int stepsTotal) {}

    @Override
    public void made(MadeImage image, int done, int total) {
      err.println(
          String.format(
              Locale.ROOT,
              "%" + Integer.toString(total).length() + "d/%d  %s  %-4s  %s",
              done,
              total,
              image.id(),
              image.mode(),
              image.request().getPrompt()));
    }

    @Override
    public void warned(String warning) {
      err.println("warning: " + warning);
    }

    @Override
    public void close() {}
  }

  /** One bar that counts denoising steps. */
  final class Bar implements ProgressView {
    private static final int WIDTH = 78;

    private final PrintWriter err;
    private final ProgressBar bar; // owned

    private Bar(PrintWriter err, int images) {
      this.err = err;
      this.bar =
          new ProgressBarBuilder()
              .setTaskName("Denoising")
              .setInitialMax(-1)
              .setStyle(ProgressBarStyle.UNICODE_BLOCK)
              .setUpdateIntervalMillis(100)
              .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH))
              .build();
      this.bar.setExtraMessage(" 0/" + images + " images");
    }

    @Override
    public void steps(int stepsDone, int stepsTotal) {
      bar.maxHint(stepsTotal);
      bar.stepTo(stepsDone);
    }

    @Override
    public void made(MadeImage image, int done, int total) {
      bar.setExtraMessage(" " + done + "/" + total + " images");
    }

    @Override
    public void warned(String warning) {
      err.println("warning: " + warning);
    }

    @Override
    public void close() {
      bar.close();
    }
  }
}
