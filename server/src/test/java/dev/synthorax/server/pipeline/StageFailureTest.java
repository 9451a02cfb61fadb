package dev.synthorax.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.server.pictures.MaskCondition;
import dev.synthorax.server.scheduler.Admission;
import dev.synthorax.server.scheduler.PriorityClass;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Throws at every call that a stage makes, one a run: of the networks, of memory, of a device's row
 * operations, of the tokenizer's text encoder, and of whoever listens. Whatever is thrown,
 * wherever: one answer for each request, nothing left behind, and later requests are served, or
 * refused where the pipeline broke down.
 */
@ParameterizedClass(name = "{0}")
@EnumSource
final class StageFailureTest {
  /** More than the calls of a run on the processor, so that the last ones throw nowhere. */
  private static final int CALLS = 36;

  @TempDir private Path folder;
  private final long mark = NativeHandles.mark();
  private final FakeBackend networks = new FakeBackend();
  private final Backend backend;
  private final AtomicInteger broken = new AtomicInteger();
  private final Faults faults = new Faults();

  StageFailureTest(Where where) {
    backend = where.backend(networks);
  }

  enum Kind {
    INFERENCE,
    RUNTIME,
    ERROR;

    private void raise() {
      switch (this) {
        case INFERENCE -> throw new InferenceException(ErrorReason.BACKEND_FAILURE, "as told");
        case RUNTIME -> throw new IllegalStateException("as told");
        case ERROR -> throw new OutOfMemoryError("as told");
      }
    }
  }

  /** Throws at one call, on whichever thread it comes. */
  private static final class Faults {
    private final AtomicInteger calls = new AtomicInteger();
    private volatile int at;
    private volatile @Nullable Kind kind;
    private volatile boolean onStage; // an error was thrown there

    private void call() {
      Kind thrown = kind;
      if (thrown != null && calls.incrementAndGet() == at) {
        onStage = thrown == Kind.ERROR && Thread.currentThread().getName().startsWith("squares-");
        thrown.raise();
      }
    }

    private boolean brokeAStage() {
      return onStage;
    }
  }

  /** Counts answers; may throw as it is told anything. */
  private final class Listener implements GenerationListener {
    private final AtomicInteger answers = new AtomicInteger();
    private final CountDownLatch answered = new CountDownLatch(1);
    private final boolean deaf;
    private volatile @Nullable RuntimeException failure;
    private final AtomicInteger images = new AtomicInteger();

    private Listener(boolean deaf) {
      this.deaf = deaf;
    }

    @Override
    public void queued(Admission.Queued admission, List<String> warnings) {
      faults.call();
    }

    @Override
    public void progress(Progress progress) {
      faults.call();
    }

    @Override
    public void image(GeneratedImage image) {
      faults.call();
      images.incrementAndGet();
      image.sent();
    }

    @Override
    public void completed() {
      try {
        faults.call();
      } finally {
        answer();
      }
    }

    @Override
    public void failed(RuntimeException told) {
      failure = told;
      try {
        faults.call();
        if (deaf) {
          throw new IllegalStateException("deaf");
        }
      } finally {
        answer();
      }
    }

    private void answer() {
      answers.incrementAndGet();
      answered.countDown();
    }

    private void await() throws InterruptedException {
      assertThat(answered.await(60, TimeUnit.SECONDS)).as("answered").isTrue();
    }
  }

  static Stream<Arguments> faults() {
    return Stream.of(Kind.values())
        .flatMap(kind -> IntStream.rangeClosed(1, CALLS).mapToObj(at -> Arguments.of(kind, at)));
  }

  @BeforeEach
  void write() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML);
    networks.onCall(faults::call);
  }

  @ParameterizedTest(name = "{0} at call {1}")
  @MethodSource("faults")
  void start_throwAtAnyCall_answersEachOnceAndLeavesNothing(Kind kind, int at) throws Exception {
    var listeners = new ArrayList<Listener>();
    boolean deaf = at % 2 == 0;
    DiffusionPipeline used;
    try (var pipeline =
        FakePipelines.loader(backend)
            .load("squares", folder, failure -> broken.incrementAndGet())) {
      used = pipeline;
      faults.at = at;
      faults.kind = kind;
      for (GenerationRequest request : List.of(request("a", 2, true), request("b", 1, false))) {
        var listener = new Listener(deaf);
        listeners.add(listener);
        start(pipeline, request, listener);
      }
      for (Listener listener : listeners) {
        listener.await();
      }
      boolean isBroken = faults.brokeAStage();
      faults.kind = null;
      var later = new Listener(false);
      listeners.add(later);
      start(pipeline, request("later", 1, true), later);
      later.await();

      if (isBroken) {
        assertThat(later.failure).extracting("reason").isEqualTo(ErrorReason.MODEL_FAILED);
      } else {
        assertThat(later.failure).isNull();
        assertThat(later.images).hasValue(1);
      }
    }
    assertThat(broken).hasValue(faults.brokeAStage() ? 1 : 0);
    assertThat(used.images()).isZero();
    assertThat(used.unfinishedImages()).isZero();
    assertThat(listeners).allSatisfy(listener -> assertThat(listener.answers).hasValue(1));
    assertThat(used.instances().getFirst().executor().taken())
        .as("slots, texts and masks")
        .isZero();
    assertThat(networks.open()).isZero();
    assertThat(NativeHandles.leaksSince(mark)).isEmpty();
  }

  @Test
  void start_imageIsNotFinite_isAFailure() throws Exception {
    var listener = new Listener(false);
    try (var pipeline =
        FakePipelines.loader(backend)
            .load("squares", folder, failure -> broken.incrementAndGet())) {
      networks.breakWeights();
      start(pipeline, request("a", 2, false), listener);
      listener.await();
    }

    assertThat(listener.failure).extracting("reason").isEqualTo(ErrorReason.BACKEND_FAILURE);
    assertThat(listener.images).hasValue(0);
    assertThat(listener.answers).hasValue(1);
  }

  /** As an edge does: what is thrown is the answer. */
  private static void start(
      DiffusionPipeline pipeline, GenerationRequest request, Listener listener) {
    try {
      assertThat(pipeline.prepare(request, "", listener).start())
          .isInstanceOf(Admission.Queued.class);
    } catch (RuntimeException | OutOfMemoryError thrown) {
      listener.answer();
    }
  }

  private static GenerationRequest request(String prompt, int count, boolean masked) {
    MaskCondition masks =
        masked
            ? new MaskCondition(
                new float[2 * FakePipelines.SIDE * FakePipelines.SIDE],
                List.of(new MaskCondition.Given("lungs", "00", false)))
            : null;
    return new GenerationRequest(
        prompt,
        "",
        masks,
        null,
        new GenerationSettings(
            3,
            3,
            NoiseScheduler.Kind.DDIM,
            7,
            count,
            PriorityClass.NORMAL,
            OutputEncoding.PNG_GRAY8,
            null));
  }
}
