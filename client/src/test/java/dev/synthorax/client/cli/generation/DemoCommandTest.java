package dev.synthorax.client.cli.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.synthorax.client.FakeServerMain;
import dev.synthorax.client.ServerCommand;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class DemoCommandTest extends GenerateCase {
  @Test
  void demo_defaultCount_showsEveryKindAndExitsWithZero() throws IOException {
    int exit = runOnFake("demo", "--out", temp.toString());

    assertThat(exit).isZero();
    List<JsonNode> lines = manifest(temp);
    assertThat(lines).hasSize(12);
    assertThat(lines.stream().filter(line -> mode(line).equals("T2I"))).hasSize(7);
    assertThat(lines.stream().filter(line -> mode(line).equals("M2I"))).hasSize(3);
    assertThat(lines.stream().filter(line -> mode(line).equals("TM2I"))).hasSize(2);
    assertThat(out.toString()).contains(temp.resolve("report.html").toString());
    assertThat(temp.resolve("report.html")).isNotEmptyFile();
  }

  @Test
  void demo_threeImages_areOneOfEachMode() throws IOException {
    int exit = runOnFake("demo", "--count", "3", "--out", temp.toString());

    assertThat(exit).isZero();
    assertThat(manifest(temp))
        .extracting(DemoCommandTest::mode)
        .containsExactly("T2I", "M2I", "TM2I");
  }

  @Test
  void demo_moreThanTheCycle_takesOtherSeedsAndOtherMasks() throws IOException {
    int exit = runOnFake("demo", "--count", "24", "--out", temp.toString());

    assertThat(exit).isZero();
    Set<String> masks = new HashSet<>();
    manifest(temp)
        .forEach(
            line ->
                line.path("structures").forEach(mask -> masks.add(mask.path("sha256").asText())));
    assertThat(manifest(temp).stream().map(line -> line.path("seed").asLong()).distinct())
        .hasSize(24);
    assertThat(masks).hasSizeGreaterThanOrEqualTo(20);
  }

  @Test
  void demo_noServerGiven_startsOneAndEndsIt() throws IOException {
    String command = String.join("\n", FakeServerMain.command());

    int exit =
        run(
            Map.of(ServerCommand.VARIABLE, command),
            "demo",
            "--count",
            "1",
            "--out",
            temp.toString());

    assertThat(err.toString()).contains("Server ready after");
    assertThat(exit).isZero();
    assertThat(manifest(temp)).hasSize(1);
  }

  @Test
  void demo_serverThatDoesNotStart_isOneErrorLineAndOne() {
    String command = String.join("\n", FakeServerMain.command("fail=unet/config.json: truncated"));

    int exit = run(Map.of(ServerCommand.VARIABLE, command), "demo", "--out", temp.toString());

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .endsWith("error: the server did not start: unet/config.json: truncated\n")
        .doesNotContain("\tat ");
  }

  private static String mode(JsonNode line) {
    return line.path("mode").asText();
  }
}
