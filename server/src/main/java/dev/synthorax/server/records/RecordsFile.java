package dev.synthorax.server.records;

import static java.util.Objects.requireNonNull;

import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.records.Records.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/**
 * One open file of records, in the newest schema.
 *
 * <p><b>Ownership:</b> owns its connection. <b>Threading:</b> one thread at a time.
 */
final class RecordsFile implements AutoCloseable {
  private static final String MIGRATIONS =
      "classpath:" + RecordsFile.class.getPackageName().replace('.', '/');

  private static final Logger logger = LoggerFactory.getLogger(RecordsFile.class);

  private final Path file;
  private final Connection connection; // owned
  private final Handle handle; // owned

  private RecordsFile(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
    this.handle = Jdbi.open(connection);
  }

  /**
   * Opens a file, creating folder and file where they are missing, and brings its tables to the
   * newest schema.
   *
   * @param busy how long another process's transaction is waited for
   * @throws ServerException in one sentence if that does not succeed
   */
  static RecordsFile open(Path file, Duration busy) {
    try {
      Path folder = requireNonNull(file.toAbsolutePath().getParent(), "folder");
      Files.createDirectories(folder);
      NativeSqlite.load(folder);
    } catch (IOException e) {
      throw RecordsFailure.unusable(e, file);
    }
    DataSource source = source(file, busy);
    try {
      migrate(source, file);
      return new RecordsFile(file, source.getConnection());
    } catch (SQLException e) {
      throw RecordsFailure.of(new ConnectionException(e), file);
    } catch (FlywayException | JdbiException e) {
      throw RecordsFailure.of(e, file);
    }
  }

  private static DataSource source(Path file, Duration busy) {
    var config = new SQLiteConfig();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.FULL); // what was answered for is on the disk
    config.setBusyTimeout((int) busy.toMillis());
    config.enforceForeignKeys(true);
    config.setTransactionMode(TransactionMode.IMMEDIATE); // waits for its turn before it reads
    var source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }

  private static void migrate(DataSource source, Path file) {
    Flyway flyway =
        Flyway.configure(RecordsFile.class.getClassLoader())
            .dataSource(source)
            .locations(MIGRATIONS)
            .loggers("slf4j")
            .load();
    Arrays.stream(flyway.info().applied())
        .filter(step -> !step.getState().isResolved())
        .findFirst()
        .map(MigrationInfo::getVersion)
        .ifPresent(
            version -> {
              throw RecordsFailure.newer(version.getVersion(), file);
            });
    flyway.migrate();
  }

  /**
   * Runs a piece of work in one transaction.
   *
   * @throws ServerException if the file cannot be used; then this is to be closed, for the driver
   *     no longer knows where a transaction stands that it could not begin or end
   */
  <T extends @Nullable Object> T inTransaction(Work<T> work) {
    try {
      return handle.inTransaction(work::run);
    } catch (JdbiException e) {
      throw RecordsFailure.of(e, file);
    }
  }

  @Override
  public void close() {
    try (connection) {
      handle.close();
    } catch (SQLException | JdbiException e) { // after a failure that was told already
      logger.debug("The connection did not close well", e);
    }
  }
}
