package dev.synthorax.training;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Configurations and recipes that a new work folder starts with. */
final class Template {
  private Template() {}

  /**
   * Copies a file into a work folder unless it is there already, so that what somebody edited
   * stays.
   *
   * @param name below this package's resources
   * @param target its folder is made if missing
   */
  static void copy(String name, Path target) throws IOException {
    if (Files.exists(target)) {
      return;
    }
    Files.createDirectories(target.toAbsolutePath().getParent());
    try (InputStream source = Template.class.getResourceAsStream(name)) {
      if (source == null) {
        throw new IllegalStateException(name + ": not among the training templates");
      }
      Files.copy(source, target);
    }
  }
}
