package dev.synthorax.client.resident;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A server in the background, as it was written down when it began to serve.
 *
 * @param port where it listens
 * @param pid of its process
 * @param started when the system says that this process began; tells it from another of that number
 * @param since what was changed on the disk later it may not know
 * @param version of the program
 * @param setup all that decides how it answers
 */
public record ResidentServer(
    int port, long pid, Instant started, Instant since, String version, ServerSetup setup) {
  /** The system's clock may be set while a server runs, which moves what it says of the past. */
  private static final Duration CLOCK = Duration.ofSeconds(3);

  /** Checks what is given. */
  public ResidentServer {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
    }
    requireNonNull(started, "started");
    requireNonNull(since, "since");
    requireNonNull(version, "version");
    requireNonNull(setup, "setup");
  }

  /** Returns where commands reach it, {@code 127.0.0.1:port}. */
  public String target() {
    return "127.0.0.1:" + port;
  }

  /** Returns it in few words, for people. */
  public String shown() {
    return target() + " (pid " + pid + ")";
  }

  /**
   * Whether its process runs. One that ended, but that nobody waited for, has no program any more.
   */
  boolean runs() {
    return ProcessHandle.of(pid)
        .map(ProcessHandle::info)
        .filter(info -> info.command().isPresent())
        .flatMap(ProcessHandle.Info::startInstant)
        .filter(start -> Duration.between(started, start).abs().compareTo(CLOCK) <= 0)
        .isPresent();
  }

  /**
   * Says why it would answer otherwise than a server that is started now; null where it would not.
   *
   * @param version of that server
   * @param wanted how that server would be started
   */
  public @Nullable String difference(String version, ServerSetup wanted) {
    if (!this.version.equals(version)) {
      return "has version " + this.version;
    }
    String other = wanted.differenceFrom(setup);
    if (other != null) {
      return "was started with " + other;
    }
    Path newer = setup.newerThan(since);
    return newer == null ? null : "is older than " + newer;
  }
}
