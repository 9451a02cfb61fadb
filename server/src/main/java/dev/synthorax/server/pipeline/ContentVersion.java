package dev.synthorax.server.pipeline;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.files.Sha256;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.weights.ModelFile;
import java.nio.charset.StandardCharsets;
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
  static String of(DiffusersFolder folder, String networksHash) {
    MessageDigest digest = Sha256.digest();
    digest.update(networksHash.getBytes(StandardCharsets.UTF_8));
    add(digest, folder.settings());
    for (ModelFile part : List.of(folder.scheduler(), folder.tokenizer())) {
      for (ModelFile file : part.files()) {
        add(digest, file);
      }
    }
    return Sha256.hex(digest).substring(0, DIGITS);
  }

  private static void add(MessageDigest digest, ModelFile file) {
    if (file.exists() && !file.isFolder()) {
      digest.update(String.valueOf(file.path().getFileName()).getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      file.addTo(digest);
    }
  }
}
