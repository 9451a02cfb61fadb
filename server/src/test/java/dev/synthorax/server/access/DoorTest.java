package dev.synthorax.server.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.synthorax.proto.v1.GenerateRequest;
import dev.synthorax.proto.v1.GenerateResponse;
import dev.synthorax.proto.v1.GenerateStreamRequest;
import dev.synthorax.proto.v1.GenerateStreamResponse;
import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.ListTrainingsRequest;
import dev.synthorax.proto.v1.Sample;
import dev.synthorax.proto.v1.TrainingServiceGrpc;
import dev.synthorax.proto.v1.UploadDatasetRequest;
import dev.synthorax.proto.v1.UploadDatasetResponse;
import dev.synthorax.server.config.SecurityConfig;
import dev.synthorax.server.grpc.GatedCalls;
import io.grpc.CallCredentials;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class DoorTest {
  @TempDir private Path folder;
  private final AtomicLong nanos = new AtomicLong();
  private Path file;
  private @Nullable Server server;
  private @Nullable ManagedChannel channel;

  /** Answers with whose call it is. */
  private static final class WhoCalls extends GenerationServiceGrpc.GenerationServiceImplBase {
    @Override
    public void generate(GenerateRequest request, StreamObserver<GenerateResponse> answer) {
      answer.onNext(GenerateResponse.newBuilder().addWarnings(GatedCalls.TENANT.get()).build());
      answer.onCompleted();
    }

    @Override
    public void generateStream(
        GenerateStreamRequest request, StreamObserver<GenerateStreamResponse> answer) {
      answer.onNext(GenerateStreamResponse.getDefaultInstance()); // and goes on for ever
    }
  }

  private static final class Uploads extends TrainingServiceGrpc.TrainingServiceImplBase {
    @Override
    public StreamObserver<UploadDatasetRequest> uploadDataset(
        StreamObserver<UploadDatasetResponse> answer) {
      return new StreamObserver<>() {
        @Override
        public void onNext(UploadDatasetRequest request) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
          answer.onNext(UploadDatasetResponse.getDefaultInstance());
          answer.onCompleted();
        }
      };
    }
  }

  @BeforeEach
  void start() throws IOException {
    file = folder.resolve("tokens.yaml");
    write("one: {tokens: [%s], roles: [infer]}".formatted(sha256("one's token")));
  }

  private void write(String... tenants) throws IOException {
    Files.writeString(file, "tenants:\n  " + String.join("\n  ", tenants) + "\n");
  }

  private void open() throws IOException {
    String name = InProcessServerBuilder.generateName();
    server =
        InProcessServerBuilder.forName(name)
            .directExecutor()
            .intercept(Door.of(new SecurityConfig("", "", "", file.toString()), nanos::get))
            .addService(new WhoCalls())
            .addService(new Uploads())
            .addService(new HealthStatusManager().getHealthService())
            .build()
            .start();
    channel = InProcessChannelBuilder.forName(name).directExecutor().build();
  }

  @AfterEach
  void stop() {
    channel().shutdownNow();
    requireNonNull(server, "server").shutdownNow();
  }

  private ManagedChannel channel() {
    return requireNonNull(channel, "channel");
  }

  private static String sha256(String token) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sends a token, or anything else, as it stands. */
  private static CallCredentials authorization(String value) {
    return new CallCredentials() {
      @Override
      public void applyRequestMetadata(
          RequestInfo info, Executor executor, MetadataApplier applier) {
        var headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), value);
        applier.apply(headers);
      }
    };
  }

  private String whoCalls(String authorization) {
    return GenerationServiceGrpc.newBlockingStub(channel())
        .withCallCredentials(authorization(authorization))
        .generate(GenerateRequest.getDefaultInstance())
        .getWarnings(0);
  }

  private Iterator<GenerateStreamResponse> forEver(String authorization) {
    return GenerationServiceGrpc.newBlockingStub(channel())
        .withCallCredentials(authorization(authorization))
        .generateStream(GenerateStreamRequest.getDefaultInstance());
  }

  private static StatusRuntimeException refused(Runnable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call::run);
  }

  private static <T extends com.google.protobuf.Message> T detail(
      StatusRuntimeException failure, Class<T> type) throws IOException {
    for (var any : requireNonNull(StatusProto.fromThrowable(failure)).getDetailsList()) {
      if (any.is(type)) {
        return any.unpack(type);
      }
    }
    throw new AssertionError("no " + type.getSimpleName());
  }

  @Test
  void interceptCall_tokenOfATenant_itsNameIsInTheContext() throws IOException {
    open();

    assertThat(whoCalls("Bearer one's token")).isEqualTo("one");
    assertThat(whoCalls("bearer  one's token ")).isEqualTo("one");
  }

  @Test
  void interceptCall_noTokenOrAWrongOne_isUnauthenticated() throws IOException {
    open();

    var none =
        refused(
            () ->
                GenerationServiceGrpc.newBlockingStub(channel())
                    .generate(GenerateRequest.getDefaultInstance()));
    assertThat(none.getStatus().getCode()).isEqualTo(Code.UNAUTHENTICATED);
    assertThat(detail(none, ErrorInfo.class).getReason()).isEqualTo("UNAUTHENTICATED");
    for (String wrong :
        new String[] {
          "Basic b25l", "Bearer", "Bearer two's token", "Bearer " + sha256("one's token")
        }) {
      assertThat(refused(() -> whoCalls(wrong)).getStatus().getCode())
          .as(wrong)
          .isEqualTo(Code.UNAUTHENTICATED);
    }
  }

  @Test
  void interceptCall_health_isForEverybody() throws IOException {
    open();

    assertThat(
            HealthGrpc.newBlockingStub(channel())
                .check(HealthCheckRequest.getDefaultInstance())
                .isInitialized())
        .isTrue();
  }

  @Test
  void interceptCall_anotherRole_isPermissionDeniedAndNamesIt() throws IOException {
    open();

    var failure =
        refused(
            () ->
                TrainingServiceGrpc.newBlockingStub(channel())
                    .withCallCredentials(authorization("Bearer one's token"))
                    .listTrainings(ListTrainingsRequest.getDefaultInstance()));

    assertThat(failure.getStatus().getCode()).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(failure.getStatus().getDescription()).contains("a token with the role train");
  }

  @Test
  void interceptCall_moreCallsThanGranted_areRefusedUntilOneEnds() throws IOException {
    write("one: {tokens: [%s], roles: [infer], calls: 2}".formatted(sha256("t")));
    open();
    Context.CancellableContext leaving = Context.current().withCancellation();
    leaving.run(() -> assertThat(forEver("Bearer t").next()).isNotNull());
    assertThat(forEver("Bearer t").next()).isNotNull();

    var failure = refused(() -> whoCalls("Bearer t"));
    leaving.cancel(null);

    assertThat(failure.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(detail(failure, ErrorInfo.class).getReason()).isEqualTo("QUOTA_EXCEEDED");
    assertThat(whoCalls("Bearer t")).isEqualTo("one");
    assertThat(whoCalls("Bearer t")).as("a call that ended has left").isEqualTo("one");
  }

  @Test
  void interceptCall_moreCallsASecondThanGranted_areRefusedUntilTimeHasGoneBy() throws IOException {
    write("one: {tokens: [%s], roles: [infer], calls-per-second: 2}".formatted(sha256("t")));
    open();
    assertThat(whoCalls("Bearer t")).isEqualTo("one");
    assertThat(whoCalls("Bearer t")).isEqualTo("one");

    var failure = refused(() -> whoCalls("Bearer t"));
    nanos.addAndGet(Duration.ofMillis(500).toNanos());

    assertThat(detail(failure, RetryInfo.class).getRetryDelay())
        .isEqualTo(Durations.fromMillis(500));
    assertThat(whoCalls("Bearer t")).isEqualTo("one");
    assertThat(refused(() -> whoCalls("Bearer t"))).isNotNull();
  }

  @Test
  void interceptCall_moreUploadedThanGranted_endsTheCall() throws Exception {
    write(
        "one: {tokens: [%s], roles: [train], upload-bytes-per-hour: 1000}".formatted(sha256("t")));
    open();
    var ended = new java.util.concurrent.CompletableFuture<Code>();
    StreamObserver<UploadDatasetRequest> upload =
        TrainingServiceGrpc.newStub(channel())
            .withCallCredentials(authorization("Bearer t"))
            .uploadDataset(
                new StreamObserver<>() {
                  @Override
                  public void onNext(UploadDatasetResponse response) {}

                  @Override
                  public void onError(Throwable failure) {
                    ended.complete(io.grpc.Status.fromThrowable(failure).getCode());
                  }

                  @Override
                  public void onCompleted() {
                    ended.complete(Code.OK);
                  }
                });
    var sample =
        UploadDatasetRequest.newBuilder()
            .setSample(Sample.newBuilder().setImage(ByteString.copyFrom(new byte[600])))
            .build();
    upload.onNext(sample);
    assertThat(ended).isNotDone();
    upload.onNext(sample);

    assertThat(ended).isCompletedWithValue(Code.UNKNOWN); // the gate's top makes a status of it
  }

  @Test
  void interceptCall_fileHasChanged_isReadAgain() throws IOException {
    open();
    write("two: {tokens: [%s], roles: [infer]}".formatted(sha256("new")));
    Files.setLastModifiedTime(file, FileTime.fromMillis(1));
    assertThat(refused(() -> whoCalls("Bearer new"))).as("it looks once a second").isNotNull();

    nanos.addAndGet(Duration.ofSeconds(2).toNanos());

    assertThat(whoCalls("Bearer new")).isEqualTo("two");
    assertThat(refused(() -> whoCalls("Bearer one's token"))).isNotNull();
  }

  @Test
  void interceptCall_fileIsBroken_tokensStayAsTheyWere() throws IOException {
    open();
    Files.writeString(file, "tenants: {}");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1));
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());

    assertThat(whoCalls("Bearer one's token")).isEqualTo("one");
  }

  @Test
  void admit_readerOfAPage_wantsATokenOfOneWhoWatches() throws IOException {
    write(
        "one: {tokens: [%s], roles: [infer]}".formatted(sha256("one")),
        "two: {tokens: [%s], roles: [monitor]}".formatted(sha256("two")));
    open();
    Door door = Door.of(new SecurityConfig("", "", "", file.toString()), nanos::get);

    assertThatCode(() -> door.admit("Bearer two")).doesNotThrowAnyException();
    assertThatThrownBy(() -> door.admit("Bearer one")).hasMessageContaining("the role monitor");
    assertThatThrownBy(() -> door.admit(null)).hasMessageContaining("no token");
    assertThatCode(() -> Door.of(SecurityConfig.DEFAULT).admit(null)).doesNotThrowAnyException();
  }
}
