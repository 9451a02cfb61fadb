package dev.synthorax.benchmarks.attack;

import io.grpc.ManagedChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/**
 * A model's version and the pixels of one fixed request.
 *
 * @param version as the server names it
 * @param pixels digest of the image; the failure where there is none
 */
record Reference(String version, String pixels) {
  private static final int DIGITS = 12;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Asks a server's model; empty: its default. */
  static Reference of(AttackedServer server, String model) {
    ManagedChannel channel = Wire.channel(server.target());
    try {
      byte[] request = server.request(Specs.usual(3).toBuilder().setModel(model).build());
      Answer answer = Wire.call(channel, Wire.GENERATE, request, LIMIT).join();
      if (!answer.ok()) {
        return new Reference("", answer.shown());
      }
      byte[] response = answer.messages().getFirst();
      return new Reference(
          Wire.versionOfResponse(response),
          digest(Wire.imagesOfResponse(response).getFirst().data().toByteArray()));
    } finally {
      channel.shutdownNow();
    }
  }

  static String digest(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes)).substring(0, DIGITS);
  }

  static String digest(String text) {
    return digest(text.getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** What another server's answer is, next to this one. */
  String compare(Reference other) {
    return other.equals(this)
        ? "same version and pixels"
        : !other.version().equals(version)
            ? other.version().isEmpty() ? other.pixels() : "another version"
            : "other pixels under the same version";
  }
}
