package dev.synthorax.server.records;

import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.text.PlainText;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What SQLite's failures say to people: a sentence for the caller, the path for the log. */
final class RecordsFailure {
  private static final Logger logger = LoggerFactory.getLogger(RecordsFailure.class);
  private static final int PRIMARY = 0xFF; // the low byte of an extended result code

  private RecordsFailure() {}

  /** The failure as one of ours; as it came where it is no state of the file but a mistake. */
  static RuntimeException of(RuntimeException failure, Path file) {
    SQLiteException cause = cause(failure);
    return cause == null ? failure : of(cause.getResultCode(), failure, file);
  }

  private static RuntimeException of(SQLiteErrorCode code, RuntimeException failure, Path file) {
    return switch (primary(code)) {
      case SQLITE_BUSY, SQLITE_LOCKED -> busy(failure, file);
      case SQLITE_CORRUPT, SQLITE_NOTADB ->
          failed(
              "is damaged or no file of records (expected: put a copy of it back, or move it away"
                  + " to begin anew)",
              failure,
              file);
      case SQLITE_FULL -> failed("cannot grow: the disk is full (expected: room)", failure, file);
      case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY, SQLITE_AUTH ->
          failed(
              "cannot be opened or written (expected: a data folder on a working disk, writable by"
                  + " the server)",
              failure,
              file);
      default -> failure;
    };
  }

  /** The folder or the library cannot be had. */
  static ServerException unusable(IOException failure, Path file) {
    return failed(
        "cannot be opened: the data folder cannot be written (expected: a folder with room,"
            + " writable by the server)",
        failure,
        file);
  }

  /** The file's schema is not known here. */
  static ServerException newer(String version, Path file) {
    return failed(
        "is of a newer server: schema "
            + version
            + " (expected: that server or a newer one, or another data folder)",
        null,
        file);
  }

  private static ServerException busy(Exception failure, Path file) {
    log(failure, file);
    return new ServerException(
        ServerReason.RECORDS_BUSY,
        Records.FILE + " is in use by another process (expected: a free moment; try again)");
  }

  private static ServerException failed(String what, @Nullable Exception failure, Path file) {
    log(failure, file);
    return new ServerException(ServerReason.RECORDS_FAILED, Records.FILE + " " + what);
  }

  private static void log(@Nullable Exception failure, Path file) {
    SQLiteException cause = failure == null ? null : cause(failure);
    logger
        .atWarn()
        .addKeyValue("file", file)
        .addKeyValue("cause", PlainText.line(String.valueOf(cause == null ? failure : cause)))
        .log("Records cannot be used");
  }

  private static SQLiteErrorCode primary(SQLiteErrorCode code) {
    return SQLiteErrorCode.getErrorCode(code.code & PRIMARY);
  }

  private static @Nullable SQLiteException cause(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof SQLiteException found) {
        return found;
      }
    }
    return null;
  }
}
