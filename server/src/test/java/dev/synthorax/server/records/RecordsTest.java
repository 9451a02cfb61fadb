package dev.synthorax.server.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

class RecordsTest {
  private static final String INSERT =
      "INSERT INTO review_pictures (sha256, png) VALUES (:sha256, :png)";

  @TempDir private Path folder;

  private Path data() {
    return folder.resolve("data");
  }

  private Path file() {
    return data().resolve(Records.FILE);
  }

  private static int add(Handle handle, String name) {
    return add(handle, name, 1);
  }

  private static int add(Handle handle, String name, int bytes) {
    return handle.createUpdate(INSERT).bind("sha256", name).bind("png", new byte[bytes]).execute();
  }

  private static List<String> names(Handle handle) {
    return handle
        .createQuery("SELECT sha256 FROM review_pictures ORDER BY sha256")
        .mapTo(String.class)
        .list();
  }

  private static ThrowingCallable use(Records records) {
    return () -> records.call(RecordsTest::names);
  }

  private static Consumer<Throwable> refusal(ServerReason reason, String... words) {
    return thrown ->
        assertThat(thrown)
            .isInstanceOfSatisfying(
                ServerException.class, e -> assertThat(e.reason()).isEqualTo(reason))
            .hasMessageContainingAll(words)
            .message()
            .hasLineCount(1)
            .doesNotContain("/");
  }

  @Test
  void records_thatNobodyUses_touchNothing() {
    new Records(data()).close();

    assertThat(data()).doesNotExist();
  }

  @Test
  void call_afterARestart_findsWhatWasWritten() {
    try (var records = new Records(data())) {
      records.call(handle -> add(handle, "a"));
    }

    try (var records = new Records(data())) {
      assertThat(records.call(RecordsTest::names)).containsExactly("a");
    }
  }

  @Test
  void close_afterUse_leavesTheFileAlone() throws IOException {
    try (var records = new Records(data())) {
      records.call(handle -> add(handle, "a"));
    }

    try (Stream<Path> left = Files.list(data())) {
      assertThat(left).containsExactly(file());
    }
  }

  @Test
  void call_whoseWorkThrows_keepsNothingOfIt() {
    try (var records = new Records(data())) {
      assertThatThrownBy(
              () ->
                  records.call(
                      handle -> {
                        add(handle, "a");
                        throw new IllegalStateException("half-way");
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("half-way");

      assertThat(records.call(RecordsTest::names)).isEmpty();
    }
  }

  @Test
  void submit_ofTwoServersAtOnce_keepsAll() {
    try (var one = new Records(data());
        var other = new Records(data())) {
      List<CompletableFuture<Integer>> work = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        String name = "%02d".formatted(i);
        work.add(one.submit(handle -> add(handle, "one " + name)));
        work.add(other.submit(handle -> add(handle, "other " + name)));
      }
      work.forEach(CompletableFuture::join);

      assertThat(other.call(RecordsTest::names)).hasSize(100);
    }
  }

  @Test
  void submit_manyThreads_runsOneAfterAnother() {
    try (var records = new Records(data())) {
      int[] running = {0};
      List<CompletableFuture<Integer>> seen =
          IntStream.range(0, 50)
              .mapToObj(
                  i ->
                      records.submit(
                          handle -> {
                            running[0]++; // one thread: no lock
                            add(handle, "x" + i);
                            return running[0]--;
                          }))
              .toList();

      assertThat(seen).allSatisfy(future -> assertThat(future.join()).isEqualTo(1));
    }
  }

  @Test
  void call_onTheFileOfANewerServer_namesItsSchema() {
    try (var records = new Records(data())) {
      records.call(
          handle ->
              handle.execute(
                  "INSERT INTO flyway_schema_history SELECT 99, '99', 'later', type,"
                      + " 'V99__later.sql', checksum, installed_by, installed_on, 1, success FROM"
                      + " flyway_schema_history LIMIT 1"));
    }

    try (var records = new Records(data())) {
      assertThatThrownBy(use(records))
          .satisfies(refusal(ServerReason.RECORDS_FAILED, "newer server: schema 99"));
    }
  }

  @Test
  void call_onAFileThatIsNoDatabase_saysSoEachTime() throws IOException {
    Files.createDirectories(data());
    Files.writeString(file(), "not a database at all; ".repeat(100));

    try (var records = new Records(data())) {
      assertThatThrownBy(use(records))
          .satisfies(refusal(ServerReason.RECORDS_FAILED, "records.db is damaged", "move it away"));
      Files.delete(file());

      assertThat(records.call(RecordsTest::names)).isEmpty();
    }
  }

  @Test
  void call_onAFileWithBrokenPages_saysSo() throws IOException {
    try (var records = new Records(data())) {
      records.call(handle -> IntStream.range(0, 200).map(i -> add(handle, "name " + i, 400)).sum());
    }
    byte[] bytes = Files.readAllBytes(file());
    Arrays.fill(bytes, 4096 * 4, bytes.length, (byte) 0x5A);
    Files.write(file(), bytes);

    try (var records = new Records(data())) {
      assertThatThrownBy(use(records))
          .satisfies(refusal(ServerReason.RECORDS_FAILED, "records.db is damaged"));
    }
  }

  @Test
  void call_whileAnotherProcessWrites_isBusyAndThenGoesOn() throws Exception {
    try (var records = new Records(data(), Duration.ZERO)) {
      records.call(handle -> add(handle, "a"));
      var source = new SQLiteDataSource();
      source.setUrl("jdbc:sqlite:" + file());
      try (var other = source.getConnection();
          var statement = other.createStatement()) {
        statement.execute("BEGIN IMMEDIATE");

        for (int tries = 0; tries < 2; tries++) {
          assertThatThrownBy(() -> records.call(handle -> add(handle, "b")))
              .satisfies(refusal(ServerReason.RECORDS_BUSY, "another process", "try again"));
        }

        statement.execute("ROLLBACK");
      }
      records.call(handle -> add(handle, "c"));

      assertThat(records.call(RecordsTest::names)).containsExactly("a", "c");
    }
  }

  @Test
  void call_onAFullDisk_saysSoAndKeepsWhatWasThere() {
    try (var records = new Records(data())) {
      records.call(handle -> add(handle, "a"));
      records.submit(RecordsTest::noRoom).join();

      assertThatThrownBy(() -> records.call(handle -> add(handle, "b", 1 << 20)))
          .satisfies(refusal(ServerReason.RECORDS_FAILED, "the disk is full"));
      records.call(handle -> add(handle, "c"));
      assertThat(records.call(RecordsTest::names)).containsExactly("a", "c");
    }
  }

  /** As a full disk: SQLite answers the same where it may have no page more. */
  private static int noRoom(Handle handle) {
    int pages = handle.createQuery("PRAGMA page_count").mapTo(Integer.class).one();
    return handle.createQuery("PRAGMA max_page_count = " + pages).mapTo(Integer.class).one();
  }

  @Test
  void call_inAFolderThatCannotBe_saysSo() throws IOException {
    Files.writeString(data(), "a file where the folder should be");

    try (var records = new Records(data())) {
      assertThatThrownBy(use(records))
          .satisfies(refusal(ServerReason.RECORDS_FAILED, "data folder cannot be written"));
    }
  }

  @Test
  void submit_afterTheEnd_isRefused() {
    var records = new Records(data());
    records.close();
    records.close();

    assertThatThrownBy(use(records)).satisfies(refusal(ServerReason.DRAINING, "shutting down"));
  }

  @Test
  void tables_allOfThem_useTypesThatPostgresqlHasToo() {
    try (var records = new Records(data())) {
      List<Map<String, Object>> columns =
          records.call(
              handle ->
                  handle
                      .createQuery(
                          "SELECT t.name AS tab, c.name AS col, c.type AS type FROM sqlite_master"
                              + " t, pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name"
                              + " NOT LIKE 'flyway%' AND t.name NOT LIKE 'sqlite%'")
                      .mapToMap()
                      .list());

      assertThat(columns)
          .isNotEmpty()
          .allSatisfy(
              column ->
                  assertThat(column.get("type"))
                      .as("%s.%s", column.get("tab"), column.get("col"))
                      .isIn("TEXT", "BIGINT", "INTEGER", "DOUBLE PRECISION", "BYTEA"));
    }
  }
}
