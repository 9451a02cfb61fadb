package dev.synthorax.server.inference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.inference.InferParameter;
import dev.synthorax.proto.inference.ModelInferRequest;
import dev.synthorax.proto.inference.ModelReadyRequest;
import dev.synthorax.proto.inference.ModelRepositoryParameter;
import dev.synthorax.proto.inference.RepositoryIndexRequest;
import dev.synthorax.proto.inference.RepositoryModelLoadRequest;
import dev.synthorax.proto.inference.RepositoryModelUnloadRequest;
import dev.synthorax.proto.inference.ServerMetadataRequest;
import dev.synthorax.proto.inference.SystemSharedMemoryRegisterRequest;
import dev.synthorax.proto.inference.SystemSharedMemoryStatusRequest;
import dev.synthorax.proto.inference.SystemSharedMemoryUnregisterRequest;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator can allow: models that come and go, tensors in shared memory. */
@Timeout(60)
final class AllowedCallsTest {
  @TempDir private Path folder;
  private InferenceFixture server;

  @BeforeEach
  void start() throws IOException {
    server = InferenceFixture.open(folder, InferenceFixture.ALL);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static void assertFails(ThrowingCallable call, Code code, String beginning) {
    var failure = catchThrowableOfType(StatusRuntimeException.class, call);

    assertThat(failure.getStatus().getCode()).isEqualTo(code);
    assertThat(failure.getStatus().getDescription()).startsWith(beginning);
  }

  private static InferParameter text(String value) {
    return InferParameter.newBuilder().setStringParam(value).build();
  }

  private static InferParameter number(long value) {
    return InferParameter.newBuilder().setInt64Param(value).build();
  }

  @Test
  void extensions_ofWhatIsAllowed_areNamed() {
    assertThat(
            server
                .stub()
                .serverMetadata(ServerMetadataRequest.getDefaultInstance())
                .getExtensionsList())
        .contains(
            "model_repository", "model_repository(unload_dependents)", "system_shared_memory");
  }

  @Test
  void unloadAndLoad_aModel_comesAndGoes() {
    var dependents = ModelRepositoryParameter.newBuilder().setBoolParam(false).build();
    var _ =
        server
            .stub()
            .repositoryModelUnload(
                RepositoryModelUnloadRequest.newBuilder()
                    .setModelName("squares")
                    .putParameters("unload_dependents", dependents)
                    .build());
    var gone = server.stub().repositoryIndex(RepositoryIndexRequest.getDefaultInstance());
    boolean readyThen = ready();

    var _ =
        server
            .stub()
            .repositoryModelLoad(
                RepositoryModelLoadRequest.newBuilder().setModelName("squares").build());

    assertThat(gone.getModels(0).getState()).isEqualTo("UNAVAILABLE");
    assertThat(gone.getModels(0).getReason()).isEqualTo("unloaded");
    assertThat(readyThen).isFalse();
    assertThat(ready()).isTrue();
  }

  private boolean ready() {
    return server
        .stub()
        .modelReady(ModelReadyRequest.newBuilder().setName("squares").build())
        .getReady();
  }

  @Test
  void load_filesOrAnotherName_isRefused() {
    var file = ModelRepositoryParameter.newBuilder().setBytesParam(ByteString.EMPTY).build();
    var load = RepositoryModelLoadRequest.newBuilder().setModelName("squares");

    assertFails(
        () ->
            server
                .stub()
                .repositoryModelLoad(load.clone().putParameters("file:1/model.onnx", file).build()),
        Code.UNIMPLEMENTED,
        "parameters[\"file:1/model.onnx\"]: in place of the model's own files");
    assertFails(
        () -> server.stub().repositoryModelLoad(load.clone().setModelName("../squares").build()),
        Code.NOT_FOUND,
        "Request for unknown model: '../squares' is not found");
    assertFails(
        () -> server.stub().repositoryModelLoad(load.clone().setRepositoryName("other").build()),
        Code.UNIMPLEMENTED,
        "repository_name: given");
    assertFails(
        () ->
            server
                .stub()
                .repositoryModelUnload(
                    RepositoryModelUnloadRequest.newBuilder()
                        .setModelName("squares")
                        .putParameters("now", file)
                        .build()),
        Code.UNIMPLEMENTED,
        "parameters[\"now\"]: not known");
  }

  private SystemSharedMemoryRegisterRequest.Builder region(String key, long offset, long bytes) {
    return SystemSharedMemoryRegisterRequest.newBuilder()
        .setName("region")
        .setKey(key)
        .setOffset(offset)
        .setByteSize(bytes);
  }

  private ModelInferRequest.Builder inRegion(long offset, long bytes) {
    return ModelInferRequest.newBuilder()
        .setModelName("echo")
        .addInputs(
            InferenceFixture.input("x", "FP32", 1, 2)
                .putParameters("shared_memory_region", text("region"))
                .putParameters("shared_memory_byte_size", number(bytes))
                .putParameters("shared_memory_offset", number(offset)));
  }

  @Test
  void sharedMemory_inputAndOutput_isReadAndWritten() throws IOException {
    Path file = server.sharedMemory.resolve("tests-1");
    byte[] content = new byte[64];
    System.arraycopy(InferenceFixture.raw(1, 2).toByteArray(), 0, content, 24, 8);
    Files.write(file, content);
    var _ = server.stub().systemSharedMemoryRegister(region("/tests-1", 16, 48).build());
    var request = inRegion(8, 8);
    request
        .addOutputsBuilder()
        .setName("x")
        .putParameters("shared_memory_region", text("region"))
        .putParameters("shared_memory_byte_size", number(16))
        .putParameters("shared_memory_offset", number(32));

    var response = server.infer(request);

    assertThat(response.getRawOutputContentsList()).containsExactly(ByteString.EMPTY);
    assertThat(response.getOutputs(0).getParametersMap().get("shared_memory_byte_size"))
        .isEqualTo(number(8));
    assertThat(Arrays.copyOfRange(Files.readAllBytes(file), 48, 56))
        .isEqualTo(InferenceFixture.raw(1, 2).toByteArray());
    server.awaitNothingLeft();
  }

  @Test
  void sharedMemory_registeredTwiceAndForgotten_isListedMeanwhile() throws IOException {
    Files.write(server.sharedMemory.resolve("tests-1"), new byte[64]);
    var _ = server.stub().systemSharedMemoryRegister(region("tests-1", 0, 64).build());

    assertFails(
        () -> server.stub().systemSharedMemoryRegister(region("tests-1", 0, 64).build()),
        Code.INVALID_ARGUMENT,
        "shared memory region 'region' already in manager");
    var status =
        server
            .stub()
            .systemSharedMemoryStatus(
                SystemSharedMemoryStatusRequest.newBuilder().setName("region").build())
            .getRegionsMap();
    assertThat(status).containsOnlyKeys("region");
    assertThat(requireNonNull(status.get("region")).getByteSize()).isEqualTo(64);

    var _ =
        server
            .stub()
            .systemSharedMemoryUnregister(SystemSharedMemoryUnregisterRequest.getDefaultInstance());

    assertThat(
            server
                .stub()
                .systemSharedMemoryStatus(SystemSharedMemoryStatusRequest.getDefaultInstance())
                .getRegionsMap())
        .isEmpty();
    assertFails(
        () -> server.infer(inRegion(0, 8)),
        Code.INVALID_ARGUMENT,
        "inputs[0].parameters: Unable to find shared memory region: 'region'");
  }

  @Test
  void sharedMemory_keysThatAreNotOurs_areRefused() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "x".repeat(64), UTF_8);
    Files.createSymbolicLink(server.sharedMemory.resolve("tests-link"), secret);
    Files.write(server.sharedMemory.resolve("other"), new byte[64]);
    Files.write(server.sharedMemory.resolve("tests-short"), new byte[8]);

    for (String key :
        new String[] {"", "/", "other", "../secret", "/tests-/../other", "tests-\0", "tests-a/b"}) {
      assertFails(
          () -> server.stub().systemSharedMemoryRegister(region(key, 0, 8).build()),
          Code.INVALID_ARGUMENT,
          "key: not to be used here");
    }
    assertFails(
        () -> server.stub().systemSharedMemoryRegister(region("tests-link", 0, 8).build()),
        Code.INVALID_ARGUMENT,
        "key tests-link: no such shared memory");
    for (long[] range : new long[][] {{0, 9}, {1, 8}, {0, 0}, {0, -1}, {Long.MAX_VALUE, 2}}) {
      assertFails(
          () ->
              server
                  .stub()
                  .systemSharedMemoryRegister(region("tests-short", range[0], range[1]).build()),
          Code.INVALID_ARGUMENT,
          "region 'region': ");
    }
  }

  @Test
  void sharedMemory_madeShorterOrTooSmall_failsTheRequestAlone() throws IOException {
    Path file = server.sharedMemory.resolve("tests-1");
    Files.write(file, new byte[64]);
    var _ = server.stub().systemSharedMemoryRegister(region("tests-1", 0, 64).build());

    assertFails(
        () -> server.infer(inRegion(60, 8)),
        Code.INVALID_ARGUMENT,
        "inputs[0].parameters: Invalid offset + byte size for shared memory region: 'region'");
    assertFails(
        () -> server.infer(inRegion(0, 12)),
        Code.INVALID_ARGUMENT,
        "inputs[0]: input 'x': 12 bytes (expected: 8, those of FP32 [1, 2])");
    var small = inRegion(0, 8);
    small
        .addOutputsBuilder()
        .setName("x")
        .putParameters("shared_memory_region", text("region"))
        .putParameters("shared_memory_byte_size", number(4));
    assertFails(
        () -> server.infer(small),
        Code.INVALID_ARGUMENT,
        "shared memory size specified with the request for output 'x' (4 bytes) should be at least"
            + " 8 bytes");
    Files.write(file, new byte[4]);
    assertFails(
        () -> server.infer(inRegion(0, 8)),
        Code.INVALID_ARGUMENT,
        "inputs[0].parameters: shared memory region 'region': its bytes are not there any more");
    server.awaitNothingLeft();
  }
}
