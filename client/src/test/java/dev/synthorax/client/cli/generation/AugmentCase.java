package dev.synthorax.client.cli.generation;

import dev.synthorax.client.FakeServer;
import dev.synthorax.client.FakeServices;
import dev.synthorax.client.augment.AugmentForTests;
import dev.synthorax.client.cli.SynthoraxCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A small source, a plan, fake servers, and the command run on them. */
abstract class AugmentCase {
  @TempDir static Path shared;
  @TempDir Path temp;
  final StringWriter out = new StringWriter();
  final StringWriter err = new StringWriter();
  final FakeServices fake = new FakeServices(AugmentForTests::picture);
  final List<FakeServer> servers = new ArrayList<>();

  @BeforeEach
  void open() throws IOException, InterruptedException {
    if (!Files.exists(shared.resolve("source"))) {
      AugmentForTests.writeSource(shared.resolve("source"), 20);
    }
    Files.writeString(shared.resolve("plan.yaml"), AugmentForTests.plan(40));
    fake.know(AugmentForTests.FINDINGS);
  }

  @AfterEach
  void close() {
    servers.forEach(FakeServer::close);
  }

  final String serve(FakeServices services) throws IOException {
    FakeServer server = FakeServer.start(services);
    servers.add(server);
    return server.target();
  }

  final int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return SynthoraxCommand.execute(
        Map.of(), new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  final int augment(Path folder, String server, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "augment",
                shared.resolve("plan.yaml").toString(),
                "--out",
                folder.toString(),
                "--server",
                server));
    words.addAll(List.of(more));
    return run(words.toArray(String[]::new));
  }
}
