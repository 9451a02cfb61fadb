package dev.synthorax.client;

import static java.util.Objects.requireNonNull;

import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a client knows its server and says who it is.
 *
 * @param tls whether connections are encrypted
 * @param authorities PEM file of the authorities that sign servers' certificates; null: those that
 *     Java trusts
 * @param certificate PEM file of this client's own certificate chain; null: none
 * @param key PEM file of its private key, PKCS#8; null: none
 * @param token sent with every call; empty: none. Without TLS it goes to this machine alone
 */
public record ClientSecurity(
    boolean tls,
    @Nullable Path authorities,
    @Nullable Path certificate,
    @Nullable Path key,
    String token) {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  /** What a token may hold: RFC 6750's characters. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]*=*");

  private static final Pattern HERE =
      Pattern.compile("(dns:/*)?(localhost|127(\\.\\d{1,3}){3}|\\[::1\\])(:\\d+)?");

  /** Plain text, and no token. */
  public static final ClientSecurity NONE = new ClientSecurity(false, null, null, null, "");

  /**
   * Checks what is given.
   *
   * @throws IllegalArgumentException if a file is given without TLS, a certificate without its key,
   *     or a token has characters that no token has
   */
  public ClientSecurity {
    requireNonNull(token, "token");
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException(
          certificate == null
              ? "a key without its certificate (expected: both, or neither)"
              : "a certificate without its key (expected: both, or neither)");
    }
    if (!tls && (authorities != null || certificate != null)) {
      throw new IllegalArgumentException("certificates without TLS (expected: TLS, too)");
    }
    if (!TOKEN.matcher(token).matches()) { // not quoted
      throw new IllegalArgumentException(
          "a token of %d characters with others than letters, digits and ._~+/-="
              .formatted(token.length()));
    }
  }

  /**
   * What a channel is made with.
   *
   * @throws IllegalArgumentException in one line if a file is not what it should be
   */
  ChannelCredentials credentials() {
    if (!tls) {
      return InsecureChannelCredentials.create();
    }
    var builder = TlsChannelCredentials.newBuilder();
    try {
      if (authorities != null) {
        builder.trustManager(authorities.toFile());
      }
      if (certificate != null && key != null) {
        builder.keyManager(certificate.toFile(), key.toFile());
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "TLS: %s (expected: PEM files that can be read)".formatted(e.getMessage()), e);
    }
    return builder.build();
  }

  /**
   * What sends the token to a target.
   *
   * @throws IllegalArgumentException if it would be sent in plain text to another machine
   */
  List<ClientInterceptor> interceptors(String target) {
    if (token.isEmpty()) {
      return List.of();
    }
    if (!tls && !HERE.matcher(target).matches()) {
      throw new IllegalArgumentException(
          "a token to %s in plain text (expected: TLS, or a server on this machine)"
              .formatted(target));
    }
    var headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + token);
    return List.of(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "ClientSecurity[tls=%s, authorities=%s, certificate=%s, token=%s]"
        .formatted(tls, authorities, certificate, token.isEmpty() ? "none" : "***");
  }
}
