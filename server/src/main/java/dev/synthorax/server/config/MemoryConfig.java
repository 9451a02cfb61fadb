package dev.synthorax.server.config;

/**
 * What requests may hold.
 *
 * @param maxMessageBytes of one request; 64 KiB to 2 GiB - 1
 * @param maxResponseBytes of images that are let in and not sent yet, over all requests; 1 MiB and
 *     up
 * @param maxMaskBytes of masks that wait to be decoded, as files and as pixels, over all requests;
 *     and, counted apart, of radiographs that are read, with their answers; 1 MiB and up
 * @param maxTensorBytes of tensors that have come and are not answered, over all requests, outside
 *     the heap; {@code maxMessageBytes} and up
 * @param maxCacheBytes of answers that plain models keep, over all of them; 0 and up
 */
public record MemoryConfig(
    int maxMessageBytes,
    long maxResponseBytes,
    long maxMaskBytes,
    long maxTensorBytes,
    long maxCacheBytes) {
  private static final long MIB = 1 << 20;

  /** What holds where nothing is said; shares of the largest heap that this process may have. */
  public static final MemoryConfig DEFAULT = of(Runtime.getRuntime().maxMemory());

  /**
   * Checks.
   *
   * @throws IllegalArgumentException naming the key
   */
  public MemoryConfig {
    Ranges.require("max-message-bytes", maxMessageBytes, 64 << 10, Integer.MAX_VALUE);
    Ranges.require("max-response-bytes", maxResponseBytes, MIB, Long.MAX_VALUE);
    Ranges.require("max-mask-bytes", maxMaskBytes, MIB, Long.MAX_VALUE);
    Ranges.require("max-tensor-bytes", maxTensorBytes, maxMessageBytes, Long.MAX_VALUE);
    Ranges.require("max-cache-bytes", maxCacheBytes, 0, Long.MAX_VALUE);
  }

  /**
   * Shares of a heap: a quarter for answers, a quarter for masks up to a bounded wait; and outside
   * of it, where as much may be taken, half as much for tensors.
   */
  static MemoryConfig of(long heapBytes) {
    long quarter = Math.max(MIB, heapBytes / 4);
    return new MemoryConfig(
        64 << 20,
        quarter,
        Math.min(512 * MIB, quarter),
        Math.max(64 * MIB, heapBytes / 2),
        quarter / 4);
  }
}
