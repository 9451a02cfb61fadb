package dev.synthorax.server.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.ResourceInfo;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.StructureMask;
import dev.synthorax.server.pipeline.GreyPng;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class BadInputTest {
  @TempDir private static Path folder;
  private static ServerFixture server;

  @BeforeAll
  static void start() throws IOException {
    server = ServerFixture.loaded(folder);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static GenerationSpec.Builder request() {
    return GenerationSpec.newBuilder();
  }

  private static ByteString png(int width, int height) {
    return ByteString.copyFrom(GreyPng.of(new float[width * height], width, height));
  }

  private static GenerationSpec.Builder masked(String structure, ByteString png) {
    return request().addMasks(StructureMask.newBuilder().setStructure(structure).setPng(png));
  }

  private static ByteString bomb() {
    byte[] bytes = png(1, 1).toByteArray();
    ByteBuffer.wrap(bytes).putInt(16, 20_000).putInt(20, 20_000);
    return ByteString.copyFrom(bytes);
  }

  static Stream<Arguments> wrongFields() {
    return Stream.of(
        wrong("count", request().setCount(0), "count: 0 (expected: 1 to 40)"),
        wrong("count", request().setCount(-1), "count: -1 (expected: 1 to 40)"),
        wrong("count", request().setCount(257), "count: 257 (expected: 1 to 40)"),
        wrong("width", request().setWidth(100), "size: 100x16 (expected: 16x16)"),
        wrong("height", request().setWidth(16).setHeight(17), "size: 16x17 (expected: 16x16)"),
        wrong(
            "num_inference_steps",
            request().setNumInferenceSteps(0),
            "num_inference_steps: 0 (expected: 1 to 1000)"),
        wrong(
            "num_inference_steps",
            request().setNumInferenceSteps(10_000),
            "num_inference_steps: 10000 (expected: 1 to 1000)"),
        wrong(
            "num_inference_steps",
            request().setNumInferenceSteps(1000),
            "num_inference_steps: 1000 steps (expected: 1 to 999)"),
        wrong(
            "guidance_scale",
            request().setGuidanceScale(Float.NaN),
            "guidance_scale: NaN (expected: 0 to 30, finite)"),
        wrong(
            "guidance_scale",
            request().setGuidanceScale(Float.POSITIVE_INFINITY),
            "guidance_scale: Infinity (expected: 0 to 30, finite)"),
        wrong(
            "guidance_scale",
            request().setGuidanceScale(-1),
            "guidance_scale: -1.0 (expected: 0 to 30, finite)"),
        wrong(
            "noise_scheduler",
            request().setNoiseSchedulerValue(77),
            "noise_scheduler: a value this server does not know"),
        wrong("priority", request().setPriorityValue(77), "priority: a value"),
        wrong("output_format", request().setOutputFormatValue(77), "output_format: a value"),
        wrong("prompt", request().setPrompt("x".repeat(1 << 20)), "prompt: 1048576 bytes"),
        wrong("prompt", request().setPrompt("é".repeat(2049)), "prompt: 4098 bytes"),
        wrong(
            "negative_prompt", request().setNegativePrompt("x".repeat(5000)), "negative_prompt: "),
        wrong(
            "negative_prompt",
            request().setNegativePrompt("tubes").setGuidanceScale(1),
            "negative_prompt: given without guidance"),
        wrong("request_id", request().setRequestId("x".repeat(129)), "request_id: 129 bytes"),
        wrong("model", request().setModel("x".repeat(129)), "model: 129 bytes"),
        wrong(
            "masks[0].structure",
            masked("liver", png(4, 4)),
            "masks[0].structure: liver (expected: one of lungs, heart)"),
        wrong(
            "masks[1].structure",
            masked("lungs", png(4, 4))
                .addMasks(StructureMask.newBuilder().setStructure("lungs").setPng(png(4, 4))),
            "masks[1].structure: lungs again (expected: each structure at most once)"),
        wrong(
            "masks[0].png",
            masked("lungs", ByteString.copyFromUtf8("<html>no image</html>")),
            "masks[0].png: not a readable PNG"),
        wrong(
            "masks[0].png", masked("lungs", ByteString.EMPTY), "masks[0].png: not a readable PNG"),
        wrong(
            "masks[0].png",
            masked("lungs", ByteString.copyFrom(GreyPng.of(new float[] {0, 0.4f, 0.5f, 1}, 2, 2))),
            "masks[0].png: 4 values: 0, 102, 128, 255 (expected: a mask of two values"),
        wrong(
            "masks[0].png",
            masked("lungs", bomb()),
            "masks[0].png: 20000x20000 pixels (expected: at most 4096 a side)"),
        wrong(
            "initial_latents",
            request().setInitialLatents(ByteString.copyFrom(new byte[60])),
            "initial_latents: 60 bytes (expected: 64, float32 [1, 4, 2, 2])"),
        wrong(
            "initial_latents",
            request().setInitialLatents(notFinite()),
            "initial_latents: NaN among them (expected: draws of the standard normal"));
  }

  private static ByteString notFinite() {
    var bytes = ByteBuffer.allocate(64);
    bytes.putInt(8, Integer.reverseBytes(Float.floatToIntBits(Float.NaN)));
    return ByteString.copyFrom(bytes);
  }

  private static Arguments wrong(String field, GenerationSpec.Builder request, String message) {
    return Arguments.of(field, message, request.build());
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("wrongFields")
  void generate_wrongField_isInvalidArgumentWithItsPath(
      String field, String message, GenerationSpec request) throws InvalidProtocolBufferException {
    var failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> server.generate(request));

    assertThat(failure.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(failure.getStatus().getDescription()).startsWith(message).hasLineCount(1);
    assertThat(detail(failure, ErrorInfo.class).getDomain()).isEqualTo("synthorax.dev");
    assertThat(detail(failure, BadRequest.class).getFieldViolations(0).getField())
        .isEqualTo("spec." + field);
  }

  @Test
  void generateStream_wrongField_failsTheSameWay() throws InterruptedException {
    var failure = server.stream(request().setCount(0).build()).next().failure();

    assertThat(failure).hasMessageContaining("count: 0 (expected: 1 to 40)");
  }

  @Test
  void generate_moreThanTheServerEverHolds_isTooLarge() throws InvalidProtocolBufferException {
    var failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> server.generate(request().setCount(40).setPrompt("x".repeat(4096)).build()));

    assertThat(failure.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(failure.getStatus().getDescription())
        .startsWith("count: 40 images of up to ")
        .endsWith("bytes each (expected: at most 1048576 bytes together; ask for fewer)");
    assertThat(detail(failure, ErrorInfo.class).getReason()).isEqualTo("TOO_LARGE");
    assertThat(detail(failure, BadRequest.class).getFieldViolations(0).getField())
        .isEqualTo("spec.count");
  }

  @Test
  void generate_unknownModel_isNotFoundWithTheResource() throws InvalidProtocolBufferException {
    var failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> server.generate(request().setModel("nobody").build()));

    assertThat(failure.getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
    assertThat(failure.getStatus().getDescription())
        .isEqualTo("model: nobody (expected: one of squares)");
    assertThat(detail(failure, ResourceInfo.class).getResourceName()).isEqualTo("nobody");
    assertThat(detail(failure, ErrorInfo.class).getReason()).isEqualTo("MODEL_NOT_FOUND");
  }

  @Test
  void generate_unknownVersion_isNotFound() {
    var failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> server.generate(request().setModelVersion("0000").build()));

    assertThat(failure.getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
    assertThat(failure.getStatus().getDescription())
        .startsWith("model squares: no version 0000 (expected: ");
  }

  @Test
  void generate_promptOfMarkup_isDrawnLikeAnyOther() {
    var response = server.generate(request().setPrompt("<script>alert(1)</script>").build());

    assertThat(response.getImagesCount()).isEqualTo(1);
  }

  @Test
  void generate_afterEveryWrongRequest_stillServes() {
    wrongFields()
        .map(arguments -> (GenerationSpec) arguments.get()[2])
        .forEach(
            wrong ->
                assertThatThrownBy(() -> server.generate(wrong))
                    .isInstanceOf(StatusRuntimeException.class));

    assertThat(server.generate(request().build()).getImagesCount()).isEqualTo(1);
    assertThat(server.models.unfinishedImages()).isZero();
  }

  static <T extends com.google.protobuf.Message> T detail(
      StatusRuntimeException failure, Class<T> type) throws InvalidProtocolBufferException {
    var status = requireNonNull(StatusProto.fromThrowable(failure));
    for (Any any : status.getDetailsList()) {
      if (any.is(type)) {
        return any.unpack(type);
      }
    }
    throw new AssertionError("no " + type.getSimpleName() + " in " + status);
  }
}
