package dev.synthorax.server.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.files.AtomicFiles;
import dev.synthorax.training.stage.SampleShape;
import dev.synthorax.training.stage.SampleShardWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a dataset's folder says of itself, beside its shards. */
record DatasetFile(
    int width,
    int height,
    List<String> structures,
    long samples,
    String digest,
    int shards,
    long bytes,
    long updatedMillis,
    List<String> findings) {
  static final String NAME = "dataset.json";
  private static final ObjectMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  static DatasetFile of(Dataset dataset) {
    return new DatasetFile(
        dataset.shape().width(),
        dataset.shape().height(),
        dataset.shape().structures(),
        dataset.point().samples(),
        dataset.point().digest(),
        dataset.shards(),
        dataset.bytes(),
        dataset.updated().toEpochMilli(),
        dataset.findings());
  }

  void write(Path folder) throws IOException {
    AtomicFiles.write(folder.resolve(NAME), JSON.writeValueAsBytes(this));
  }

  /**
   * The dataset of a folder.
   *
   * @return null where there is none, or what is said of it is not there: a folder that something
   *     else than this server changed
   */
  static @Nullable Dataset read(Path folder, String name, boolean whole) throws IOException {
    Path file = folder.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      return null;
    }
    DatasetFile said;
    try {
      said = JSON.readValue(Files.readAllBytes(file), DatasetFile.class);
    } catch (JsonProcessingException e) {
      return null;
    }
    for (int shard = 0; shard < said.shards; shard++) {
      if (!Files.isRegularFile(SampleShardWriter.tensors(folder, shard))
          || !Files.isRegularFile(SampleShardWriter.lines(folder, shard))) {
        return null;
      }
    }
    return new Dataset(
        name,
        whole,
        new SampleShape(said.width, said.height, said.structures),
        new Dataset.Point(said.samples, said.digest),
        said.shards,
        said.bytes,
        Instant.ofEpochMilli(said.updatedMillis),
        said.findings);
  }
}
