package dev.synthorax.server.access;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.server.config.SecurityConfig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AccessTest {
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost", "::1", "127.1.2.3"})
  void requireSafe_thisMachineAlone_isAlwaysSafe(String host) {
    assertThatCode(() -> Access.requireSafe(host, SecurityConfig.DEFAULT))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|''|''|without TLS and tokens",
        "a|''|''|without tokens or client certificates",
        "''|''|t|without TLS ",
      })
  void requireSafe_othersReachIt_wantsTlsAndCallers(
      String tls, String clientCa, String tokens, String said) {
    assertThatThrownBy(
            () -> Access.requireSafe("0.0.0.0", new SecurityConfig(tls, tls, clientCa, tokens)))
        .hasMessageStartingWith("host: 0.0.0.0, which other machines reach, " + said.strip());
  }

  @ParameterizedTest
  @CsvSource({"c, ''", "'', t", "c, t"})
  void requireSafe_tlsAndCallers_areSafe(String clientCa, String tokens) {
    assertThatCode(
            () -> Access.requireSafe("0.0.0.0", new SecurityConfig("a", "a", clientCa, tokens)))
        .doesNotThrowAnyException();
  }
}
