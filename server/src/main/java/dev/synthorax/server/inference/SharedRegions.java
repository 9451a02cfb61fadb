package dev.synthorax.server.inference;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Regions of the machine's shared memory that clients registered. They are read and written like
 * files, not mapped: a client that makes its region shorter while it is used gets an error, where a
 * mapping would end the process.
 *
 * <p><b>Ownership:</b> owns an open file a region. <b>Threading:</b> any thread; guarded by its own
 * monitor, which is not held while bytes are copied.
 */
final class SharedRegions implements AutoCloseable {
  private static final Pattern KEY = Pattern.compile("/?([A-Za-z0-9_][A-Za-z0-9._-]{0,200})");
  private static final int MAX_REGIONS = 1024;
  private static final int MAX_NAME = 256;

  private final Path folder;
  private final String prefix;

  @GuardedBy("this")
  private final SortedMap<String, Region> regions = new TreeMap<>();

  /**
   * A registered region.
   *
   * @param key as it was registered
   * @param offset bytes from the beginning of the file
   * @param byteSize of the region
   */
  record Region(
      String name,
      String key,
      long offset,
      long byteSize,
      FileChannel file,
      NativeHandles.Handle handle) {
    private void close() throws IOException {
      if (handle.close()) {
        file.close();
      }
    }
  }

  /**
   * No region yet.
   *
   * @param folder where the system keeps them
   * @param prefix of the keys that may be registered; empty: none may
   */
  SharedRegions(Path folder, String prefix) {
    this.folder = folder;
    this.prefix = prefix;
  }

  /** Whether any may be registered. */
  boolean allowed() {
    return !prefix.isEmpty();
  }

  /**
   * Registers a region.
   *
   * @throws InferenceException {@code INVALID_ARGUMENT} in one line, if it is not there, too small,
   *     not to be used, or there is one of its name
   */
  synchronized void register(String name, String key, long offset, long byteSize) {
    requireAllowed();
    if (name.isEmpty() || name.length() > MAX_NAME) {
      throw wrong("name: %d characters (expected: 1 to %d)".formatted(name.length(), MAX_NAME));
    }
    if (regions.containsKey(name)) {
      throw wrong(
          "shared memory region '%s' already in manager (unregister it first)".formatted(name));
    }
    if (regions.size() == MAX_REGIONS) {
      throw wrong("%d regions are registered (unregister some first)".formatted(MAX_REGIONS));
    }
    if (byteSize <= 0 || offset < 0 || offset > Long.MAX_VALUE - byteSize) {
      throw wrong(
          "region '%s': %s bytes from %s on (expected: at least 1 byte)"
              .formatted(name, Long.toUnsignedString(byteSize), Long.toUnsignedString(offset)));
    }
    FileChannel file = open(key);
    try {
      if (file.size() < offset + byteSize) {
        throw wrong(
            "region '%s': %d bytes from %d on (expected: within the %d bytes of its key)"
                .formatted(name, byteSize, offset, file.size()));
      }
      regions.put(
          name,
          new Region(
              name, key, offset, byteSize, file, NativeHandles.register("inference.Region", name)));
    } catch (IOException | RuntimeException e) {
      closeQuietly(file);
      throw e instanceof RuntimeException known ? known : unreadable(key, e);
    }
  }

  private static void closeQuietly(FileChannel file) {
    try {
      file.close();
    } catch (IOException e) {
      // nothing was written
    }
  }

  private FileChannel open(String key) {
    var matcher = KEY.matcher(key);
    if (!matcher.matches() || !matcher.group(1).startsWith(prefix)) {
      throw wrong(
          "key: not to be used here (expected: /%s and then letters, digits, '.', '_' or '-')"
              .formatted(prefix));
    }
    Path file = folder.resolve(matcher.group(1));
    try {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw wrong("key %s: no such shared memory (create it first)".formatted(key));
      }
      return FileChannel.open(
          file,
          Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    } catch (IOException e) {
      throw unreadable(key, e);
    }
  }

  private static InferenceException unreadable(String key, Exception cause) {
    return new InferenceException(
        ErrorReason.INVALID_ARGUMENT,
        "key %s: this server cannot read and write it (expected: shared memory of the same user)"
            .formatted(key),
        cause);
  }

  private static InferenceException wrong(String message) {
    return new InferenceException(ErrorReason.INVALID_ARGUMENT, message);
  }

  private void requireAllowed() {
    if (!allowed()) {
      throw new InferenceException(
          ErrorReason.UNSUPPORTED,
          "system shared memory is off (start the server with --shared-memory PREFIX)");
    }
  }

  /**
   * What is registered, by name.
   *
   * @param name empty: all
   * @throws InferenceException {@code INVALID_ARGUMENT} if there is none of that name
   */
  synchronized List<Region> list(String name) {
    requireAllowed();
    if (name.isEmpty()) {
      return List.copyOf(regions.values());
    }
    Region region = regions.get(name);
    if (region == null) {
      throw unknown(name);
    }
    return List.of(region);
  }

  private static InferenceException unknown(String name) {
    return wrong("Unable to find shared memory region: '%s'".formatted(shown(name)));
  }

  private static String shown(String name) {
    return name.length() > MAX_NAME ? name.substring(0, MAX_NAME) + "..." : name;
  }

  /**
   * Forgets a region; one that is not there is none to forget. Requests under way that use it fail.
   *
   * @param name empty: all
   */
  void unregister(String name) {
    requireAllowed();
    remove(name);
  }

  private void remove(String name) {
    for (Region region : taken(name)) {
      try {
        region.close();
      } catch (IOException e) {
        throw new InferenceException(
            ErrorReason.BACKEND_FAILURE, region.name + ": cannot be closed", e);
      }
    }
  }

  private synchronized List<Region> taken(String name) {
    var taken = new ArrayList<Region>();
    if (name.isEmpty()) {
      taken.addAll(regions.values());
      regions.clear();
    } else {
      Region region = regions.remove(name);
      if (region != null) {
        taken.add(region);
      }
    }
    return taken;
  }

  /**
   * Reads a range.
   *
   * @param target as large as the range
   * @throws InferenceException {@code INVALID_ARGUMENT} if the range or its region is not there
   */
  void read(SharedRange range, MemorySegment target) {
    copy(range, range.byteSize(), target, false);
  }

  /**
   * Writes to the beginning of a range.
   *
   * @throws InferenceException {@code INVALID_ARGUMENT} if the range or its region is not there, or
   *     too small
   */
  void write(SharedRange range, MemorySegment source) {
    copy(range, source.byteSize(), source, true);
  }

  private void copy(SharedRange range, long bytes, MemorySegment memory, boolean write) {
    Region region = find(range);
    long position = region.offset + range.offset();
    try {
      for (long done = 0; done < bytes; ) {
        ByteBuffer part =
            memory.asSlice(done, Math.min(bytes - done, Integer.MAX_VALUE)).asByteBuffer();
        int count =
            write
                ? region.file.write(part, position + done)
                : region.file.read(part, position + done);
        if (count <= 0) {
          throw new IOException("the region is shorter than it was");
        }
        done += count;
      }
    } catch (IOException e) {
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT,
          "shared memory region '%s': its bytes are not there any more".formatted(region.name),
          e);
    }
  }

  private synchronized Region find(SharedRange range) {
    requireAllowed();
    Region region = regions.get(range.region());
    if (region == null) {
      throw unknown(range.region());
    }
    if (range.byteSize() > region.byteSize || range.offset() > region.byteSize - range.byteSize()) {
      throw wrong(
          "Invalid offset + byte size for shared memory region: '%s' (%d + %d bytes, it has %d)"
              .formatted(region.name, range.offset(), range.byteSize(), region.byteSize));
    }
    return region;
  }

  /** Checks that a range can be used, before there is anything to copy. */
  void check(@Nullable SharedRange range) {
    if (range != null) {
      var _ = find(range);
    }
  }

  @Override
  public void close() {
    remove("");
  }
}
