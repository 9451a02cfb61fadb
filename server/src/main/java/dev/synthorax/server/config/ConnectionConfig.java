package dev.synthorax.server.config;

import java.time.Duration;

/**
 * What one connection may do.
 *
 * @param maxCalls calls at a time; 1 to 100,000
 * @param maxMetadataBytes header bytes of a call; 1 KiB to 1 MiB
 * @param maxResetsPerSecond calls that it may take back within a second before it is cut; 1 to
 *     1,000,000. All its calls at once, twice, is what a client does that loses patience; a rapid
 *     reset does that many times more
 * @param minClientPing shortest time between a client's pings; 1 s to 1 h
 * @param ping time without traffic after which a client is asked whether it is there; 1 s to 1 h
 * @param pingTimeout how long it may take to answer; 1 s to 1 h
 * @param maxIdle time without a call after which it is ended; 0: never, up to 30 days
 * @param maxAge time after which it is ended, give or take a tenth, so that clients spread over
 *     servers that came later; 0: never, up to 30 days
 * @param ageGrace time that its calls get then before they are cut; 0 to 30 days
 */
public record ConnectionConfig(
    int maxCalls,
    int maxMetadataBytes,
    int maxResetsPerSecond,
    Duration minClientPing,
    Duration ping,
    Duration pingTimeout,
    Duration maxIdle,
    Duration maxAge,
    Duration ageGrace) {
  private static final Duration MONTH = Duration.ofDays(30);

  /** What holds where nothing is said. */
  public static final ConnectionConfig DEFAULT =
      new ConnectionConfig(
          1024,
          16 << 10,
          2048,
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofSeconds(20),
          Duration.ZERO,
          Duration.ZERO,
          Duration.ofMinutes(5));

  /**
   * Checks.
   *
   * @throws IllegalArgumentException naming the key
   */
  public ConnectionConfig {
    Ranges.require("max-calls", maxCalls, 1, 100_000);
    Ranges.require("max-metadata-bytes", maxMetadataBytes, 1 << 10, 1 << 20);
    Ranges.require("max-resets-per-second", maxResetsPerSecond, 1, 1_000_000);
    Ranges.require("min-client-ping", minClientPing, Duration.ofSeconds(1), Duration.ofHours(1));
    Ranges.require("ping", ping, Duration.ofSeconds(1), Duration.ofHours(1));
    Ranges.require("ping-timeout", pingTimeout, Duration.ofSeconds(1), Duration.ofHours(1));
    Ranges.require("max-idle", maxIdle, Duration.ZERO, MONTH);
    Ranges.require("max-age", maxAge, Duration.ZERO, MONTH);
    Ranges.require("age-grace", ageGrace, Duration.ZERO, MONTH);
  }
}
