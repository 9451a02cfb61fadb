package dev.synthorax.client.generation;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.proto.v1.EffectiveSettings;
import dev.synthorax.proto.v1.GenerateStreamResponse;
import dev.synthorax.proto.v1.Image;
import dev.synthorax.proto.v1.Progress;
import dev.synthorax.proto.v1.Queued;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The answer to one request as it comes: every image is checked and then kept. Nothing is kept once
 * it is closed, or has failed.
 *
 * <p><b>Threading:</b> events come on the client's threads; one lock orders them and {@link
 * #close}.
 */
final class ImageAnswer implements AutoCloseable {
  private final PlannedRequest asked;
  private final GenerationEngine.Keeper keeper;
  private final GenerationEngine engine;
  private final AnswerCheck check;

  @GuardedBy("this")
  private EffectiveSettings settings = EffectiveSettings.getDefaultInstance();

  @GuardedBy("this")
  private List<String> warnings = List.of();

  @GuardedBy("this")
  private int stepsDone;

  @GuardedBy("this")
  private int stepsTotal;

  @GuardedBy("this")
  private boolean closed;

  ImageAnswer(PlannedRequest asked, GenerationEngine.Keeper keeper, GenerationEngine engine) {
    this.asked = asked;
    this.keeper = keeper;
    this.engine = engine;
    this.check = new AnswerCheck(asked.ids().getFirst(), asked.request());
  }

  /**
   * Hears an event.
   *
   * @throws dev.synthorax.client.SynthoraxException if it is not what was asked for
   * @throws UncheckedIOException if its image cannot be kept
   */
  synchronized void heard(GenerateStreamResponse event) {
    if (closed) {
      return;
    }
    boolean well = false;
    try {
      switch (event.getEventCase()) {
        case QUEUED -> queued(event.getQueued());
        case PROGRESS -> progress(event.getProgress());
        case IMAGE -> image(event.getImage());
        case EVENT_NOT_SET -> {} // a newer server's event: nothing we could use
      }
      well = true;
    } finally {
      closed = !well;
    }
  }

  /** Comes again where a call is tried again. */
  @GuardedBy("this")
  private void queued(Queued queued) {
    check.settings(queued.getSettings());
    settings = queued.getSettings();
    warnings = List.copyOf(queued.getWarningsList());
    warnings.forEach(engine::warned);
    engine.stepped(-stepsDone);
    stepsDone = 0;
    int images = stepsTotal == 0 ? asked.images() : 0; // else counted with an earlier try
    int steps = settings.getNumInferenceSteps() * asked.ids().size();
    engine.accepted(images, steps - stepsTotal);
    stepsTotal = steps;
  }

  @GuardedBy("this")
  private void progress(Progress progress) {
    steps(progress.getStepsDone());
  }

  @GuardedBy("this")
  private void steps(int all) {
    engine.stepped(all - stepsDone);
    stepsDone = all;
  }

  @GuardedBy("this")
  private void image(Image image) {
    GrayImage pixels = check.image(image);
    MadeImage made =
        new MadeImage(
            asked.ids().get(image.getIndex()),
            asked.ids().getFirst(),
            asked.request(),
            settings,
            image.getSeed(),
            image.getWidth(),
            image.getHeight(),
            image.getData(),
            image.getTimings(),
            warnings,
            null);
    try {
      keeper.keep(made, pixels);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (check.isComplete()) {
      steps(stepsTotal);
    }
  }

  /**
   * Makes sure that every image has come.
   *
   * @throws dev.synthorax.client.SynthoraxException if not
   */
  synchronized void end() {
    check.end();
  }

  /** Waits for the image that is being kept; none is kept after it. */
  @Override
  public synchronized void close() {
    closed = true;
  }
}
