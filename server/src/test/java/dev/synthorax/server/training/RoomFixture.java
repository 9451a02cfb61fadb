package dev.synthorax.server.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.server.pipeline.FakeBackend;
import dev.synthorax.server.pipeline.FakePipelines;
import dev.synthorax.server.records.Records;
import dev.synthorax.server.repository.DiffusionLoader;
import dev.synthorax.server.repository.ModelFolders;
import dev.synthorax.server.repository.ModelLoader;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.scheduler.ByteBudget;
import dev.synthorax.training.stage.SampleLine;
import dev.synthorax.training.stage.SampleShape;
import dev.synthorax.training.stage.TrainingEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A room at a virtual desk over a fake trainer and a fake backend; one model, "squares", is served.
 */
final class RoomFixture implements AutoCloseable {
  static final SampleShape SHAPE = new SampleShape(16, 16, List.of());

  final VirtualDesk desk = new VirtualDesk();
  final FakeTrainer trainer = new FakeTrainer();
  final ModelRepository models;
  final TrainingRoom room;
  private final FakeBackend backend = new FakeBackend();
  private final Records records;
  private final Path folder;

  /** A server over a folder, perhaps one that another left. */
  RoomFixture(Path folder) throws IOException {
    this.folder = folder;
    FakePipelines.write(folder.resolve("models/squares"), FakePipelines.YAML);
    Path data = folder.resolve("data");
    models =
        new ModelRepository(
            new ModelFolders(
                List.of(folder.resolve("models")),
                TrainingRoom.models(data),
                List.of(new DiffusionLoader(_ -> FakePipelines.loader(backend)))));
    models.start(new ModelLoader.Resources(backend, 1, Path.of("unused"), new ByteBudget(1 << 20)));
    records = new Records(data);
    room = new TrainingRoom(desk, data, records, models, TestRooms.config(5), trainer);
  }

  /** What a trainer tells first. */
  static TrainingEvent.Started started(String... finished) {
    return new TrainingEvent.Started(
        "classifier", 1, List.of("network", "export"), List.of(finished));
  }

  /** A whole dataset. */
  Dataset dataset(String name) {
    var upload = desk.now(room.datasets().upload(name, SHAPE, "00".repeat(32), null, () -> {}));
    desk.now(
        upload.add(
            new byte[32],
            new byte[SHAPE.pixels()],
            Map.of(),
            new SampleLine(
                "a", null, "", List.of("normal"), null, new ObjectMapper().createObjectNode())));
    return desk.now(upload.finish());
  }

  static TrainingSpec spec(String model) {
    return new TrainingSpec(
        "classifier",
        model,
        List.of(new TrainingSpec.Share("films", 2)),
        Map.of(),
        Map.of(),
        0,
        true);
  }

  TrainingStatus start(String job, TrainingSpec spec) {
    return desk.now(room.trainings().start(job, spec));
  }

  TrainingStatus get(String job) {
    return desk.now(room.trainings().get(job));
  }

  /** Waits for what another thread, such as the repository's, has to do first. */
  TrainingStatus awaitEnd(String job) {
    TrainingStatus status = get(job);
    while (!status.job().state().ended()) {
      Thread.onSpinWait();
      status = get(job);
    }
    return status;
  }

  /** A model that the server can load. */
  Path pipeline() {
    try {
      return FakePipelines.write(
          folder.resolve("made"), FakePipelines.YAML.replace("squares", "circles"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Listens to a job. */
  Heard listen(String job) {
    var heard = new Heard();
    desk.now(room.trainings().watch(job, heard));
    return heard;
  }

  /** What a listener was told, a line each. */
  static final class Heard implements TrainingListener {
    final List<String> lines = new ArrayList<>();
    final SequencedMap<String, byte[]> pictures = new LinkedHashMap<>();

    @Override
    public void changed(TrainingStatus status) {
      lines.add(
          "%s %s %d/%d"
              .formatted(
                  status.job().name(),
                  status.job().state(),
                  status.stagesFinished(),
                  status.stages().size()));
    }

    @Override
    public void progressed(TrainingStatus.Progress progress) {
      lines.add(
          "%s %d/%d %s eta %s"
              .formatted(
                  progress.stage(),
                  progress.step(),
                  progress.steps(),
                  progress.loss(),
                  progress.eta()));
    }

    @Override
    public void measured(String stage, long step, SequencedMap<String, Double> values) {
      lines.add(stage + " " + step + " " + values);
    }

    @Override
    public void drew(String stage, long step, byte[] png, int columns) {
      pictures.put(stage, png);
      lines.add(stage + " " + step + " pictures, columns " + columns);
    }

    @Override
    public void ended() {
      lines.add("the end");
    }

    @Override
    public void noted(String sentence) {
      lines.add(sentence);
    }
  }

  @Override
  public void close() {
    room.close();
    records.close();
    models.close();
  }
}
