package dev.synthorax.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.errorprone.annotations.MustBeClosed;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

@SuppressWarnings("MustBeClosedChecker") // where nothing opens
class BackendsTest {
  private static final BackendProvider CPU =
      provider("cpu", () -> new LazyBackend()); // a backend without libraries
  private static final BackendProvider NO_DRIVER =
      provider("gpu", () -> fail(ErrorReason.UNSUPPORTED, "no driver; install one"));
  private static final BackendProvider BROKEN =
      provider("gpu", () -> fail(ErrorReason.DEVICE_LOST, "GPU 0 is lost"));

  private static BackendProvider provider(String name, Supplier<Backend> opener) {
    return new BackendProvider() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public int preference() {
        return 0;
      }

      @Override
      @MustBeClosed
      public Backend open() {
        return opener.get();
      }
    };
  }

  private static Backend fail(ErrorReason reason, String message) {
    throw new InferenceException(reason, message);
  }

  private static InferenceException failure(String name, BackendProvider... providers) {
    return catchThrowableOfType(
        InferenceException.class, () -> Backends.open(name, List.of(providers)));
  }

  @Test
  void names_onThisClassPath_areBestFirst() {
    assertThat(Backends.names()).containsSubsequence("tensorrt", "onnxruntime-cpu");
  }

  @Test
  void open_unknownName_saysWhatThereIs() {
    InferenceException failure = failure("abacus", NO_DRIVER, CPU);

    assertThat(failure.reason()).isEqualTo(ErrorReason.UNSUPPORTED);
    assertThat(failure)
        .hasMessage("backend: abacus (expected: auto or one of gpu, cpu)")
        .hasNoCause();
  }

  @Test
  void open_retiredName_saysTheNewOne() {
    assertThat(failure("onnxruntime", NO_DRIVER, CPU))
        .hasMessage("backend: onnxruntime is now called onnxruntime-cpu; say that instead");
  }

  @Test
  void open_named_opensThatOneOrFails() {
    try (Backend backend = Backends.open("cpu", List.of(NO_DRIVER, CPU))) {
      assertThat(backend).isInstanceOf(LazyBackend.class);
    }
    assertThat(failure("gpu", NO_DRIVER, CPU)).hasMessage("gpu: no driver; install one");
  }

  @Test
  void open_auto_takesTheBestThatOpensAndSaysWhyNoBetterOne() {
    PrintStream before = System.err;
    var captured = new ByteArrayOutputStream();
    System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
    try (Backend backend = Backends.open(Backends.AUTO, List.of(NO_DRIVER, CPU))) {
      assertThat(backend).isInstanceOf(LazyBackend.class);
    } finally {
      System.setErr(before);
    }

    assertThat(captured.toString(StandardCharsets.UTF_8))
        .hasLineCount(1)
        .contains("was chosen, on ")
        .contains("; not taken: gpu: no driver; install one");
  }

  @Test
  void open_autoWithoutAny_saysWhyOfEach() {
    assertThat(failure(Backends.AUTO, NO_DRIVER, NO_DRIVER))
        .hasMessage(
            "no backend runs here: gpu: no driver; install one; gpu: no driver; install one");
  }

  @Test
  void open_autoWithABrokenDevice_fails() {
    assertThat(failure(Backends.AUTO, BROKEN, CPU)).hasMessage("GPU 0 is lost");
  }
}
