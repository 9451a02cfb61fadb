package dev.synthorax.client.resident;

import dev.synthorax.client.ClientOptions;
import dev.synthorax.client.ClientRelease;
import dev.synthorax.client.ServerCommand;
import dev.synthorax.client.ServerProcess;
import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.storage.FolderLock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The place of a user's one server in the background: starts it, finds it, ends it.
 *
 * <p><b>Threading:</b> any thread; of several processes that start a server one does.
 */
public final class Residence {
  private static final long LOOK_MILLIS = 50;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ResidentFile file;

  /** Of the user whose environment that is. */
  public Residence(Map<String, String> environment) {
    this(ResidentFile.of(environment));
  }

  Residence(ResidentFile file) {
    this.file = file;
  }

  /** Returns where a server in the background writes what it logs. */
  public Path log() {
    return file.log();
  }

  /**
   * Returns the server that runs; null where none does, whatever an earlier one left behind.
   *
   * @throws IOException in one line if what is written of it cannot be trusted or read
   */
  public @Nullable ResidentServer running() throws IOException {
    ResidentServer server = file.read();
    return server != null && server.runs() ? server : null;
  }

  /** Asks a server whether it serves now; blocks for some seconds at most. */
  public boolean serves(ResidentServer server) {
    try (SynthoraxClient client = SynthoraxClient.open(server.target(), ClientOptions.DEFAULT)) {
      return client.servingAsync(PATIENCE).join();
    } catch (CompletionException e) {
      return false; // ending, or too busy to say so
    }
  }

  /**
   * Starts a server that stays, and waits until it serves.
   *
   * @param setup how
   * @param further options of {@code serve} that change no answer
   * @throws IOException in one line if one runs already, or this cannot be written down
   * @throws dev.synthorax.client.ServerStartException if it does not come to serve
   */
  public ResidentServer detach(ServerSetup setup, List<String> further, Duration startTimeout)
      throws IOException {
    setup.requireAbsoluteFolders();
    file.prepareFolder();
    try (FolderLock _ =
        FolderLock.of(file.lock(), "another 'serve --detach' is under way (expected: one)")) {
      ResidentServer before = running();
      if (before != null) {
        throw new IOException(
            "a server runs in the background already, at "
                + before.shown()
                + " (expected: none; 'synthorax serve --stop' ends it)");
      }
      file.freshLog();
      List<String> options = new ArrayList<>(setup.options());
      options.addAll(further);
      Instant since = Instant.now();
      ServerProcess process =
          ServerProcess.startDetached(
              new ServerCommand(setup.command()), options, file.log(), startTimeout);
      try {
        var server =
            new ResidentServer(
                process.port(),
                process.process().pid(),
                process.process().info().startInstant().orElse(since),
                since,
                ClientRelease.version(),
                setup);
        file.write(server);
        return server;
      } catch (IOException | RuntimeException e) {
        process.close();
        throw e;
      }
    }
  }

  /**
   * Ends a server as a signal does: calls under way may finish within its grace. Waits for that;
   * commands do not find it any more.
   *
   * @throws IOException if it cannot be ended
   */
  public void end(ResidentServer server) throws IOException, InterruptedException {
    file.remove();
    boolean told =
        server.runs() && ProcessHandle.of(server.pid()).map(ProcessHandle::destroy).orElse(false);
    if (!told && server.runs()) {
      throw new IOException(server.shown() + ": the system lets nobody end it");
    }
    while (server.runs()) {
      Thread.sleep(LOOK_MILLIS); // of a process that is not a child nothing tells the end
    }
  }
}
