package dev.synthorax.server.access;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.server.config.Role;
import dev.synthorax.server.config.TenantConfig;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One who may call: what it may ask, and what is left of what it was granted.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor.
 */
final class Tenant {
  private static final double HOUR = 3600;
  private static final Duration SOON = Duration.ofMillis(100);

  private final String name;
  private final TenantConfig config;
  private final Set<Role> roles;
  private final @Nullable Allowance calls;
  private final @Nullable Allowance uploads;

  @GuardedBy("this")
  private int inside;

  Tenant(String name, TenantConfig config, LongSupplier nanoClock) {
    this.name = name;
    this.config = config;
    this.roles = config.allowed();
    Double perSecond = config.callsPerSecond();
    this.calls =
        perSecond == null ? null : new Allowance(perSecond, Math.max(1, perSecond), nanoClock);
    Long perHour = config.uploadBytesPerHour();
    this.uploads = perHour == null ? null : new Allowance(perHour / HOUR, perHour, nanoClock);
  }

  String name() {
    return name;
  }

  TenantConfig config() {
    return config;
  }

  /**
   * Checks.
   *
   * @throws ServerException {@code PERMISSION_DENIED} if it has none of these roles
   */
  void require(Set<Role> oneOf) {
    if (!roles.contains(Role.ADMIN) && oneOf.stream().noneMatch(roles::contains)) {
      throw new ServerException(
          ServerReason.PERMISSION_DENIED,
          "%s may not call this (expected: a token with the role %s)"
              .formatted(
                  name,
                  oneOf.stream().map(Role::word).sorted().collect(Collectors.joining(" or "))));
    }
  }

  /**
   * Begins a call.
   *
   * @return ends it; idempotent
   * @throws ServerException {@code QUOTA_EXCEEDED} if it has as many as it may, now or a second
   */
  Runnable enter() {
    takeSeat();
    Duration wait = calls == null ? null : calls.take(1);
    if (wait != null) {
      leave();
      throw exceeded("%s calls a second".formatted(config.callsPerSecond()), wait);
    }
    var open = new AtomicBoolean(true);
    return () -> {
      if (open.compareAndSet(true, false)) {
        leave();
      }
    };
  }

  private synchronized void takeSeat() {
    Integer most = config.calls();
    if (most != null && inside >= most) {
      throw exceeded("%d calls at a time".formatted(most), SOON);
    }
    inside++;
  }

  private synchronized void leave() {
    inside--;
  }

  /**
   * Counts what it uploads.
   *
   * @throws ServerException {@code QUOTA_EXCEEDED} if that is more than it may
   */
  void upload(long bytes) {
    Duration wait = uploads == null ? null : uploads.take((double) bytes);
    if (wait != null) {
      throw exceeded("%d uploaded bytes an hour".formatted(config.uploadBytesPerHour()), wait);
    }
  }

  private ServerException exceeded(String granted, Duration wait) {
    return new ServerException(
        ServerReason.QUOTA_EXCEEDED,
        "%s has had what it may: %s (expected: another try in %.1f s)"
            .formatted(name, granted, wait.toNanos() / 1e9),
        wait);
  }
}
