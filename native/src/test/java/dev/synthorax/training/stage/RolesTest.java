package dev.synthorax.training.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RolesTest {
  private static final Roles ROLES = new Roles(List.of("base"), List.of("proxy"));

  @TempDir Path folder;

  @Test
  void check_missingUnknownAndNoFolder_areAllNamed() {
    assertThatThrownBy(
            () -> ROLES.check("some", Map.of("proxi", folder, "proxy", folder.resolve("none"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "models of some: missing: base; unknown: proxi; proxy: %s is no folder (expected:"
                + " base=DIR, perhaps proxy=DIR)",
            folder.resolve("none"));
    assertThatThrownBy(() -> Roles.NONE.check("some", Map.of("base", folder)))
        .hasMessage("models of some: unknown: base (expected: none)");
    assertThatCode(() -> ROLES.check("some", Map.of("base", folder))).doesNotThrowAnyException();
  }

  @Test
  void identify_weightsAndConfigurations_areInItButNotWhatPeopleRead() throws IOException {
    Files.createDirectories(folder.resolve("unet"));
    Files.writeString(folder.resolve("unet/config.json"), "{}");
    Files.writeString(folder.resolve("MODEL_CARD.md"), "# A model");

    Identity before = Roles.identify(Identity.NONE, Map.of("base", folder));
    Files.writeString(folder.resolve("unet/config.json"), "{ }");
    Identity after = Roles.identify(Identity.NONE, Map.of("base", folder));

    assertThat(before.fields()).containsOnlyKeys("base.unet/config.json");
    assertThat(before.differences(after)).singleElement().asString().startsWith("base.unet/config");
  }
}
