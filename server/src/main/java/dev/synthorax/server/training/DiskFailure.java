package dev.synthorax.server.training;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What the disk's failures say to people. */
final class DiskFailure {
  private static final long MIB = 1 << 20;

  private DiskFailure() {}

  /** The failure as one of ours. */
  static RuntimeException of(IOException failure) {
    String said = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    if (said.contains("no space") || said.contains("not enough space") || said.contains("quota")) {
      return new ServerException(
          ServerReason.DISK_FULL,
          "the disk of the server's data folder is full (expected: room; remove datasets or jobs, and"
              + " go on)");
    }
    return new InferenceException(ErrorReason.INTERNAL, "the data folder: " + failure, failure);
  }

  /**
   * Checks that something can be written and leave the disk some room.
   *
   * @param folder of the disk in question; it exists
   * @param spare bytes that are left free
   * @throws ServerException {@code DISK_FULL} if not
   */
  static void requireRoom(Path folder, long bytes, long spare) throws IOException {
    long usable = Files.getFileStore(folder).getUsableSpace();
    if (usable - bytes < spare) {
      throw new ServerException(
          ServerReason.DISK_FULL,
          "the disk of the server's data folder has %d MiB left (expected: %d MiB and %d to spare; remove datasets or jobs, and go on)"
              .formatted(usable / MIB, (bytes + MIB - 1) / MIB, spare / MIB));
    }
  }
}
