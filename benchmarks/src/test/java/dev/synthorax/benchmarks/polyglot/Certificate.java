package dev.synthorax.benchmarks.polyglot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;

/** A certificate of this machine that signs itself, for both sides of a connection. */
final class Certificate {
  private static final String PASSWORD = "secret";

  private Certificate() {}

  /** Writes {@code certificate.pem} and {@code key.pem}, good for two days. */
  static void write(Path folder)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path file = folder.resolve("both.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    String names = "san=dns:localhost,ip:127.0.0.1";
    new Commands(folder, Map.of())
        .run(
            keytool,
            "-genkeypair",
            "-keyalg",
            "EC",
            "-validity",
            "2",
            "-alias",
            "both",
            "-dname",
            "CN=localhost",
            "-ext",
            names,
            "-keystore",
            file.toString(),
            "-storepass",
            PASSWORD);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    pem(folder, "certificate.pem", "CERTIFICATE", keys.getCertificate("both").getEncoded());
    pem(folder, "key.pem", "PRIVATE KEY", keys.getKey("both", PASSWORD.toCharArray()).getEncoded());
  }

  private static void pem(Path folder, String name, String what, byte[] content)
      throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        folder.resolve(name),
        "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(what, text, what),
        StandardCharsets.US_ASCII);
  }
}
