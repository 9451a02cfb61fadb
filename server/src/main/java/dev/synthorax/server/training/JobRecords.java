package dev.synthorax.server.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.server.records.Records;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Jobs in the server's records.
 *
 * <p><b>Ownership:</b> borrows the records. <b>Threading:</b> any thread; each call waits for the
 * disk.
 */
final class JobRecords {
  private static final ObjectMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final Records records;

  JobRecords(Records records) {
    this.records = records;
  }

  /** Every job, in order of number. */
  List<TrainingJob> all() {
    return records.call(
        handle ->
            handle
                .createQuery("SELECT * FROM trainings ORDER BY number")
                .map((row, _) -> job(row))
                .list());
  }

  private static TrainingJob job(ResultSet row) throws SQLException {
    return new TrainingJob(
        row.getLong("number"),
        row.getString("name"),
        spec(row.getString("spec")),
        TrainingState.valueOf(row.getString("state")),
        row.getString("reason"),
        Instant.ofEpochMilli(row.getLong("created_ms")),
        instant(row, "started_ms"),
        instant(row, "ended_ms"),
        row.getInt("restarts"),
        row.getString("model_version"));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }

  private static TrainingSpec spec(String json) {
    try {
      return JSON.readValue(json, TrainingSpec.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a job's spec in the records is none", e);
    }
  }

  private static String json(TrainingSpec spec) {
    try {
      return JSON.writeValueAsString(spec);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a spec is always JSON", e);
    }
  }

  private static @Nullable Long millis(@Nullable Instant instant) {
    return instant == null ? null : instant.toEpochMilli();
  }

  /** Keeps a job, new or not, as it is now. */
  void save(TrainingJob job) {
    int rows =
        records.call(
            handle ->
                handle
                    .createUpdate(
                        """
                        INSERT INTO trainings (number, name, spec, state, reason, created_ms, started_ms, ended_ms, restarts, model_version)
                        VALUES (:number, :name, :spec, :state, :reason, :created, :started, :ended, :restarts, :version)
                        ON CONFLICT (number) DO UPDATE SET state = excluded.state, reason = excluded.reason,
                          started_ms = excluded.started_ms, ended_ms = excluded.ended_ms, restarts = excluded.restarts,
                          model_version = excluded.model_version
                        """)
                    .bind("number", job.number())
                    .bind("name", job.name())
                    .bind("spec", json(job.spec()))
                    .bind("state", job.state().name())
                    .bind("reason", job.reason())
                    .bind("created", job.created().toEpochMilli())
                    .bind("started", millis(job.started()))
                    .bind("ended", millis(job.ended()))
                    .bind("restarts", job.restarts())
                    .bind("version", job.modelVersion())
                    .execute());
    if (rows != 1) {
      throw new IllegalStateException("%s: %d rows (expected: 1)".formatted(job.name(), rows));
    }
  }

  /** Forgets a job. */
  void delete(TrainingJob job) {
    int _ =
        records.call(
            handle ->
                handle
                    .createUpdate("DELETE FROM trainings WHERE number = :number")
                    .bind("number", job.number())
                    .execute());
  }
}
