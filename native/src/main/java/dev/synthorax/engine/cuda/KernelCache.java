package dev.synthorax.engine.cuda;

import dev.synthorax.files.AtomicFiles;
import dev.synthorax.files.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiled kernels in a folder, each under the hash of all that decides it: code, options and the
 * compiler's version. A file ends with the hash of what stands before it; one that is broken is
 * made again. A folder that cannot be written costs the time of compiling, and one warning.
 *
 * <p><b>Threading:</b> any thread, in any number of processes.
 */
final class KernelCache {
  private static final Logger logger = LoggerFactory.getLogger(KernelCache.class);
  private static final int HASH_BYTES = 32;

  private final Path folder;
  private boolean warned;

  KernelCache(Path folder) {
    this.folder = folder;
  }

  /**
   * A kernel's code for a kind of device, compiled unless it is there.
   *
   * @param computeCapability 90 for {@code sm_90}
   * @throws dev.synthorax.engine.InferenceException as {@link KernelCompiler#compile}
   */
  synchronized byte[] cubin(Kernel kernel, KernelCompiler compiler, int computeCapability) {
    List<String> options = KernelCompiler.options(computeCapability);
    Path file = folder.resolve(key(kernel, compiler, options) + ".cubin");
    byte[] known = read(file);
    if (known.length > 0) {
      return known;
    }
    long start = System.nanoTime();
    byte[] cubin = compiler.compile(kernel.file(), kernel.source(), options);
    logger
        .atDebug()
        .addKeyValue("kernel", kernel.function())
        .addKeyValue("millis", (System.nanoTime() - start) / 1_000_000)
        .log("Compiled a kernel");
    write(file, cubin);
    return cubin;
  }

  private static String key(Kernel kernel, KernelCompiler compiler, List<String> options) {
    MessageDigest digest = Sha256.digest();
    add(digest, compiler.version());
    options.forEach(option -> add(digest, option));
    add(digest, kernel.source());
    Kernel.headers().forEach((name, text) -> add(digest, name + "\n" + text));
    return Sha256.hex(digest);
  }

  private static void add(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    digest.update(bytes);
  }

  /** The code in a file; nothing where there is none, or it is broken. */
  private static byte[] read(Path file) {
    try {
      byte[] all = Files.readAllBytes(file);
      int length = Math.max(0, all.length - HASH_BYTES);
      byte[] cubin = Arrays.copyOf(all, length);
      byte[] hash = Arrays.copyOfRange(all, length, all.length);
      return Arrays.equals(hash, Sha256.digest().digest(cubin)) ? cubin : new byte[0];
    } catch (NoSuchFileException none) {
      return new byte[0];
    } catch (IOException unreadable) {
      logger.atDebug().setCause(unreadable).log("A compiled kernel could not be read");
      return new byte[0];
    }
  }

  private void write(Path file, byte[] cubin) {
    byte[] hash = Sha256.digest().digest(cubin);
    byte[] all = Arrays.copyOf(cubin, cubin.length + hash.length);
    System.arraycopy(hash, 0, all, cubin.length, hash.length);
    try {
      AtomicFiles.write(file, all);
    } catch (IOException failure) {
      if (!warned) {
        warned = true;
        logger
            .atWarn()
            .addKeyValue("folder", folder)
            .addKeyValue("problem", failure.toString())
            .log("Compiled kernels cannot be kept; each start compiles them again");
      }
    }
  }
}
