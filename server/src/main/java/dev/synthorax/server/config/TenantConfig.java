package dev.synthorax.server.config;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who may call, and how much.
 *
 * @param tokens SHA-256 of each token that stands for this tenant, 64 hexadecimal digits in lower
 *     case; at least one
 * @param roles what it may ask, of {@link Role}'s words; at least one
 * @param calls at a time; null: no limit
 * @param callsPerSecond on average, with a second's worth at once; null: no limit
 * @param uploadBytesPerHour of datasets and sets of images, on average, with an hour's worth at
 *     once; null: no limit
 */
public record TenantConfig(
    List<String> tokens,
    List<String> roles,
    @Nullable Integer calls,
    @Nullable Double callsPerSecond,
    @Nullable Long uploadBytesPerHour) {
  private static final double MAX_RATE = 1e6;
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

  /**
   * Checks.
   *
   * @throws IllegalArgumentException naming the key
   */
  public TenantConfig {
    tokens = listed("tokens", tokens);
    roles = listed("roles", roles);
    roles.forEach(Role::of);
    for (String token : tokens) {
      if (!SHA_256.matcher(token).matches()) {
        // not quoted: somebody may have written the token itself
        throw new IllegalArgumentException(
            "tokens: one of %d characters (expected: a token's SHA-256, 64 hexadecimal digits)"
                .formatted(token.length()));
      }
    }
    if (calls != null) {
      Ranges.require("calls", calls, 1, Integer.MAX_VALUE);
    }
    if (uploadBytesPerHour != null) {
      Ranges.require("upload-bytes-per-hour", uploadBytesPerHour, 1, Long.MAX_VALUE);
    }
    if (callsPerSecond != null && !(callsPerSecond > 0 && callsPerSecond <= MAX_RATE)) {
      throw new IllegalArgumentException(
          "calls-per-second: %s (expected: above 0, at most %.0f)"
              .formatted(callsPerSecond, MAX_RATE));
    }
  }

  private static List<String> listed(String key, @Nullable List<String> given) {
    if (given == null || given.isEmpty()) {
      throw new IllegalArgumentException(key + ": none (expected: at least one)");
    }
    return List.copyOf(given);
  }

  /** What it may ask. */
  public Set<Role> allowed() {
    return roles.stream().map(Role::of).collect(Collectors.toUnmodifiableSet());
  }
}
