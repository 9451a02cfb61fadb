package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.cuda.FakeDriver;
import dev.synthorax.engine.cuda.FakeDriver.How;
import dev.synthorax.engine.cuda.FakeDriverExtension;
import dev.synthorax.engine.cuda.StandInBackend;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.server.repository.ModelState;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every function of the driver that the way from request to PNG calls fails, in turn: the request
 * gets its status, and the server goes on or says that it cannot.
 */
@Tag("fake-gpu")
@ExtendWith(FakeDriverExtension.class)
@Timeout(300)
final class FakeGpuFailuresIT {
  private static final int OUT_OF_MEMORY = 2;
  private static final int OUT_OF_RESOURCES = 701;
  private static final int LAUNCH_FAILED = 719;
  private static final int ILLEGAL_ADDRESS = 700;

  @TempDir private static Path folder;
  private static TinyServer processor;
  private static int prompts;

  @BeforeAll
  @SuppressWarnings("MustBeClosedChecker") // the server closes it
  static void startProcessor() throws IOException {
    processor = TinyServer.start(Backends.open("onnxruntime-cpu"), folder);
  }

  @AfterAll
  static void stopProcessor() {
    processor.close();
  }

  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // the server closes it
  private static TinyServer device() throws IOException {
    return TinyServer.start(StandInBackend.open(), folder);
  }

  /** A request that takes every way there is; its prompt was never seen before. */
  private static GenerationSpec spec() {
    return GenerationSpec.newBuilder()
        .setSeed(7)
        .setNumInferenceSteps(3)
        .setGuidanceScale(3)
        .setCount(2)
        .setPrompt("pleural effusion " + prompts++)
        .addMasks(TinyServer.mask("heart"))
        .build();
  }

  /** Null if all images came, and came right; else the status. */
  private static Status.Code generate(TinyServer server, GenerationSpec spec) {
    try {
      List<byte[]> images = server.generate(spec);
      assertThat(images).containsExactlyElementsOf(processor.generate(spec));
      return Status.Code.OK;
    } catch (StatusRuntimeException failure) {
      assertThat(failure.getStatus().getDescription()).hasLineCount(1);
      return failure.getStatus().getCode();
    }
  }

  /** How often a request calls each function of the driver. */
  private static Map<String, Long> path(TinyServer server, FakeDriver fake) {
    Map<String, Long> before = fake.calls();
    assertThat(generate(server, spec())).isEqualTo(Status.Code.OK);
    Map<String, Long> path = new TreeMap<>();
    fake.calls()
        .forEach(
            (function, count) -> {
              long more = count - before.getOrDefault(function, 0L);
              if (more > 0) {
                path.put(function, more);
              }
            });
    return path;
  }

  private static Set<Long> positions(long calls) {
    return new TreeSet<>(List.of(1L, (calls + 1) / 2, calls));
  }

  @ParameterizedTest
  @CsvSource({OUT_OF_MEMORY + ", RESOURCE_EXHAUSTED", OUT_OF_RESOURCES + ", INTERNAL"})
  void generate_callThatFailsOnce_failsThatRequestAlone(
      int failure, Status.Code expected, FakeDriver fake) throws IOException {
    try (TinyServer server = device()) {
      Map<String, Long> path = path(server, fake);
      assertThat(path).containsKeys("cuMemcpyAsync", "cuLaunchKernel", "cuStreamSynchronize");
      int failed = 0;

      for (var call : path.entrySet()) {
        for (long n : positions(call.getValue())) {
          fake.inject(call.getKey(), n, failure, How.ONCE);

          Status.Code answer = generate(server, spec());

          assertThat(answer).as("%s, call %d", call.getKey(), n).isIn(Status.Code.OK, expected);
          failed += answer == expected ? 1 : 0;
          fake.inject("none", 1, failure, How.ONCE);
          assertThat(generate(server, spec()))
              .as("after %s, call %d", call.getKey(), n)
              .isEqualTo(Status.Code.OK);
        }
      }

      assertThat(failed).isGreaterThan(path.size());
      assertThat(server.isReady()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({LAUNCH_FAILED + ", STICKY", ILLEGAL_ADDRESS + ", LATER"})
  void generate_deviceThatIsLost_failsTheModelWithOneSentence(int failure, How how, FakeDriver fake)
      throws IOException {
    Map<String, Long> path;
    try (TinyServer server = device()) {
      path = path(server, fake);
    }
    int lost = 0;
    for (var call : path.entrySet()) {
      long mark = NativeHandles.mark();
      fake.reset();
      try (TinyServer server = device()) {
        fake.inject(call.getKey(), (call.getValue() + 1) / 2, failure, how);

        Status.Code answer = generate(server, spec());
        Status.Code next = generate(server, spec());

        if (next == Status.Code.OK) { // nothing of that call's could fail later
          assertThat(how).as(call.getKey()).isEqualTo(How.LATER);
        } else {
          lost++;
          assertThat(answer)
              .as(call.getKey())
              .isIn(Status.Code.UNAVAILABLE, Status.Code.FAILED_PRECONDITION, Status.Code.OK);
          assertThat(generate(server, spec()))
              .as(call.getKey())
              .isEqualTo(Status.Code.FAILED_PRECONDITION);
          assertThat(server.model().state()).isEqualTo(ModelState.FAILED);
          assertThat(server.model().reason()).startsWith("GPU 0: ").hasLineCount(1);
        }
      }
      assertThat(fake.violations()).as(call.getKey()).isEmpty();
      assertThat(fake.leaks()).as(call.getKey()).isEmpty();
      assertThat(NativeHandles.leaksSince(mark)).as(call.getKey()).isEmpty();
    }
    assertThat(lost).isGreaterThan(how == How.STICKY ? path.size() / 2 : 2);
  }

  @Test
  void load_anyCallThatFails_failsTheModelAndLeavesNothing(FakeDriver fake) throws IOException {
    Map<String, Long> path;
    try (TinyServer server = device()) {
      assertThat(server.isReady()).isTrue();
      path = fake.calls();
    }
    for (var call : path.entrySet()) {
      long mark = NativeHandles.mark();
      fake.reset();
      fake.inject(call.getKey(), (call.getValue() + 1) / 2, OUT_OF_MEMORY, How.ONCE);
      try (TinyServer server = device()) {
        if (server.isReady()) {
          assertThat(generate(server, spec())).as(call.getKey()).isEqualTo(Status.Code.OK);
        } else {
          assertThat(server.model().state()).as(call.getKey()).isEqualTo(ModelState.FAILED);
          assertThat(server.model().reason()).as(call.getKey()).hasLineCount(1);
        }
      } catch (InferenceException noDriver) {
        assertThat(noDriver).as(call.getKey()).message().hasLineCount(1);
      }
      assertThat(fake.injected()).as(call.getKey()).isTrue();
      assertThat(fake.violations()).as(call.getKey()).isEmpty();
      assertThat(fake.leaks()).as(call.getKey()).isEmpty();
      assertThat(NativeHandles.leaksSince(mark)).as(call.getKey()).isEmpty();
    }
  }

  @Test
  void generate_oneOfTwoDevicesIsLost_theOtherGoesOn(FakeDriver fake) throws IOException {
    fake.setDevices(2);
    try (TinyServer server = device()) {
      fake.inject("cuLaunchKernel", 1, ILLEGAL_ADDRESS, How.LATER);
      Status.Code answer = generate(server, spec());

      assertThat(answer).isEqualTo(Status.Code.UNAVAILABLE);
      for (int i = 0; i < 4; i++) {
        assertThat(generate(server, spec())).isEqualTo(Status.Code.OK);
      }
      assertThat(server.isReady()).isTrue();
    }
  }

  @Test
  void load_deviceWithoutRoom_saysSo(FakeDriver fake) throws IOException {
    fake.setMemory(100_000);
    try (TinyServer server = device()) {
      assertThat(server.model().state()).isEqualTo(ModelState.FAILED);
      assertThat(server.model().reason()).contains("GPU 0").hasLineCount(1);
      assertThat(generate(server, spec())).isEqualTo(Status.Code.FAILED_PRECONDITION);
    }
  }
}
