package dev.synthorax.client.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;

/** Trees of files: forced to the disk, and deleted. */
public final class Durable {
  private Durable() {}

  /** Forces a folder with all that is in it to the disk. */
  public static void forceAll(Path tree) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(tree)) {
      paths = walk.toList();
    }
    for (Path path : paths) {
      force(path);
    }
  }

  /** Forces a file or a folder to the disk; a folder only where the system can. */
  public static void force(Path path) throws IOException {
    boolean directory = Files.isDirectory(path);
    try (FileChannel channel =
        FileChannel.open(path, directory ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
      channel.force(true);
    } catch (IOException e) {
      if (!directory) { // some systems cannot open a folder
        throw e;
      }
    }
  }

  /** Deletes a folder with all that is in it; does nothing where there is none. */
  public static void delete(Path tree) throws IOException {
    if (Files.exists(tree)) {
      PathUtils.delete(tree);
    }
  }
}
