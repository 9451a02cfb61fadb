package dev.synthorax.server.records;

import dev.synthorax.files.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sqlite.SQLiteJDBCLoader;

/**
 * Loads SQLite's native library and leaves no copy of it behind: the driver's own way leaves one in
 * the system's temporary folder for each process that is killed.
 *
 * <p><b>Threading:</b> any thread; the first call loads, for the whole process.
 */
final class NativeSqlite {
  private static final String TMPDIR = "org.sqlite.tmpdir"; // the driver's setting

  private static boolean loaded;

  private NativeSqlite() {}

  /**
   * Loads the library, unless this process has it already.
   *
   * @param folder where it is unpacked for the moment that loading takes
   * @throws IOException if it cannot be unpacked or loaded there
   */
  static synchronized void load(Path folder) throws IOException {
    if (loaded) {
      return;
    }
    Path unpacked = Files.createTempDirectory(folder, "sqlite-");
    String before = System.setProperty(TMPDIR, unpacked.toString());
    try {
      loaded = SQLiteJDBCLoader.initialize();
    } catch (Exception e) { // the driver declares no other
      throw new IOException("SQLite's library did not load", e);
    } finally {
      if (before == null) {
        System.clearProperty(TMPDIR);
      } else {
        System.setProperty(TMPDIR, before);
      }
      AtomicFiles.delete(unpacked); // what is loaded stays loaded
    }
  }
}
