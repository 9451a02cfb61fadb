package dev.synthorax.server.inference;

import static dev.synthorax.server.inference.InferenceFixture.input;
import static dev.synthorax.server.inference.InferenceFixture.raw;
import static dev.synthorax.server.inference.InferenceFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import dev.synthorax.proto.inference.InferParameter;
import dev.synthorax.proto.inference.InferTensorContents;
import dev.synthorax.proto.inference.ModelInferRequest;
import dev.synthorax.server.config.AccessConfig;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** ModelInfer: what is refused, with the field that is wrong. */
@Timeout(120)
final class WrongRequestsTest {
  @TempDir private static Path folder;
  private static InferenceFixture server;

  @BeforeAll
  static void start() throws IOException {
    server = InferenceFixture.open(folder, AccessConfig.DEFAULT);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static InferParameter number(long value) {
    return InferParameter.newBuilder().setInt64Param(value).build();
  }

  private static InferParameter flag(boolean value) {
    return InferParameter.newBuilder().setBoolParam(value).build();
  }

  private static InferParameter text(String value) {
    return InferParameter.newBuilder().setStringParam(value).build();
  }

  static Stream<Arguments> wrongRequests() {
    var contents = InferTensorContents.newBuilder();
    return Stream.of(
        wrong("model_name", request(1).clearModelName(), "not there"),
        wrong("model_name", request(1).setModelName("x".repeat(129)), "129 characters"),
        wrong("raw_input_contents", request(1).addRawInputContents(raw(1)), "2 entries"),
        wrong("raw_input_contents", request(1).addInputs(input("y", "FP32", 1)), "1 entries"),
        wrong(
            "inputs[0]",
            request(1).setRawInputContents(0, raw(1, 2)),
            "input 'x': 8 bytes (expected: 4, those of FP32 [1, 1])"),
        wrong(
            "inputs[0]",
            request()
                .setInputs(0, input("x", "BOOL", 1))
                .setRawInputContents(0, ByteString.copyFrom(new byte[] {2})),
            "input 'x': element 0 is 2 (expected: 0 or 1)"),
        wrong(
            "inputs[0]",
            request()
                .setInputs(0, input("x", "BYTES", 1))
                .setRawInputContents(0, ByteString.copyFrom(new byte[] {1, 0})),
            "input 'x': element 0 at byte 0 does not end within 2 bytes"),
        wrong(
            "inputs[0]",
            request()
                .setInputs(0, input("x", "BYTES", 1))
                .setRawInputContents(0, ByteString.copyFrom(new byte[] {-1, -1, -1, -1, 0})),
            "input 'x': element 0 at byte 0 does not end within 5 bytes"),
        wrong(
            "inputs[0]",
            request()
                .setInputs(0, input("x", "BYTES", 1))
                .setRawInputContents(0, ByteString.copyFrom(new byte[] {0, 0, 0, 0, 9})),
            "input 'x': element 1 at byte 4 does not end within 5 bytes"),
        wrong(
            "inputs[0].datatype",
            request(1).setInputs(0, input("x", "FP8", 1)),
            "'FP8' (expected: one of [BOOL, "),
        wrong(
            "inputs[0].datatype",
            request(1).setInputs(0, input("x", "F".repeat(1000), 1)),
            "1000 characters"),
        wrong(
            "inputs[0]",
            request(1).setInputs(0, input("x", "FP32", -1)),
            "input 'x': shape [-1] (expected: every dim >= 0)"),
        wrong(
            "inputs[0]",
            request(1).setInputs(0, input("x", "FP32", 1L << 40, 1L << 40)),
            "input 'x': shape [1099511627776, 1099511627776] (expected: fewer elements)"),
        wrong(
            "inputs[0].shape",
            request(1).setInputs(0, input("x", "FP32", new long[33])),
            "33 dims (expected: up to 32)"),
        wrong(
            "inputs[0].name",
            request(1).setInputs(0, input("x".repeat(257), "FP32", 1)),
            "257 characters"),
        wrong(
            "inputs[1].name",
            request(1).addInputs(input("x", "FP32", 1)).addRawInputContents(raw(1)),
            "x again"),
        wrong(
            "inputs[0].contents",
            request(1).setInputs(0, input("x", "FP32", 1).setContents(contents)),
            "given beside raw_input_contents"),
        wrong(
            "inputs[0].contents",
            typed("FP16", contents),
            "given for FP16 (expected: raw_input_contents)"),
        wrong(
            "inputs[0].contents",
            typed("FP32", contents.clone().addIntContents(1)),
            "int_contents (expected: fp32_contents alone, for FP32)"),
        wrong(
            "inputs[0]",
            typed("FP32", contents),
            "input 'x': 0 bytes (expected: 4, those of FP32 [1])"),
        wrong(
            "inputs[0].contents.int_contents[0]",
            typed("INT8", contents.clone().addIntContents(128)),
            "128 (expected: -128 to 127)"),
        wrong(
            "inputs[0].contents.uint_contents[0]",
            typed("UINT16", contents.clone().addUintContents(-1)),
            "4294967295 (expected: 0 to 65535)"),
        wrong("outputs[1].name", twice(), "x again"),
        wrong(
            "outputs[0].parameters[\"classification\"]",
            wanted("classification", number(0)),
            "0 (expected: at least 1)"),
        wrong(
            "outputs[0].parameters[\"classification\"]",
            wanted("classification", text("3")),
            "of another type (expected: int64_param or uint64_param)"),
        wrong(
            "outputs[0].parameters[\"shared_memory_offset\"]",
            wanted("shared_memory_offset", number(3)),
            "given alone"),
        wrong(
            "parameters[\"priority\"]",
            request(1).putParameters("priority", number(-1)),
            "-1 (expected: 0 to 2^63 - 1)"),
        wrong(
            "parameters[\"timeout\"]",
            request(1).putParameters("timeout", text("5")),
            "of another type"),
        wrong(
            "parameters[\"sequence_id\"]",
            request(1).putParameters("sequence_id", number(7)),
            "a sequence"),
        wrong(
            "parameters[\"sequence_id\"]",
            request(1).putParameters("sequence_id", text("s")),
            "a sequence"),
        wrong(
            "parameters[\"sequence_id\"]",
            request(1).putParameters("sequence_start", flag(true)),
            "a sequence"),
        wrong(
            "parameters[\"triton_x\"]",
            request(1).putParameters("triton_x", flag(true)),
            "reserved"),
        wrong("parameters[\"headers\"]", request(1).putParameters("headers", text("")), "reserved"),
        wrong(
            "parameters[\"triton_enable_empty_final_response\"]",
            request(1).putParameters("triton_enable_empty_final_response", number(1)),
            "of another type (expected: bool_param)"));
  }

  private static ModelInferRequest.Builder typed(
      String type, InferTensorContents.Builder contents) {
    return ModelInferRequest.newBuilder()
        .setModelName("echo")
        .addInputs(input("x", type, 1).setContents(contents));
  }

  private static ModelInferRequest.Builder twice() {
    var request = request(1);
    request.addOutputsBuilder().setName("x");
    request.addOutputsBuilder().setName("x");
    return request;
  }

  private static ModelInferRequest.Builder wanted(String parameter, InferParameter value) {
    var request = request(1);
    request.addOutputsBuilder().setName("x").putParameters(parameter, value);
    return request;
  }

  private static Arguments wrong(String field, ModelInferRequest.Builder request, String message) {
    return Arguments.of(field, message, request.build());
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("wrongRequests")
  void modelInfer_wrongField_isInvalidArgumentWithItsPath(
      String field, String message, ModelInferRequest request)
      throws InvalidProtocolBufferException {
    var failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> server.infer(request.toBuilder()));

    assertThat(failure.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(failure.getStatus().getDescription())
        .startsWith(field + ": " + message)
        .hasLineCount(1);
    assertThat(ModelInferTest.detail(failure, BadRequest.class).getFieldViolations(0).getField())
        .isEqualTo(field);
    server.awaitNothingLeft();
  }
}
