package dev.synthorax.client.resident;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.security.auth.module.UnixSystem;
import dev.synthorax.client.storage.WholeFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a server in the background is written down: {@code $XDG_STATE_HOME/synthorax/server.json},
 * its log beside it. Folder and file are the user's alone; what others could have written is not
 * read.
 */
final class ResidentFile {
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
  private static final int OTHERS = 0077; // what group and others may do
  private static final int PERMISSIONS = 0777;

  private final Path folder;
  private final Path file;
  private final LongSupplier user;

  /** As JSON has it. */
  private record Entry(
      int port, long pid, String started, String since, String version, ServerSetup setup) {}

  /**
   * In a folder of its own.
   *
   * @param user number of the user that folder and file have to belong to
   */
  ResidentFile(Path folder, LongSupplier user) {
    this.folder = folder;
    this.file = folder.resolve("server.json");
    this.user = user;
  }

  /** The one of this user. */
  static ResidentFile of(Map<String, String> environment) {
    String state = environment.getOrDefault("XDG_STATE_HOME", "");
    Path home =
        state.startsWith("/")
            ? Path.of(state)
            : Path.of(System.getProperty("user.home"), ".local", "state");
    return new ResidentFile(home.resolve("synthorax"), () -> new UnixSystem().getUid());
  }

  /**
   * Returns what is written there; null where nothing is.
   *
   * @throws IOException in one line if it cannot be trusted or read
   */
  @Nullable ResidentServer read() throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    requirePrivate(folder, true);
    requirePrivate(file, false);
    try {
      Entry entry = JSON.readValue(Files.readAllBytes(file), Entry.class);
      return new ResidentServer(
          entry.port,
          entry.pid,
          Instant.parse(entry.started),
          Instant.parse(entry.since),
          entry.version,
          entry.setup);
    } catch (JsonProcessingException
        | DateTimeException
        | IllegalArgumentException
        | NullPointerException e) {
      throw new IOException(
          file + ": damaged, or of another version (expected: what 'serve --detach' writes)", e);
    }
  }

  /** Writes it, whole. */
  void write(ResidentServer server) throws IOException {
    fresh(WholeFile.part(file)); // so that nobody else can read what is written into it
    WholeFile.replace(
        file,
        out ->
            JSON.writeValue(
                out,
                new Entry(
                    server.port(),
                    server.pid(),
                    server.started().toString(),
                    server.since().toString(),
                    server.version(),
                    server.setup())));
  }

  /** Removes it, if it is there. */
  void remove() throws IOException {
    Files.deleteIfExists(file);
  }

  /** Returns where the server's log is. */
  Path log() {
    return folder.resolve("server.log");
  }

  /** Returns the file by which those that start a server exclude each other. */
  Path lock() {
    return folder.resolve(".server.lock");
  }

  /**
   * Makes the folder where it is not there.
   *
   * @throws IOException in one line if one is there that others can use
   */
  void prepareFolder() throws IOException {
    Files.createDirectories(requireNonNull(folder.getParent()));
    try {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) { // from before, or something else: looked at below
    }
    requirePrivate(folder, true);
  }

  /** Makes an empty log. */
  void freshLog() throws IOException {
    fresh(log());
  }

  private static void fresh(Path path) throws IOException {
    Files.deleteIfExists(path);
    Files.createFile(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private void requirePrivate(Path path, boolean isFolder) throws IOException {
    Map<String, Object> facts =
        Files.readAttributes(
            path, "unix:uid,mode,isDirectory,isRegularFile", LinkOption.NOFOLLOW_LINKS);
    boolean right = Boolean.TRUE.equals(facts.get(isFolder ? "isDirectory" : "isRegularFile"));
    long owner = ((Number) requireNonNull(facts.get("uid"))).longValue();
    int mode = ((Number) requireNonNull(facts.get("mode"))).intValue();
    String wrong =
        !right
            ? "a link or something else"
            : owner != user.getAsLong()
                ? "of another user"
                : (mode & OTHERS) != 0
                    ? String.format(Locale.ROOT, "open to others (%04o)", mode & PERMISSIONS)
                    : null;
    if (wrong != null) {
      throw new IOException(
          path
              + ": "
              + wrong
              + " (expected: a "
              + (isFolder ? "folder of this user alone, 0700)" : "file of this user alone, 0600)"));
    }
  }
}
