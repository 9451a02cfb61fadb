package dev.synthorax.server.training;

import dev.synthorax.server.config.TrainingConfig;
import dev.synthorax.server.records.Records;
import dev.synthorax.server.repository.ModelRepository;
import java.nio.file.Path;

/** Rooms for tests. */
public final class TestRooms {
  private TestRooms() {}

  /** A room that nobody uses: it touches no disk and has no thread. */
  public static TrainingRoom idle(ModelRepository models) {
    Path nowhere = Path.of("unused");
    return new TrainingRoom(
        nowhere, new Records(nowhere), models, TrainingConfig.DEFAULT, "no.Main");
  }

  /** A room with a thread of its own and a trainer that does what a test says. */
  public static TrainingRoom room(
      Path data, Records records, ModelRepository models, FakeTrainer trainer) {
    return new TrainingRoom(
        new DeskThread(), data, records, models, config(TrainingConfig.DEFAULT.threads()), trainer);
  }

  /** Limits that a test machine keeps. */
  static TrainingConfig config(int threads) {
    return new TrainingConfig(threads, 1 << 30, 1L << 30, 2, 1000, 1 << 30, 0);
  }
}
