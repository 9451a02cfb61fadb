package dev.synthorax.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.v1.Dataset;
import dev.synthorax.proto.v1.Sample;
import dev.synthorax.proto.v1.SampleShape;
import dev.synthorax.proto.v1.Training;
import dev.synthorax.proto.v1.TrainingSpec;
import dev.synthorax.proto.v1.TrainingState;
import dev.synthorax.proto.v1.UploadStart;
import dev.synthorax.proto.v1.WatchTrainingResponse;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TrainingClientTest {
  private static final SampleShape SHAPE =
      SampleShape.newBuilder().setWidth(8).setHeight(8).addStructures("lungs").build();
  private static final List<Sample> SAMPLES =
      IntStream.range(0, 5).mapToObj(TrainingClientTest::sample).toList();
  private static final TrainingSpec SPEC =
      TrainingSpec.newBuilder().setRecipe("classifier").setModel("chest").build();

  private final FakeTraining fake = new FakeTraining();
  private final AtomicInteger read = new AtomicInteger();
  private final SampleSource source = source(SAMPLES);
  private Server server;
  private SynthoraxClient client;
  private TrainingClient training;

  private static StatusRuntimeException cut() {
    return FakeServices.failure(Status.Code.UNAVAILABLE, "DRAINING", "the server is about to stop");
  }

  private static Sample sample(int number) {
    return Sample.newBuilder()
        .setId("s" + number)
        .setImage(ByteString.copyFrom(new byte[64]))
        .build();
  }

  private SampleSource source(List<Sample> samples) {
    return new SampleSource() {
      @Override
      public SampleShape shape() {
        return SHAPE;
      }

      @Override
      public void forEach(Taker taker) throws IOException {
        for (Sample sample : samples) {
          read.incrementAndGet();
          taker.take(sample);
        }
      }
    };
  }

  @BeforeEach
  void open() throws IOException {
    String name = InProcessServerBuilder.generateName();
    server = InProcessServerBuilder.forName(name).addService(fake).build().start();
    client =
        SynthoraxClient.adoptChannel(
            InProcessChannelBuilder.forName(name).build(),
            ClientOptions.DEFAULT
                .withDeadline(Duration.ofSeconds(20))
                .withRetry(new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(2))));
    training = client.training();
  }

  @AfterEach
  void close() {
    client.close();
    server.shutdownNow();
  }

  @Test
  void upload_newDataset_sendsEverySampleOnce() throws Exception {
    List<Long> told = new ArrayList<>();

    Dataset whole = training.upload("films", source, told::add);

    assertThat(fake.uploads)
        .containsExactly(UploadStart.newBuilder().setDataset("films").setShape(SHAPE).build());
    assertThat(fake.samples("films")).isEqualTo(SAMPLES);
    assertThat(whole.getPoint().getSamples()).isEqualTo(5);
    assertThat(told).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void upload_cutTwice_goesOnWhereTheServerIs() throws Exception {
    fake.cuts.add(new FakeTraining.Cut(2, cut()));
    fake.cuts.add(new FakeTraining.Cut(2, cut()));

    Dataset _ = training.upload("films", source, _ -> {});

    assertThat(fake.samples("films")).isEqualTo(SAMPLES);
    assertThat(fake.uploads)
        .extracting(start -> start.getResume().getSamples())
        .containsExactly(0L, 2L, 4L);
  }

  @Test
  void upload_cutAtTheLastSample_onlyClosesTheCall() throws Exception {
    fake.cuts.add(new FakeTraining.Cut(5, cut()));

    Dataset _ = training.upload("films", source, _ -> {});

    assertThat(fake.samples("films")).isEqualTo(SAMPLES);
    assertThat(fake.uploads).last().extracting(s -> s.getResume().getSamples()).isEqualTo(5L);
  }

  @Test
  void upload_cutAgainAndAgainWithoutProgress_givesUp() {
    for (int i = 0; i < 4; i++) {
      fake.cuts.add(new FakeTraining.Cut(0, new StatusRuntimeException(Status.UNAVAILABLE)));
    }

    assertThatThrownBy(() -> training.upload("films", source, _ -> {}))
        .isInstanceOf(SynthoraxException.class)
        .hasMessageContaining("no server at");
    assertThat(fake.cuts).hasSize(1);
  }

  @Test
  void upload_otherSamplesHalfThere_beginsAnew() throws Exception {
    fake.have("films", SHAPE, List.of(sample(7), sample(8)), false);

    Dataset _ = training.upload("films", source, _ -> {});

    assertThat(fake.uploads).hasSize(1).noneMatch(UploadStart::hasResume);
    assertThat(fake.samples("films")).isEqualTo(SAMPLES);
  }

  @Test
  void upload_moreSamplesHalfThereThanOurs_beginsAnew() throws Exception {
    List<Sample> more = IntStream.range(0, 8).mapToObj(TrainingClientTest::sample).toList();
    fake.have("films", SHAPE, more, false);

    Dataset _ = training.upload("films", source, _ -> {});

    assertThat(fake.samples("films")).isEqualTo(SAMPLES);
  }

  @Test
  void upload_theSameSamplesWhole_sendsNothing() throws Exception {
    fake.have("films", SHAPE, SAMPLES, true);

    Dataset whole = training.upload("films", source, _ -> {});

    assertThat(whole.getPoint().getSamples()).isEqualTo(5);
    assertThat(fake.uploads).isEmpty();
  }

  @Test
  void upload_otherSamplesWhole_isAConflict() {
    fake.have("films", SHAPE, SAMPLES.subList(0, 4), true);

    SynthoraxException failure =
        catchThrowableOfType(
            SynthoraxException.class, () -> training.upload("films", source, _ -> {}));

    assertThat(failure.reason()).isEqualTo("DATASET_CONFLICT");
    assertThat(failure)
        .hasMessageContaining("with 4 other samples (expected: 5 of ours; choose another name");
  }

  @Test
  void upload_refusedSample_stopsReading() {
    StatusRuntimeException refusal =
        FakeServices.failure(
            Status.Code.INVALID_ARGUMENT, "INVALID_ARGUMENT", "sample.id: 's1' comes twice");
    fake.cuts.add(new FakeTraining.Cut(2, refusal));

    assertThatThrownBy(() -> training.upload("films", source, _ -> {}))
        .isInstanceOf(SynthoraxException.class)
        .hasMessage("sample.id: 's1' comes twice");
  }

  @Test
  void uploadAsync_serverThatTakesNothing_readsNoSampleAheadAndIsCancelled() throws Exception {
    CompletableFuture<ServerCallStreamObserver<?>> holder = new CompletableFuture<>();
    fake.held = holder;
    CompletableFuture<Dataset> upload = training.uploadAsync("films", source, _ -> {});
    ServerCallStreamObserver<?> call = holder.get(10, TimeUnit.SECONDS);

    assertThat(read.get()).isZero();
    upload.cancel(true);

    assertThat(call).isNotNull();
    assertThat(fake.uploadCancelled.get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void uploadAsync_serverThatTakesSlowly_sendsAllAsItAsks() throws Exception {
    CompletableFuture<ServerCallStreamObserver<?>> holder = new CompletableFuture<>();
    fake.held = holder;
    CompletableFuture<Dataset> upload = training.uploadAsync("films", source, _ -> {});
    ServerCallStreamObserver<?> call = holder.get(10, TimeUnit.SECONDS);

    call.request(1);
    call.request(20);

    assertThat(upload.get(10, TimeUnit.SECONDS).getPoint().getSamples()).isEqualTo(5);
  }

  @Test
  void digest_twoSamples_isTheChainThatTheContractDefines() throws Exception {
    SampleDigest digest = new SampleDigest(SHAPE);
    digest.add(SAMPLES.get(0));
    digest.add(SAMPLES.get(1));

    byte[] expected = sha256(SHAPE.toByteArray());
    for (Sample sample : SAMPLES.subList(0, 2)) {
      expected =
          sha256(
              ByteString.copyFrom(expected)
                  .concat(ByteString.copyFrom(sha256(sample.toByteArray())))
                  .toByteArray());
    }
    assertThat(digest.point().getDigest().toByteArray()).isEqualTo(expected);
    assertThat(digest.point().getSamples()).isEqualTo(2);
  }

  private static byte[] sha256(byte[] bytes) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }

  @Test
  void start_namedJobWhileTheServerIsBusy_isAskedAgain() {
    fake.failures.add(cut());

    Training job = training.start("chest-1", SPEC);

    assertThat(job.getState()).isEqualTo(TrainingState.TRAINING_STATE_RUNNING);
    assertThat(fake.starts).hasSize(2);
  }

  @Test
  void start_jobWithoutAName_isAskedOnce() {
    fake.failures.add(new StatusRuntimeException(Status.UNAVAILABLE));

    assertThatThrownBy(() -> training.start("", SPEC)).isInstanceOf(SynthoraxException.class);
    assertThat(fake.starts).hasSize(1);
  }

  @Test
  void watch_serverRestartedTwice_goesOnUntilTheJobHasEnded() {
    Training _ = training.start("chest-1", SPEC);
    fake.watchCuts.add(cut());
    fake.watchCuts.add(new StatusRuntimeException(Status.UNAVAILABLE));
    fake.events.add(WatchTrainingResponse.newBuilder().setNotice("started anew").build());
    Queue<WatchTrainingResponse> heard = new ConcurrentLinkedQueue<>();

    Training ended = training.watch("chest-1", heard::add);

    assertThat(ended.getState()).isEqualTo(TrainingState.TRAINING_STATE_FINISHED);
    assertThat(heard.stream().filter(WatchTrainingResponse::hasTraining)).hasSize(4);
    assertThat(heard).anyMatch(event -> event.getNotice().equals("started anew"));
  }

  @Test
  void watch_noSuchJob_saysSo() {
    SynthoraxException failure =
        catchThrowableOfType(SynthoraxException.class, () -> training.watch("none", _ -> {}));

    assertThat(failure.reason()).isEqualTo("TRAINING_NOT_FOUND");
  }

  @Test
  void watch_listenerThatFails_endsWithItsFailure() {
    Training _ = training.start("chest-1", SPEC);

    assertThatThrownBy(
            () ->
                training.watch(
                    "chest-1",
                    _ -> {
                      throw new IllegalStateException("full");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("full");
  }

  @Test
  void trainings_severalPages_areAll() {
    for (String name : List.of("a", "b", "c")) {
      Training _ = training.start(name, SPEC);
    }

    assertThat(training.trainings()).extracting(Training::getName).containsExactly("a", "b", "c");
  }

  @Test
  void cancelAndPromote_aJob_answerWithIt() {
    Training _ = training.start("a", SPEC);

    assertThat(training.cancel("a").getState()).isEqualTo(TrainingState.TRAINING_STATE_CANCELLED);
    assertThat(training.promote("a").getModel()).isEqualTo("chest");
    assertThat(training.training("a").getState()).isEqualTo(TrainingState.TRAINING_STATE_CANCELLED);
  }

  @Test
  void deleteDataset_serverGone_isAskedOnce() {
    fake.have("films", SHAPE, SAMPLES, true);
    fake.failures.add(new StatusRuntimeException(Status.UNAVAILABLE));

    assertThatThrownBy(() -> training.deleteDataset("films"))
        .isInstanceOf(SynthoraxException.class);
    assertThat(fake.datasets).containsKey("films");
    training.deleteDataset("films");
    assertThat(fake.datasets).isEmpty();
  }

  @Test
  void training_ofSeveralServers_isRefused() {
    try (SynthoraxClient two =
        SynthoraxClient.open(List.of("localhost:1", "localhost:2"), ClientOptions.DEFAULT)) {
      assertThatThrownBy(two::training)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("localhost:1, localhost:2 (expected: one");
    }
  }
}
