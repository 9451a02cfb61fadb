package dev.synthorax.client.resident;

import dev.synthorax.client.ClientRelease;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/** Servers in the background as others find them, without a process of their own. */
public final class Residents {
  private Residents() {}

  /** Returns one that this very process is. */
  static ResidentServer here(int port, ServerSetup setup) {
    ProcessHandle process = ProcessHandle.current();
    return new ResidentServer(
        port,
        process.pid(),
        process.info().startInstant().orElseThrow(),
        Instant.now(),
        ClientRelease.version(),
        setup);
  }

  /** Writes one down that this very process is. */
  public static void publish(Path stateHome, int port, ServerSetup setup) throws IOException {
    ResidentFile file = ResidentFile.of(Map.of("XDG_STATE_HOME", stateHome.toString()));
    file.prepareFolder();
    file.write(here(port, setup));
  }
}
