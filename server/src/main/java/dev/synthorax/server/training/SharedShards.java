package dev.synthorax.server.training;

import dev.synthorax.files.Sha256;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets equal shards of all datasets be one file: each is linked to one that is named by its
 * SHA-256. Where the file system has no hard links, or does not count them, every dataset keeps its
 * own.
 *
 * <p><b>Threading:</b> one thread.
 */
final class SharedShards {
  private static final Logger logger = LoggerFactory.getLogger(SharedShards.class);
  private static final String LINKS = "unix:nlink";
  private static final String LINKING = ".linking";

  private final Path folder;

  SharedShards(Path folder) {
    this.folder = folder;
  }

  /** Makes a file that will not change one with its equals. */
  void share(Path file) throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return;
    }
    Files.createDirectories(folder);
    Path shared = folder.resolve(Sha256.hex(file));
    try {
      if (Files.exists(shared)) {
        Path link = file.resolveSibling(LINKING);
        Files.deleteIfExists(link);
        Files.createLink(link, shared);
        Files.move(link, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(link); // two names of one file: the move did nothing
      } else {
        Files.createLink(shared, file);
      }
    } catch (UnsupportedOperationException | IOException e) {
      logger.debug("{} is not shared", file, e); // it is whole, and its own
    }
  }

  /** Removes what no dataset links to any more. */
  void sweep() throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (((Number) Files.getAttribute(file, LINKS)).longValue() == 1) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
