package dev.synthorax.client.cli.option;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.FakeServerMain;
import dev.synthorax.client.ServerCommand;
import dev.synthorax.client.cli.SynthoraxCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerOptionsTest {
  @TempDir private Path folder;

  @Test
  void open_dataFolder_isHandedToTheServerThatIsStarted() {
    StringWriter err = new StringWriter();

    int exit =
        SynthoraxCommand.execute(
            Map.of(ServerCommand.VARIABLE, String.join("\n", FakeServerMain.command())),
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            "models",
            "--data",
            folder.toString(),
            "--verbose");

    assertThat(exit).isZero();
    assertThat(err.toString())
        .contains("server: arguments: serve --port 0 --exit-with-stdin --data " + folder);
  }
}
