package dev.synthorax.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TenantsConfigTest {
  private static final String A = "a".repeat(64);

  @TempDir private Path folder;

  private TenantsConfig read(String yaml) throws IOException {
    return TenantsConfig.read(Files.writeString(folder.resolve("tokens.yaml"), yaml));
  }

  @Test
  void read_everyKey_isAsWritten() throws IOException {
    var config =
        read(
            """
            tenants:
              ward-3:
                tokens: [%s]
                roles: [infer, review]
                calls: 4
                calls-per-second: 2.5
                upload-bytes-per-hour: 1000
            """
                .formatted(A));

    var ward = config.tenants().get("ward-3");
    assertThat(ward)
        .isEqualTo(new TenantConfig(List.of(A), List.of("infer", "review"), 4, 2.5, 1000L));
    assertThat(config.tenants()).hasSize(1);
  }

  @Test
  void read_noLimits_areNone() throws IOException {
    var config = read("tenants: {a: {tokens: [%s], roles: [admin]}}".formatted(A));

    assertThat(config.tenants().get("a"))
        .isEqualTo(new TenantConfig(List.of(A), List.of("admin"), null, null, null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}| none (expected: at least one)",
        "tenants: {a: {tokens: [], roles: [infer]}}| tokens: none (expected: at least one)",
        "tenants: {a: {roles: [infer]}}| tokens: none (expected: at least one)",
        "tenants: {a: {tokens: [A]}}| roles: none (expected: at least one)",
        "tenants: {a: {tokens: [A], roles: [root]}}| roles: root (expected: of infer, train,"
            + " review, monitor, admin)",
        "tenants: {a: {tokens: [my-secret], roles: [infer]}}| one of 9 characters (expected: a"
            + " token's SHA-256",
        "tenants: {a: {tokens: [A], roles: [infer], calls: 0}}| calls: 0 (expected: 1 to",
        "tenants: {a: {tokens: [A], roles: [infer], role: x}}| role: unknown key",
        "tenants: {a b: {tokens: [A], roles: [infer]}}| tenants: a b (expected: 1 to 64",
        "tenants: {a: {tokens: [A], roles: [infer]}, b: {tokens: [A], roles: [infer]}}| have one"
            + " token",
      })
  void read_wrong_saysWhereInOneLine(String yaml, String said) {
    assertThatThrownBy(() -> read(yaml.replace("[A]", "[" + A + "]")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(folder.toString())
        .hasMessageContaining(said.strip())
        .hasMessageNotContaining("my-secret");
  }
}
