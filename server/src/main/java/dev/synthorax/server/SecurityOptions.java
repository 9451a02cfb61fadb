package dev.synthorax.server;

import dev.synthorax.server.access.Access;
import dev.synthorax.server.config.SecurityConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a server knows who calls; what is said here goes before what a file says. */
final class SecurityOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "PEM file of the certificate chain to show; with --tls-key.")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "PEM file of the certificate's private key (PKCS#8).")
  private @Nullable Path key;

  @Option(
      names = "--tls-client-ca",
      paramLabel = "FILE",
      description = "PEM file of the authorities that must have signed a client's certificate.")
  private @Nullable Path clientCa;

  @Option(
      names = "--tokens",
      paramLabel = "FILE",
      description = "YAML file of tokens, tenants and their roles (see docs/security.md).")
  private @Nullable Path tokens;

  @Option(
      names = "--insecure",
      description =
          "Listen on an address that other machines reach without TLS or without knowing callers.")
  private boolean insecure;

  /**
   * What is configured, where nothing is said here.
   *
   * @throws ParameterException if the two do not fit
   */
  SecurityConfig over(SecurityConfig configured) {
    try {
      return new SecurityConfig(
          or(certificate, configured.certificate()),
          or(key, configured.key()),
          or(clientCa, configured.clientCa()),
          or(tokens, configured.tokens()));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "TLS: " + e.getMessage(), e);
    }
  }

  private static String or(@Nullable Path said, String configured) {
    return said == null ? configured : said.toString();
  }

  /**
   * Refuses an address that strangers reach.
   *
   * @throws dev.synthorax.engine.InferenceException in one line, unless that is asked for
   */
  void requireSafe(String host, SecurityConfig security) {
    if (!insecure) {
      Access.requireSafe(host, security);
    }
  }
}
