package dev.synthorax.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.ServerCommand;
import dev.synthorax.client.cli.SynthoraxCommand;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole way: a server in the background, and commands that find it. */
@Timeout(120)
class ResidentServerIT {
  @TempDir private Path folder;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  private int run(String... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    return SynthoraxCommand.execute(
        Map.of(
            ServerCommand.VARIABLE,
            RealServer.command(),
            "XDG_STATE_HOME",
            folder.resolve("state").toString()),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        arguments);
  }

  private int serving(String models, String... arguments) {
    return run(
        Stream.concat(
                Arrays.stream(arguments),
                Stream.of("--models", models, "--data", folder.resolve("data").toString()))
            .toArray(String[]::new));
  }

  @AfterEach
  void stop() {
    run("serve", "--stop");
  }

  @Test
  void serve_detached_isUsedByCommandsThatWouldStartTheSame() throws IOException {
    String models = TinySegmenter.write(folder.resolve("models/marks")).toString();
    Path film = folder.resolve("film.png");
    Files.write(film, Png.encode(GrayImage.of(16, 16, new byte[256])));

    assertThat(serving(models, "serve", "--detach", "--port", "0")).as(err.toString()).isZero();
    assertThat(out.toString()).startsWith("Serving in the background at 127.0.0.1:");

    for (String marked : new String[] {"first", "second"}) {
      int code =
          serving(models, "segment", film.toString(), "--out", folder.resolve(marked).toString());

      assertThat(code).as(err.toString()).isZero();
      assertThat(err.toString())
          .contains("Using the server in the background, 127.0.0.1:")
          .doesNotContain("Starting a server");
      assertThat(folder.resolve(marked).resolve("masks/film-heart.png")).isNotEmptyFile();
    }

    assertThat(serving(models, "serve", "--detach", "--port", "0")).isEqualTo(1);
    assertThat(err.toString()).contains("a server runs in the background already");
    assertThat(run("serve", "--status")).isZero();
    assertThat(out.toString()).contains("A server runs in the background", "--models " + models);

    assertThat(serving(folder.resolve("none").toString(), "models")).isEqualTo(1);
    assertThat(err.toString())
        .contains("was started with other options (", "; it is not used")
        .contains("none: no such folder");

    assertThat(run("serve", "--stop")).isZero();
    assertThat(out.toString()).startsWith("Ended 127.0.0.1:");
    assertThat(Files.readString(folder.resolve("state/synthorax/server.log")))
        .contains("Serving", "Ending");
    assertThat(run("serve", "--status")).isEqualTo(1);
  }

  @Test
  void serve_detachedWithoutModels_saysWhyAndLeavesNothing() {
    int code = serving(folder.resolve("none").toString(), "serve", "--detach", "--port", "0");

    assertThat(code).isEqualTo(1);
    assertThat(err.toString()).contains("error: the server did not start: ", "no such folder");
    assertThat(run("serve", "--status")).isEqualTo(1);
  }

  @Test
  void serve_detachedWithAnOptionThatIsNone_exitsWith2() {
    assertThat(run("serve", "--detach", "--prt", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("'--prt', '0'; did you mean --port?");
  }
}
