package dev.synthorax.server.pipeline;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.files.Sha256;
import dev.synthorax.server.config.PipelineConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;

/** The version of a pipeline: a hash over all that decides its pictures. */
final class ContentVersion {
  private static final int DIGITS = 12;

  private ContentVersion() {}

  /**
   * The version.
   *
   * @param networksHash hash over configurations and weights of the networks
   * @return {@value #DIGITS} hexadecimal digits
   * @throws InferenceException {@code MODEL_FAILED} if a file cannot be read
   */
  static String of(Path folder, String networksHash) {
    MessageDigest digest = Sha256.digest();
    digest.update(networksHash.getBytes(StandardCharsets.UTF_8));
    try {
      add(digest, folder.resolve(PipelineConfig.FILE));
      for (String part : List.of("scheduler", "tokenizer")) {
        if (Files.isDirectory(folder.resolve(part))) {
          try (var files = Files.list(folder.resolve(part))) {
            for (Path file : files.sorted().toList()) {
              add(digest, file);
            }
          }
        }
      }
    } catch (IOException e) {
      throw new InferenceException(
          ErrorReason.MODEL_FAILED, "the folder cannot be read (expected: readable files)", e);
    }
    return Sha256.hex(digest).substring(0, DIGITS);
  }

  private static void add(MessageDigest digest, Path file) throws IOException {
    if (Files.isRegularFile(file)) {
      digest.update(String.valueOf(file.getFileName()).getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      digest.update(Files.readAllBytes(file));
    }
  }
}
