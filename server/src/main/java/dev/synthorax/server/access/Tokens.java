package dev.synthorax.server.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.server.config.TenantsConfig;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who holds which token, as the file says; read again when it has changed. One that cannot be read
 * changes nothing, and the log says why.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor.
 */
final class Tokens {
  private static final Logger logger = LoggerFactory.getLogger(Tokens.class);
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Path file;
  private final LongSupplier nanoClock;

  @GuardedBy("this")
  private final Map<String, Tenant> tenants = new HashMap<>(); // by name

  @GuardedBy("this")
  private Map<String, Tenant> holders; // by the token's SHA-256

  @GuardedBy("this")
  private Seen seen;

  @GuardedBy("this")
  private long lookNanos;

  /** What tells one state of the file from another. */
  private record Seen(@Nullable Object key, long size, long modified) {
    static Seen of(Path file) throws IOException {
      var now = Files.readAttributes(file, BasicFileAttributes.class);
      return new Seen(now.fileKey(), now.size(), now.lastModifiedTime().toMillis());
    }
  }

  /**
   * Reads the file.
   *
   * @throws IllegalArgumentException in one line, naming the file
   */
  Tokens(Path file, LongSupplier nanoClock) {
    this.file = file;
    this.nanoClock = nanoClock;
    this.lookNanos = nanoClock.getAsLong() + LOOK.toNanos();
    try {
      seen = Seen.of(file);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + ": cannot be read (expected: a file)", e);
    }
    holders = holders(TenantsConfig.read(file));
  }

  /** By token; a tenant that stays as it was keeps what it has used. */
  @GuardedBy("this")
  private Map<String, Tenant> holders(TenantsConfig config) {
    Map<String, Tenant> found = new HashMap<>();
    tenants.keySet().retainAll(config.tenants().keySet());
    config
        .tenants()
        .forEach(
            (name, granted) -> {
              Tenant known = tenants.get(name);
              Tenant tenant =
                  known != null && known.config().equals(granted)
                      ? known
                      : new Tenant(name, granted, nanoClock);
              tenants.put(name, tenant);
              granted.tokens().forEach(token -> found.put(token, tenant));
            });
    return found;
  }

  /**
   * Who holds a token.
   *
   * @throws ServerException {@code UNAUTHENTICATED} if nobody does
   */
  synchronized Tenant holder(String token) {
    look();
    Tenant tenant = holders.get(sha256(token));
    if (tenant == null) {
      throw new ServerException(
          ServerReason.UNAUTHENTICATED,
          "the token is none that this server knows (expected: one whose SHA-256 is in its file of"
              + " tokens)");
    }
    return tenant;
  }

  @GuardedBy("this")
  private void look() {
    long nowNanos = nanoClock.getAsLong();
    if (nowNanos - lookNanos < 0) {
      return;
    }
    lookNanos = nowNanos + LOOK.toNanos();
    try {
      Seen now = Seen.of(file);
      if (!now.equals(seen)) {
        seen = now;
        holders = holders(TenantsConfig.read(file));
        logger.atInfo().addKeyValue("tenants", tenants.keySet()).log("The tokens were read again");
      }
    } catch (IOException | IllegalArgumentException e) {
      logger.error("The tokens stay as they were: {}", e.getMessage());
    }
  }

  private static String sha256(String token) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) { // every Java platform has it
      throw new IllegalStateException(e);
    }
  }
}
