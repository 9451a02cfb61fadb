package dev.synthorax.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.server.config.Release;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ServeCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--port=-1",
        "--port=65536",
        "--port=many",
        "--threads=0",
        "--devices=0,x",
        "--http-port=70000",
        "--admin-port=-1",
        "--metrics-port=70000",
        "--log-format=xml",
        "--grace-seconds=-1",
        "--unknown"
      })
  void serve_badUsage_exitsWith2AndSaysWhy(String option) {
    int code = execute("serve", option);

    assertThat(code).isEqualTo(2);
    assertThat(err.toString().lines().findFirst().orElse("")).contains(option.split("=", -1)[0]);
    assertThat(err.toString()).doesNotContain("Exception");
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"--prt, --port", "--modles, --models", "--htp-port=8000, --http-port"})
  void serve_misspeltOption_saysWhatWasMeant(String typed, String meant) {
    int code = execute("serve", typed, "8001");

    assertThat(code).isEqualTo(2);
    assertThat(err.toString())
        .contains("; did you mean " + meant + "? See 'synthorax serve --help'")
        .hasLineCount(1);
  }

  @Test
  void serve_optionLikeNoOther_isNotGuessed() {
    int code = execute("serve", "--frobnicate");

    assertThat(code).isEqualTo(2);
    assertThat(err.toString())
        .contains("'--frobnicate'; see 'synthorax serve --help'")
        .doesNotContain("did you mean");
  }

  @Test
  void serve_missingModelsFolder_exitsWith1InOneLine(@TempDir Path folder) {
    int code = execute("serve", "--port=0", "--models=" + folder.resolve("nowhere"));

    assertThat(code).isEqualTo(1);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "synthorax serve: "
                + folder.resolve("nowhere")
                + ": no such folder (expected: a folder of models)\n");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void serve_help_saysWhatIsPrintedFirst() {
    assertThat(execute("serve", "--help")).isZero();
    assertThat(out.toString()).contains("LISTENING port=N", "Example: synthorax serve");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "serve", "trainer"})
  void version_everyCommand_isTheSameLine(String command) {
    int code = command.isEmpty() ? execute("--version") : execute(command, "--version");

    assertThat(code).isZero();
    assertThat(out.toString())
        .isEqualToNormalizingNewlines(new VersionLine().getVersion()[0] + "\n")
        .startsWith("synthorax " + Release.version() + " (")
        .contains("JDK " + Runtime.version());
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "trainer"})
  void help_everyCommand_fits80Columns(String command) {
    execute(command, "--help");

    assertThat(out.toString().lines()).allMatch(line -> line.length() <= 80);
  }

  @ParameterizedTest
  @CsvSource({
    "[::1,host: [::1 (expected: an address or a name of this machine)",
    "192.0.2.1,cannot listen on 192.0.2.1 port 0: no address of this machine (expected: "
  })
  void serve_hostThatIsNotOurs_exitsWith1AndSaysWhichAre(
      String host, String message, @TempDir Path folder) throws IOException {
    Files.writeString(
        Files.createDirectory(folder.resolve("cxr")).resolve("model_index.json"), "{}");

    int code = execute("serve", "--port=0", "--host=" + host, "--insecure", "--models=" + folder);

    assertThat(code).isEqualTo(1);
    assertThat(err.toString()).startsWith("synthorax serve: " + message).hasLineCount(1);
  }

  @Test
  void serve_addressThatOthersReach_wantsTlsAndTokens(@TempDir Path folder) {
    int code = execute("serve", "--port=0", "--host=0.0.0.0", "--models=" + folder);

    assertThat(code).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("synthorax serve: host: 0.0.0.0, which other machines reach, without TLS and")
        .hasLineCount(1);
  }

  @Test
  void serve_adminAddressThatOthersReach_wantsTlsAndTokens(@TempDir Path folder) {
    int code =
        execute(
            "serve", "--port=0", "--metrics-port=0", "--admin-host=0.0.0.0", "--models=" + folder);

    assertThat(code).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("synthorax serve: host: 0.0.0.0, which other machines reach, without TLS and")
        .hasLineCount(1);
  }

  @Test
  void serve_fileOfTokensIsMissing_exitsWith1AndNamesIt(@TempDir Path folder) throws IOException {
    Files.writeString(
        Files.createDirectory(folder.resolve("cxr")).resolve("model_index.json"), "{}");

    int code =
        execute(
            "serve", "--port=0", "--models=" + folder, "--tokens=" + folder.resolve("none.yaml"));

    assertThat(code).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("synthorax serve: tokens: " + folder.resolve("none.yaml"))
        .hasLineCount(1);
  }

  @Test
  void serve_keyWithoutCertificate_exitsWith2(@TempDir Path folder) {
    int code = execute("serve", "--models=" + folder, "--tls-key=a.pem");

    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("key is set without certificate");
  }

  @Test
  void serve_folderWithControlCharacters_areShownInTheError(@TempDir Path folder) {
    int code = execute("serve", "--models=" + folder.resolve("a\u001b[2J\nb"));

    assertThat(code).isEqualTo(1);
    assertThat(err.toString()).contains("a\\u001b[2J\\nb: no such folder").hasLineCount(1);
  }

  @Test
  void serve_modelWithControlCharactersInItsName_isRefused(@TempDir Path folder)
      throws IOException {
    Path model = Files.createDirectory(folder.resolve("cxr\u001b[31m"));
    Files.writeString(model.resolve("model_index.json"), "{}");

    int code = execute("serve", "--port=0", "--models=" + folder);

    assertThat(code).isEqualTo(1);
    assertThat(err.toString())
        .contains("cxr\\u001b[31m: a model's name with control characters (expected: none")
        .hasLineCount(1);
  }
}
