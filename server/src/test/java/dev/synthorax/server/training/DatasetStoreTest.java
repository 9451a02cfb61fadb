package dev.synthorax.server.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.files.AtomicFiles;
import dev.synthorax.files.Sha256;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.training.stage.SampleLine;
import dev.synthorax.training.stage.SampleShape;
import dev.synthorax.training.stage.SampleShardWriter;
import dev.synthorax.training.stage.SampleSource;
import dev.synthorax.training.stage.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DatasetStoreTest {
  private static final SampleShape SHAPE = new SampleShape(8, 8, List.of("lungs"));
  private static final int PER_SHARD = 3;
  private static final String FIRST = Sha256.hex(new byte[] {1});
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir private Path folder;

  private DatasetStore store() {
    return store(new DatasetStore.Limits(100, 1 << 20, 0, PER_SHARD * SHAPE.bytes()));
  }

  private DatasetStore store(DatasetStore.Limits limits) {
    return new DatasetStore(new DataFolder(folder), limits);
  }

  private static DatasetUpload open(
      DatasetStore store, String name, Dataset.@Nullable Point resume) {
    return store.open(name, SHAPE, FIRST, resume, () -> {});
  }

  private static void add(DatasetUpload upload, int sample) {
    byte[] image = new byte[SHAPE.pixels()];
    Arrays.fill(image, (byte) sample);
    byte[] lungs = new byte[SHAPE.pixels()];
    lungs[sample] = 1;
    upload.add(
        Sha256.digest().digest(image),
        image,
        Map.of("lungs", lungs),
        new SampleLine(
            "s" + sample,
            null,
            "prompt " + sample,
            List.of(sample % 2 == 0 ? "normal" : "edema"),
            null,
            new ObjectMapper().createObjectNode()),
        NOW);
  }

  private static Dataset upload(DatasetStore store, String name, int samples) {
    DatasetUpload upload = open(store, name, null);
    for (int i = 0; i < samples; i++) {
      add(upload, i);
    }
    return upload.finish(NOW);
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ServerReason reason) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ServerException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void upload_whole_isWhatTrainersRead() {
    DatasetStore store = store();

    Dataset dataset = upload(store, "films", 7);

    assertThat(dataset.whole()).isTrue();
    assertThat(dataset.point().samples()).isEqualTo(7);
    assertThat(dataset.findings()).containsExactly("normal", "edema");
    assertThat(dataset.shards()).isEqualTo(3);
    assertThat(store.get("films")).isEqualTo(dataset);
    try (Samples shards = Samples.open(List.of(SampleSource.of(store.folder("films"))))) {
      assertThat(shards.size()).isEqualTo(7);
      assertThat(shards.labels().get(5).id()).isEqualTo("s5");
      assertThat(shards.images(new int[] {6})[0]).isEqualTo(6 / 127.5f - 1);
      assertThat(shards.masks(new int[] {6})[6]).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void upload_cutAfterAnySample_goesOnToTheSameFiles(int cut) throws IOException {
    Dataset unbroken = upload(store(), "unbroken", 7);
    DatasetUpload first = open(store(), "films", null);
    for (int i = 0; i < cut; i++) {
      add(first, i);
    }

    DatasetStore next = store(); // of a server that was started after a kill
    int durable = cut / PER_SHARD * PER_SHARD;
    Dataset.Point point = null;
    if (durable > 0) {
      assertThat(next.get("films").whole()).isFalse();
      point = next.get("films").point();
      assertThat(point.samples()).isEqualTo(durable);
    }
    DatasetUpload rest = open(next, "films", point);
    for (int i = durable; i < 7; i++) {
      add(rest, i);
    }
    Dataset dataset = rest.finish(NOW);

    assertThat(dataset.point()).isEqualTo(unbroken.point());
    for (int shard = 0; shard < 3; shard++) {
      assertThat(SampleShardWriter.tensors(next.folder("films"), shard))
          .hasSameBinaryContentAs(SampleShardWriter.tensors(next.folder("unbroken"), shard));
      assertThat(SampleShardWriter.lines(next.folder("films"), shard))
          .hasSameBinaryContentAs(SampleShardWriter.lines(next.folder("unbroken"), shard));
    }
  }

  @Test
  void open_resumeOfOtherSamples_isRefused() {
    DatasetStore store = store();
    DatasetUpload cut = open(store, "films", null);
    for (int i = 0; i < 4; i++) {
      add(cut, i);
    }
    var other = new Dataset.Point(3, FIRST);

    assertRefused(() -> open(store, "films", other), ServerReason.DATASET_CONFLICT)
        .hasMessage(
            "dataset films: 3 samples are not what is durable here (expected: 3 others; upload from"
                + " the first sample)");
    assertRefused(() -> open(store, "none", other), ServerReason.DATASET_CONFLICT)
        .hasMessageContaining("expected: none");
  }

  @Test
  void finish_sameSamplesAgain_isTheSameDataset() {
    DatasetStore store = store();
    Dataset first = upload(store, "films", 5);

    assertThat(upload(store, "films", 5)).isEqualTo(first);
    assertThat(open(store, "films", first.point()).finish(NOW)).isEqualTo(first);
    assertRefused(() -> upload(store, "films", 4), ServerReason.DATASET_CONFLICT)
        .hasMessageContaining("its 5 samples are others than these 4");
    assertThat(store.get("films")).isEqualTo(first);
  }

  @Test
  void finish_equalShardsOfTwoDatasets_areOneFileUntilTheLastIsRemoved() throws IOException {
    DatasetStore store = store();
    upload(store, "short", 3);
    upload(store, "long", 5);
    Path kept = SampleShardWriter.tensors(store.folder("long"), 0);

    assertThat(Files.isSameFile(SampleShardWriter.tensors(store.folder("short"), 0), kept))
        .isTrue();
    store.delete("short");
    assertThat(kept).exists();
    assertThat(folder.resolve("datasets/.shards")).isDirectoryNotContaining("glob:**/*.json");
    assertThat(folder.resolve("datasets/.shards").toFile().list()).hasSize(2);
    store.delete("long");
    assertThat(folder.resolve("datasets/.shards")).isEmptyDirectory();
    assertThat(store.list()).isEmpty();
  }

  @Test
  void open_whileAnotherIsOpen_takesItOver() {
    DatasetStore store = store();
    boolean[] told = new boolean[1];
    DatasetUpload first = store.open("films", SHAPE, FIRST, null, () -> told[0] = true);
    add(first, 0);

    DatasetUpload second = open(store, "films", null);

    assertThat(told[0]).isTrue();
    assertRefused(() -> add(first, 1), ServerReason.DATASET_CONFLICT);
    add(second, 0);
    assertThat(second.finish(NOW).point().samples()).isEqualTo(1);
  }

  @Test
  void open_manyAtATime_isRefusedUntilOneHasEnded() {
    DatasetStore store = store();
    DatasetUpload first = open(store, "films-0", null);
    for (int i = 1; i < 8; i++) {
      open(store, "films-" + i, null);
    }

    assertRefused(() -> open(store, "films-8", null), ServerReason.QUEUE_FULL);
    first.abandon();
    assertThat(open(store, "films-8", null).isOpen()).isTrue();
  }

  @Test
  void add_idOfADurableSample_isRefused() {
    DatasetStore store = store();
    DatasetUpload first = open(store, "films", null);
    for (int i = 0; i < 3; i++) {
      add(first, i);
    }
    DatasetUpload rest = open(store, "films", store.get("films").point());

    assertThatThrownBy(() -> add(rest, 2))
        .isInstanceOf(InferenceException.class)
        .hasMessage("sample s2: a second one of that id (expected: one)");
  }

  @Test
  void add_diskHasNoRoomToSpare_isDiskFullAndKeepsWhatIsDurable() {
    DatasetStore store = store();
    DatasetUpload first = open(store, "films", null);
    for (int i = 0; i < 3; i++) {
      add(first, i);
    }
    DatasetStore full = store(new DatasetStore.Limits(100, 1 << 20, Long.MAX_VALUE / 2, 1));
    DatasetUpload rest = open(full, "films", store.get("films").point());

    assertRefused(() -> add(rest, 3), ServerReason.DISK_FULL)
        .hasMessageContaining("MiB left (expected: ");
    assertThat(store.get("films").point().samples()).isEqualTo(3);
  }

  @Test
  void add_moreThanADatasetMayHave_isTooLarge() {
    DatasetUpload upload = open(store(new DatasetStore.Limits(2, 1 << 20, 0, 1)), "films", null);
    add(upload, 0);
    add(upload, 1);

    assertThatThrownBy(() -> add(upload, 2))
        .isInstanceOfSatisfying(
            InferenceException.class, e -> assertThat(e.reason()).isEqualTo(ErrorReason.TOO_LARGE));
  }

  @Test
  void finish_noSamples_isRefused() {
    assertThatThrownBy(() -> open(store(), "films", null).finish(NOW))
        .isInstanceOf(InferenceException.class)
        .hasMessage("dataset films: no samples (expected: at least one)");
  }

  @Test
  void get_shardIsGone_isNoDataset() throws IOException {
    DatasetStore store = store();
    upload(store, "films", 5);
    AtomicFiles.delete(SampleShardWriter.lines(store.folder("films"), 1));

    assertRefused(() -> store.get("films"), ServerReason.DATASET_NOT_FOUND);
    assertThat(store.list()).isEmpty();
  }

  @Test
  void open_nameOfAPath_isRefused() {
    assertThatThrownBy(() -> open(store(), "../films", null))
        .isInstanceOf(InferenceException.class)
        .hasMessageStartingWith("'../films' (expected: 1 to 64 of a-z");
  }
}
