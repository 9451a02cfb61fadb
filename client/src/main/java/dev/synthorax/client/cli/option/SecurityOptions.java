package dev.synthorax.client.cli.option;

import dev.synthorax.client.ClientSecurity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command knows the server that it is pointed to, and says who it is. */
final class SecurityOptions {
  private static final String VARIABLE = "SYNTHORAX_TOKEN";

  @Option(names = "--tls", description = "Speak TLS with the server.")
  private boolean tls;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description =
          "PEM file of the authorities that sign the server's certificate; implies --tls. Default:"
              + " those that Java trusts.")
  private @Nullable Path authorities;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "PEM file of the certificate to show; implies --tls; with --tls-key.")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "PEM file of the certificate's private key (PKCS#8).")
  private @Nullable Path key;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "File that holds the token to send. Default: the environment variable SYNTHORAX_TOKEN, or"
              + " none.")
  private @Nullable Path tokenFile;

  /** Whether the command line says anything of it. */
  boolean given() {
    return tls || authorities != null || certificate != null || key != null || tokenFile != null;
  }

  /**
   * As given.
   *
   * @throws UsageException if it cannot be used
   */
  ClientSecurity read(Map<String, String> environment) {
    try {
      return new ClientSecurity(
          tls || authorities != null || certificate != null,
          authorities,
          certificate,
          key,
          token(environment));
    } catch (IllegalArgumentException e) {
      throw new UsageException("TLS or token: " + e.getMessage());
    }
  }

  private String token(Map<String, String> environment) {
    if (tokenFile == null) {
      return environment.getOrDefault(VARIABLE, "").strip();
    }
    try {
      return Files.readString(tokenFile).strip();
    } catch (IOException e) {
      throw new UsageException(
          "--token-file: " + tokenFile + " cannot be read (expected: a file with one token)");
    }
  }

  /** What a later command needs to reach the same server, each word after a space; no token. */
  String again() {
    var words = new StringBuilder();
    if (tls) {
      words.append(" --tls");
    }
    append(words, " --tls-ca ", authorities);
    append(words, " --tls-cert ", certificate);
    append(words, " --tls-key ", key);
    append(words, " --token-file ", tokenFile);
    return words.toString();
  }

  private static void append(StringBuilder words, String option, @Nullable Path file) {
    if (file != null) {
      words.append(option).append(file);
    }
  }
}
