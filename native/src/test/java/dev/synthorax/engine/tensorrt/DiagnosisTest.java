package dev.synthorax.engine.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiagnosisTest {

  private static final String SUBJECT = "unet.onnx on GPU 0";

  private static InferenceException compiling(String... messages) {
    return Diagnosis.ofCompiling(SUBJECT, 90, "10.15.1.29", List.of(messages));
  }

  private static void assertSays(InferenceException failure, ErrorReason reason, String message) {
    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure).hasMessage(message);
  }

  @Test
  void ofCompiling_noBuilderResource_namesItAndTheWayOut() {
    assertSays(
        compiling(
            "IBuilder::buildSerializedNetwork: Error Code 6: API Usage Error (Unable to load"
                + " library: libnvinfer_builder_resource_sm90.so.10.15.1: cannot open)"),
        ErrorReason.UNSUPPORTED,
        "unet.onnx on GPU 0: TensorRT 10.15.1.29 has no builder resource for sm_90 here"
            + " (libnvinfer_builder_resource_sm90.so.10.15.1); install TensorRT on this host and"
            + " name its folder in SYNTHORAX_LIBRARIES");
  }

  @Test
  void ofCompiling_outOfMemoryInAWarningBesideTheError_isOutOfMemory() {
    assertSays(
        compiling(
            "Could not find any implementation for node {ForeignNode[a...b]}.",
            "UNSUPPORTED_STATE: Skipping tactic 0 due to insufficient memory on requested size"),
        ErrorReason.OUT_OF_MEMORY,
        "unet.onnx on GPU 0: no room to compile it; free memory of the device, or ask for fewer"
            + " rows at a time");
  }

  @Test
  void ofCompiling_noImplementation_namesTheNode() {
    assertSays(
        compiling(
            "[optimizer.cpp::computeCosts::4048] Error Code 10: Internal Error (Could not find any"
                + " implementation for node {ForeignNode[a...b]}.)"),
        ErrorReason.UNSUPPORTED,
        "unet.onnx on GPU 0: TensorRT 10.15.1.29 has no implementation of"
            + " {ForeignNode[a...b]}.)");
  }

  @Test
  void ofCompiling_anythingElse_isTheFirstErrorInOneLine() {
    assertSays(
        compiling("Error Code 4: API Usage Error (x:\n  dims)  In build at /_src/a.cpp:12", "next"),
        ErrorReason.MODEL_FAILED,
        "unet.onnx on GPU 0: TensorRT: Error Code 4: API Usage Error (x: dims)");
    assertSays(
        compiling(), ErrorReason.MODEL_FAILED, "unet.onnx on GPU 0: TensorRT: no reason given");
  }

  @Test
  void ofStarting_oldDriver_saysSo() {
    var failure =
        Diagnosis.ofStarting(
            "10.15.1.29",
            List.of(
                "createInferRuntime: Error Code 6: API Usage Error (CUDA initialization failure"
                    + " with error: 35 In checkCudaInstallation at"
                    + " /_src/runtime/dispatch/runtime.cpp:824)"));

    assertSays(
        failure,
        ErrorReason.UNSUPPORTED,
        "TensorRT 10.15.1.29 does not start: CUDA error 35, the driver is older than this"
            + " TensorRT's CUDA; install a newer driver");
  }

  @Test
  void ofStarting_anotherReason_isKept() {
    assertSays(
        Diagnosis.ofStarting("10.6.0.26", List.of("CUDA initialization failure with error: 999")),
        ErrorReason.UNSUPPORTED,
        "TensorRT 10.6.0.26 does not start: CUDA error 999");
    assertSays(
        Diagnosis.ofStarting("10.6.0.26", List.of()),
        ErrorReason.UNSUPPORTED,
        "TensorRT 10.6.0.26 does not start: no reason given");
  }

  @Test
  void ofParsing_unsupportedOperator_namesIt() {
    assertSays(
        Diagnosis.ofParsing("unet.onnx", "Frobnicate", "down/frob", "Plugin not found\n\n", true),
        ErrorReason.MODEL_FAILED,
        "unet.onnx: Frobnicate down/frob: TensorRT does not take this operator: Plugin not found");
  }

  @Test
  void ofParsing_noNode_isTheParsersWords() {
    assertSays(
        Diagnosis.ofParsing("unet.onnx", "", "", "Failed to parse the ONNX model.", false),
        ErrorReason.MODEL_FAILED,
        "unet.onnx: Failed to parse the ONNX model.");
  }

  @Test
  void ofLoading_memory_isToldFromTheRest() {
    assertSays(
        Diagnosis.ofLoading(SUBJECT, List.of("Error Code 2: OutOfMemory (Requested size was 99)")),
        ErrorReason.OUT_OF_MEMORY,
        "unet.onnx on GPU 0: the device has no room for it; free memory, or serve fewer models");
    assertSays(
        Diagnosis.ofLoading(SUBJECT, List.of("bad profile")),
        ErrorReason.BACKEND_FAILURE,
        "unet.onnx on GPU 0: TensorRT: bad profile");
  }

  @Test
  void ofRunning_longMessage_isCut() {
    var failure = Diagnosis.ofRunning(SUBJECT, List.of("x".repeat(1000)));

    assertThat(failure.reason()).isEqualTo(ErrorReason.BACKEND_FAILURE);
    assertThat(failure.getMessage()).hasSizeLessThan(350).endsWith("xxx...");
  }
}
