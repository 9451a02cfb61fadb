package dev.synthorax.engine.tensorrt;

import dev.synthorax.files.AtomicFiles;
import dev.synthorax.files.RegularFiles;
import dev.synthorax.files.Sha256;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plans and tactic timings in a folder. Nothing in it is believed: a plan's file begins with its
 * whole key and the digest of its bytes, and is made anew where they differ. A folder that cannot
 * be written costs a warning and the time to compile again.
 *
 * @param folder null: nothing is kept
 */
record PlanCache(@Nullable Path folder) {
  private static final Logger logger = LoggerFactory.getLogger(PlanCache.class);

  /** Where a plan begins in its file: a page, so that it is mapped as it lies. */
  static final int HEADER_BYTES = 4096;

  private static final MemorySegment NO_TIMINGS = MemorySegment.ofArray(new byte[0]);
  private static final String MAGIC = "Synthorax plan 1\n";
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int MOST_TIMING_BYTES = 256 << 20;

  /**
   * A plan that was kept.
   *
   * @return mapped until nobody refers to it; null if there is none, or none that may be used
   */
  @Nullable MemorySegment plan(PlanKey key) {
    Path file = planFile(key);
    if (file == null) {
      return null;
    }
    String reason;
    try (FileChannel channel = RegularFiles.open(file)) {
      MemorySegment whole =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
      if (whole.byteSize() > HEADER_BYTES) {
        MemorySegment plan = whole.asSlice(HEADER_BYTES);
        byte[] header = header(key, plan);
        if (whole.asSlice(0, HEADER_BYTES).mismatch(MemorySegment.ofArray(header)) < 0) {
          return plan;
        }
      }
      reason = "it is not what was written there";
    } catch (NoSuchFileException none) {
      return null;
    } catch (IOException e) {
      reason = RegularFiles.reason(e);
    }
    logger
        .atInfo()
        .addKeyValue("plan", file.getFileName())
        .addKeyValue("reason", reason)
        .log("A kept plan cannot be used; it is compiled anew");
    return null;
  }

  /**
   * Keeps a plan; where that fails, one warning says so.
   *
   * @param timings what its compilation measured; empty: nothing
   */
  void keep(PlanKey key, MemorySegment plan, byte[] timings) {
    Path file = planFile(key);
    Path measured = timingFile(key);
    if (file == null || measured == null) {
      return;
    }
    try {
      write(file, header(key, plan), plan);
      if (timings.length > 0) {
        write(measured, new byte[0], MemorySegment.ofArray(timings));
      }
    } catch (IOException e) {
      logger
          .atWarn()
          .addKeyValue("plan", file.getFileName())
          .addKeyValue("reason", RegularFiles.reason(e))
          .log("A compiled plan is not kept; the next start compiles it again");
    }
  }

  /** Forgets a plan, one that the library refuses. */
  void drop(PlanKey key) {
    Path file = planFile(key);
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        logger.debug("{}: not deleted", file, e);
      }
    }
  }

  /** What earlier compilations on this machine measured; empty: nothing. */
  MemorySegment timings(PlanKey key) {
    Path file = timingFile(key);
    if (file == null || !Files.exists(file)) {
      return NO_TIMINGS;
    }
    try {
      return MemorySegment.ofArray(RegularFiles.read(file, MOST_TIMING_BYTES));
    } catch (IOException e) { // they are a help, no more
      logger.debug("{}: not read", file, e);
      return NO_TIMINGS;
    }
  }

  private static void write(Path file, byte[] header, MemorySegment content) throws IOException {
    AtomicFiles.write(
        file,
        channel -> {
          write(channel, ByteBuffer.wrap(header));
          for (long at = 0; at < content.byteSize(); at += CHUNK_BYTES) {
            long length = Math.min(CHUNK_BYTES, content.byteSize() - at);
            write(channel, content.asSlice(at, length).asByteBuffer());
          }
        });
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static byte[] header(PlanKey key, MemorySegment plan) {
    String text = MAGIC + "sha256: " + digest(plan) + "\n" + key.text();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length >= HEADER_BYTES) {
      throw new IllegalArgumentException(
          "key: %d bytes (expected: below %d)".formatted(bytes.length, HEADER_BYTES));
    }
    byte[] header = new byte[HEADER_BYTES];
    Arrays.fill(header, (byte) '\n');
    System.arraycopy(bytes, 0, header, 0, bytes.length);
    return header;
  }

  private static String digest(MemorySegment plan) {
    MessageDigest digest = Sha256.digest();
    for (long at = 0; at < plan.byteSize(); at += CHUNK_BYTES) {
      digest.update(plan.asSlice(at, Math.min(CHUNK_BYTES, plan.byteSize() - at)).asByteBuffer());
    }
    return Sha256.hex(digest);
  }

  private @Nullable Path planFile(PlanKey key) {
    String stem = key.name().replaceAll("[^A-Za-z0-9.-]", "_");
    return folder == null ? null : folder.resolve(stem + "-" + key.id() + ".plan");
  }

  private @Nullable Path timingFile(PlanKey key) {
    return folder == null ? null : folder.resolve("timings-" + key.machineId() + ".bin");
  }
}
