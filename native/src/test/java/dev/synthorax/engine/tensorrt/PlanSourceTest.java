package dev.synthorax.engine.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.TestGraphs;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanSourceTest {
  private static final Device GPU = new Device(Device.Kind.GPU, 0, "H100");
  private static final PlanKey.Machine MACHINE = new PlanKey.Machine("10.15.1.29", "580", "H100");

  @TempDir Path folder;
  private final FakeTensorRt library = new FakeTensorRt();
  private final PlanSource source = new PlanSource(library, BuilderSettings.DEFAULT, _ -> 6L << 30);
  private PlanRequest request;

  @BeforeEach
  void writeGraph() throws IOException {
    request =
        PlanRequest.of(TestGraphs.addBias(folder, 1, 2, 3), GPU)
            .withRowProfiles(List.of(2, 4))
            .withIntraOpThreads(3)
            .withCache(folder.resolve("plans"));
  }

  @MustBeClosed
  private TensorRt.Engine open(PlanRequest of) {
    return source.open(of, OnnxFile.read(of.graph()), MACHINE, 90);
  }

  private void openAndClose(PlanRequest of) {
    try (TensorRt.Engine engine = open(of)) {
      assertThat(engine.decidesShapes("x")).isFalse();
    }
  }

  @Test
  void open_firstTime_compilesAsAsked() {
    var told = new ArrayList<String>();

    openAndClose(request.withProgress(told::add));

    assertThat(library.orders).hasSize(1);
    TensorRt.Order order = library.orders.getFirst();
    assertThat(order.rows()).containsExactly(2, 4);
    assertThat(order.inputs()).extracting(input -> input.name()).containsExactly("x");
    assertThat(order.architecture()).isEqualTo(90);
    assertThat(order.threads()).isEqualTo(3);
    assertThat(order.workspaceBytes()).isEqualTo(3L << 30);
    assertThat(order.timings().byteSize()).isZero();
    assertThat(told).containsExactly("add-bias.onnx is compiled for GPU 0 (0 s so far)");
    assertThat(library.open).hasValue(0);
  }

  @Test
  void open_again_loadsWhatWasKept() {
    openAndClose(request);
    openAndClose(request);
    openAndClose(request.withRowProfiles(List.of(2)));

    assertThat(library.orders).hasSize(2);
    assertThat(library.orders.getLast().timings().toArray(ValueLayout.JAVA_BYTE))
        .containsExactly(FakeTensorRt.TIMINGS);
    assertThat(library.loaded).hasSize(3);
    assertThat(library.loaded.get(1)).isEqualTo(library.loaded.get(0));
  }

  @Test
  void open_keptPlanThatTheLibraryRefuses_isCompiledAnewOnce() {
    openAndClose(request);
    library.refusals = 1;

    openAndClose(request);
    openAndClose(request);

    assertThat(library.orders).hasSize(2);
    assertThat(library.loaded).hasSize(3);
  }

  @Test
  void open_planThatIsRefusedEvenNew_fails() {
    library.refusals = 2;

    assertThatThrownBy(() -> openAndClose(request))
        .isInstanceOfSatisfying(
            InferenceException.class,
            failure -> assertThat(failure.reason()).isEqualTo(ErrorReason.BACKEND_FAILURE))
        .hasMessage(
            "add-bias.onnx on GPU 0: TensorRT refuses the plan that it compiled: another version");
  }

  @Test
  void open_damagedPlan_isCompiledAnew() throws IOException {
    openAndClose(request);
    try (var files = Files.list(folder.resolve("plans"))) {
      for (Path file : files.toList()) {
        Files.writeString(file, "rubbish");
      }
    }

    openAndClose(request);

    assertThat(library.orders).hasSize(2);
  }

  @Test
  void open_noCacheOrNoRoomThere_compilesAndGoesOn() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    PlanRequest unwritable = request.withCache(file.resolve("plans"));

    openAndClose(unwritable);
    openAndClose(unwritable);

    assertThat(library.orders).hasSize(2);
    assertThat(library.loaded).hasSize(2);
  }

  @Test
  void open_compilingFails_isToldAndTriedAgainNextTime() {
    library.failure = new InferenceException(ErrorReason.OUT_OF_MEMORY, "no room");
    assertThatThrownBy(() -> openAndClose(request)).isSameAs(library.failure);
    library.failure = null;

    openAndClose(request);

    assertThat(library.loaded).hasSize(1);
  }
}
