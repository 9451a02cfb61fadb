package dev.synthorax.server.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.files.AtomicFiles;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.training.stage.SampleLine;
import dev.synthorax.training.stage.SampleShape;
import dev.synthorax.training.stage.SampleShardWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One upload. Samples are durable a shard at a time; what is said of the dataset follows each
 * shard, so that after a cut anywhere the rest is known.
 *
 * <p>Where the dataset is whole already, samples are only counted and compared.
 *
 * <p><b>Threading:</b> one thread.
 */
final class DatasetUpload {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Place place;
  private final SampleChain chain;
  private final SampleShardWriter writer;
  private final Set<String> ids = new HashSet<>();
  private final Set<String> findings;
  private final Runnable ended;
  private Dataset durable;
  private boolean open = true;

  /**
   * Where it goes.
   *
   * @param growing folder of what is not whole
   * @param target folder of what is
   * @param whole the dataset of that name that is there; null: none
   */
  record Place(
      String name,
      Path growing,
      Path target,
      SharedShards shared,
      DatasetStore.Limits limits,
      @Nullable Dataset whole) {}

  /**
   * An open upload.
   *
   * @param durable what it goes on after
   * @param ended told if something else ends it
   */
  DatasetUpload(Place place, Dataset durable, Runnable ended) throws IOException {
    this.place = place;
    this.durable = durable;
    this.ended = ended;
    chain = new SampleChain(durable.point());
    writer =
        new SampleShardWriter(
            place.growing, durable.shape(), durable.shards(), place.limits.shardBytes());
    findings = new LinkedHashSet<>(durable.findings());
    for (int shard = 0; shard < durable.shards(); shard++) {
      for (String line :
          Files.readAllLines(
              SampleShardWriter.lines(place.growing, shard), StandardCharsets.UTF_8)) {
        ids.add(JSON.readTree(line).path("id").asText());
      }
    }
  }

  /** A dataset of which nothing is durable. */
  static Dataset nothing(String name, SampleShape shape, Dataset.Point point) {
    return new Dataset(name, false, shape, point, 0, 0, Instant.EPOCH, List.of());
  }

  /**
   * Takes a sample.
   *
   * @param digest of its bytes on the wire
   * @param image row-major grey
   * @param known masks by structure, 0 or 1
   * @param now the time
   * @throws InferenceException {@code INVALID_ARGUMENT} if it does not fit, {@code TOO_LARGE} if
   *     the dataset grows beyond a limit
   * @throws ServerException {@code DISK_FULL}, or {@code DATASET_CONFLICT} if another upload took
   *     over
   */
  void add(byte[] digest, byte[] image, Map<String, byte[]> known, SampleLine line, Instant now) {
    requireOpen();
    chain.add(digest);
    if (chain.point().samples() > place.limits.samples()
        || durable.bytes() > place.limits.bytes()) {
      throw new InferenceException(
          ErrorReason.TOO_LARGE,
          "dataset %s: more than %d samples or %d bytes (expected: less on this server)"
              .formatted(place.name, place.limits.samples(), place.limits.bytes()));
    }
    if (place.whole != null) {
      return;
    }
    if (!ids.add(line.id())) {
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT,
          "sample %s: a second one of that id (expected: one)".formatted(line.id()));
    }
    try {
      if (chain.point().samples() == durable.point().samples() + 1) { // first of a shard
        Files.createDirectories(place.growing);
        DiskFailure.requireRoom(
            place.growing, place.limits.shardBytes(), place.limits.spareBytes());
      }
      findings.addAll(line.findings());
      if (writer.add(image, known, line)) {
        keep(now);
      }
    } catch (IllegalArgumentException e) {
      throw new InferenceException(ErrorReason.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw DiskFailure.of(e);
    }
  }

  private void keep(Instant now) throws IOException {
    long bytes = durable.bytes();
    for (int shard = durable.shards(); shard < writer.shards(); shard++) {
      Path tensors = SampleShardWriter.tensors(place.growing, shard);
      bytes += Files.size(tensors) + Files.size(SampleShardWriter.lines(place.growing, shard));
      place.shared.share(tensors);
    }
    durable =
        new Dataset(
            place.name,
            false,
            durable.shape(),
            chain.point(),
            writer.shards(),
            bytes,
            now,
            List.copyOf(findings));
    DatasetFile.of(durable).write(place.growing);
  }

  /**
   * Makes the dataset whole.
   *
   * @throws InferenceException {@code INVALID_ARGUMENT} if it has no samples
   * @throws ServerException {@code DATASET_CONFLICT} if a whole one of other samples is there, or
   *     another upload took over; {@code DISK_FULL}
   */
  Dataset finish(Instant now) {
    requireOpen();
    Dataset whole = place.whole;
    if (whole != null) {
      open = false;
      if (!chain.point().equals(whole.point())) {
        throw DatasetStore.conflict(
            place.name,
            "its %d samples are others than these %d (expected: the same; remove it first, or take another name)"
                .formatted(whole.point().samples(), chain.point().samples()));
      }
      return whole;
    }
    if (chain.point().samples() == 0) {
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT,
          "dataset %s: no samples (expected: at least one)".formatted(place.name));
    }
    try {
      writer.finish();
      keep(now);
      AtomicFiles.removeLeftovers(place.growing);
      Files.move(place.growing, place.target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw DiskFailure.of(e);
    }
    open = false;
    return new Dataset(
        place.name,
        true,
        durable.shape(),
        durable.point(),
        durable.shards(),
        durable.bytes(),
        durable.updated(),
        durable.findings());
  }

  private void requireOpen() {
    if (!open) {
      throw DatasetStore.conflict(
          place.name, "another call took its upload over, or removed it (expected: one at a time)");
    }
  }

  /** Whether it takes samples. */
  boolean isOpen() {
    return open;
  }

  /** Takes nothing more; what is durable stays. */
  void abandon() {
    open = false;
  }

  /** Something else has the name now. */
  void end() {
    if (open) {
      open = false;
      ended.run();
    }
  }
}
