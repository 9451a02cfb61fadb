package dev.synthorax.server.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.pipeline.FakeBackend;
import dev.synthorax.server.pipeline.FakePipelines;
import dev.synthorax.server.scheduler.ByteBudget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
@SuppressWarnings("MustBeClosedChecker") // when leases end is the test
final class ModelRepositoryTest {
  private final FakeBackend backend = new FakeBackend();
  private final TestLoader loader = new TestLoader();
  @TempDir private Path folder;
  private ModelRepository models;

  /** Loads pipelines of the fake backend; a test may hold it or make it throw. */
  private final class TestLoader implements ModelLoader {
    private final ModelLoader real = new DiffusionLoader(_ -> FakePipelines.loader(backend));
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Semaphore loads = new Semaphore(1_000_000);
    private volatile @Nullable Throwable failure;

    @Override
    public String kind() {
      return "squares";
    }

    @Override
    public @Nullable String lacks(Path each) {
      return real.lacks(each);
    }

    @Override
    @MustBeClosed
    public ServedModel load(Request request) {
      requests.add(request);
      loads.acquireUninterruptibly();
      Throwable thrown = request.name().equals("bad") ? failure : null;
      if (thrown instanceof Error error) {
        throw error;
      }
      if (thrown instanceof RuntimeException exception) {
        throw exception;
      }
      return real.load(request);
    }

    void breaks(String reason) {
      requests.getLast().broken().accept(new InferenceException(ErrorReason.MODEL_FAILED, reason));
    }
  }

  @BeforeEach
  void writeModel() throws IOException {
    write("squares", "3.0");
    models = repository();
  }

  @AfterEach
  void close() {
    loader.loads.release(1000);
    models.close();
    assertThat(backend.open()).isZero();
  }

  private void write(String name, String guidance) throws IOException {
    FakePipelines.write(folder.resolve(name), FakePipelines.YAML.replace("3.0", guidance));
  }

  private ModelRepository repository() {
    return new ModelRepository(new ModelFolders(List.of(folder), List.of(loader)));
  }

  private void start() {
    models.start(
        new ModelLoader.Resources(backend, 1, folder.resolve("cache"), new ByteBudget(1 << 20)));
  }

  private ModelStatus status(String name) {
    return models.describe(name, "");
  }

  private void awaitOpen(int plans) {
    while (backend.open() != plans) {
      Thread.onSpinWait(); // the test's timeout ends it
    }
  }

  private ServerReason refusal(String name, String version) {
    return catchThrowableOfType(ServerException.class, () -> models.acquire(name, version).close())
        .reason();
  }

  @Test
  void acquire_beforeTheStart_isLoading() {
    assertThat(status("squares").state()).isEqualTo(ModelState.LOADING);
    assertThat(refusal("squares", "")).isEqualTo(ServerReason.MODEL_LOADING);
  }

  @Test
  void acquire_noName_isTheFirstThatIsReady() throws IOException {
    write("bad", "3.0");
    models = repository();
    loader.failure = new IllegalStateException("no");
    start();

    try (var lease = models.acquire("", "")) {
      assertThat(lease.model().version()).isEqualTo(status("squares").version());
    }
    assertThat(refusal("bad", "")).isEqualTo(ServerReason.MODEL_FAILED);
    assertThat(refusal("nobody", "")).isEqualTo(ServerReason.MODEL_NOT_FOUND);
    assertThat(refusal("squares", "000000000000")).isEqualTo(ServerReason.MODEL_NOT_FOUND);
  }

  @Test
  void load_again_replacesTheVersionAndClosesItAfterItsLastLease() throws IOException {
    start();
    String first = status("squares").version();
    int one = backend.open();
    Lease<ServedModel> lease = models.acquire("squares", first);
    Lease<ServedModel> another = models.acquire("", "");
    write("squares", "3.5");

    ModelStatus second = models.load("squares").join();

    assertThat(second.version()).isNotEqualTo(first);
    assertThat(status("squares")).isEqualTo(second);
    assertThat(refusal("squares", first)).isEqualTo(ServerReason.MODEL_NOT_FOUND);
    assertThat(lease.model().version()).isEqualTo(first);
    assertThat(backend.open()).isEqualTo(2 * one);
    another.close();
    another.close(); // once is enough
    assertThat(backend.open()).isEqualTo(2 * one);
    lease.close();
    awaitOpen(one);
    assertThatThrownBy(lease::model).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void load_again_oldVersionServesUntilTheNewOneIsReady() throws IOException {
    start();
    String first = status("squares").version();
    write("squares", "3.5");
    loader.loads.drainPermits();

    var loaded = models.load("squares");
    while (loader.requests.size() < 2) {
      Thread.onSpinWait();
    }

    assertThat(status("squares").state()).isEqualTo(ModelState.READY);
    models.acquire("squares", first).close();
    loader.loads.release();
    assertThat(loaded.join().version()).isNotEqualTo(first);
  }

  @Test
  void load_newVersionFails_oldOneGoesOn() throws IOException {
    start();
    ModelStatus before = status("squares");
    write("squares", "much");

    assertThatThrownBy(() -> models.load("squares").join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(InferenceException.class)
        .hasMessageStartingWith("synthorax.yaml: ");

    assertThat(status("squares")).isEqualTo(before);
    models.acquire("squares", before.version()).close();
  }

  static List<Arguments> failures() {
    return Stream.of(
            Arguments.of(new OutOfMemoryError("Java heap space"), "it does not fit into memory"),
            Arguments.of(new StackOverflowError(), "a file of it is nested too deeply"),
            Arguments.of(new UnsatisfiedLinkError("no such symbol\nat x"), "it did not load: java"),
            Arguments.of(new IllegalStateException("two\nlines"), "two\\nlines"),
            Arguments.of(new NullPointerException(), "it did not load: java.lang.NullPointer"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("failures")
  void start_oneModelThrows_failsAloneInOneLine(Throwable failure, String reason)
      throws IOException {
    write("bad", "3.0");
    models = repository();
    loader.failure = failure;

    start();

    assertThat(status("bad").state()).isEqualTo(ModelState.FAILED);
    assertThat(status("bad").reason()).startsWith(reason).hasLineCount(1);
    assertThat(status("squares").state()).isEqualTo(ModelState.READY);
    loader.failure = null;
    assertThat(models.load("bad").join().state()).isEqualTo(ModelState.READY);
  }

  @Test
  void load_folderThatCameLater_isServed() throws IOException {
    start();
    write("circles", "3.0");

    assertThat(models.load("circles").join().state()).isEqualTo(ModelState.READY);
    assertThat(models.list()).extracting(ModelStatus::name).containsExactly("circles", "squares");
    assertThatThrownBy(() -> models.load("nowhere").join())
        .hasRootCauseMessage("model: nowhere (expected: one of circles, squares)");
  }

  @Test
  void unload_withALease_refusesNewOnesAndClosesAfterTheLast() {
    start();
    Lease<ServedModel> lease = models.acquire("squares", "");
    int one = backend.open();

    ModelStatus after = models.unload("squares").join();

    assertThat(after.state()).isEqualTo(ModelState.UNLOADED);
    assertThatThrownBy(() -> models.acquire("squares", "").close())
        .hasMessage("model squares: it cannot be used: It was unloaded.");
    assertThat(backend.open()).isEqualTo(one);
    lease.close();
    awaitOpen(0);
    assertThat(models.load("squares").join().state()).isEqualTo(ModelState.READY);
    assertThatThrownBy(() -> models.unload("nowhere").join())
        .hasRootCauseInstanceOf(ServerException.class);
  }

  @Test
  void broken_whileItServes_isFailedWithTheReasonAndClosed() {
    start();
    Lease<ServedModel> lease = models.acquire("squares", "");
    var changes = new AtomicInteger();
    models.onChange(changes::incrementAndGet);
    models.onChange(
        () -> {
          throw new IllegalStateException("a listener's own fault");
        });

    loader.breaks("the decoder died");

    assertThat(status("squares").state()).isEqualTo(ModelState.FAILED);
    assertThat(status("squares").reason()).isEqualTo("the decoder died");
    assertThat(refusal("", "")).isEqualTo(ServerReason.MODEL_FAILED);
    assertThat(changes).hasValue(1);
    lease.close();
    awaitOpen(0);
    assertThat(models.load("squares").join().state()).isEqualTo(ModelState.READY);
  }

  @Test
  void broken_afterItWasReplaced_doesNotHurtTheNewOne() {
    start();
    var old = loader.requests.getLast();
    models.load("squares").join();

    old.broken().accept(new InferenceException(ErrorReason.MODEL_FAILED, "late"));

    assertThat(status("squares").state()).isEqualTo(ModelState.READY);
  }

  @Test
  void broken_beforeItIsReady_isFailed() {
    loader.loads.drainPermits();
    models.onChange(
        () -> {
          if (!loader.requests.isEmpty()) {
            loader.loads.release();
          }
        });
    var started = Thread.ofPlatform().start(this::start);
    while (loader.requests.isEmpty()) {
      Thread.onSpinWait();
    }

    loader.breaks("the probe's thread died");
    loader.loads.release();
    while (started.isAlive()) {
      Thread.onSpinWait();
    }

    assertThat(status("squares").state()).isEqualTo(ModelState.FAILED);
    assertThat(status("squares").reason()).isEqualTo("the probe's thread died");
    awaitOpen(0);
  }

  @Test
  void close_withLeases_closesEverythingAndRefusesTheRest() {
    start();
    Lease<ServedModel> lease = models.acquire("squares", "");

    models.close();

    assertThat(backend.open()).isZero();
    assertThat(refusal("squares", "")).isEqualTo(ServerReason.MODEL_FAILED);
    assertThatThrownBy(() -> models.load("squares").join())
        .hasMessageContaining("the server is shutting down");
    lease.close();
  }

  @Test
  void close_whileAModelLoads_closesWhatComes() {
    start();
    loader.loads.drainPermits();
    var loaded = models.load("squares");
    while (loader.requests.size() < 2) {
      Thread.onSpinWait();
    }

    models.close();
    loader.loads.release();

    assertThatThrownBy(loaded::join).hasRootCauseInstanceOf(ServerException.class);
    awaitOpen(0);
  }
}
