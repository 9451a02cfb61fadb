package dev.synthorax.server.config;

import static java.util.Objects.requireNonNull;

/**
 * How a server knows who calls; nothing is asked until something is set.
 *
 * @param certificate PEM file of the certificate chain that the server shows; empty: no TLS
 * @param key PEM file of its private key, PKCS#8
 * @param clientCa PEM file of the authorities that sign clients' certificates, without which no
 *     connection is made; empty: clients need none
 * @param tokens YAML file of tokens ({@link TenantsConfig}), without one of which no call is
 *     answered; empty: calls need none
 */
public record SecurityConfig(String certificate, String key, String clientCa, String tokens) {
  /** What holds where nothing is said. */
  public static final SecurityConfig DEFAULT = new SecurityConfig("", "", "", "");

  /**
   * Checks.
   *
   * @throws IllegalArgumentException naming the key
   */
  public SecurityConfig {
    requireNonNull(tokens, "tokens");
    if (certificate.isEmpty() != key.isEmpty()) {
      throw new IllegalArgumentException(
          "%s is set without %s (expected: both, or neither)"
              .formatted(
                  certificate.isEmpty() ? "key" : "certificate",
                  certificate.isEmpty() ? "certificate" : "key"));
    }
    if (!clientCa.isEmpty() && certificate.isEmpty()) {
      throw new IllegalArgumentException(
          "client-ca is set without certificate and key (expected: all three)");
    }
  }

  /** Whether connections are encrypted. */
  public boolean hasTls() {
    return !certificate.isEmpty();
  }

  /** Whether a stranger is told from a caller. */
  public boolean knowsCallers() {
    return !tokens.isEmpty() || !clientCa.isEmpty();
  }
}
