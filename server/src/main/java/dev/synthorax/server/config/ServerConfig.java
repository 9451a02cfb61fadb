package dev.synthorax.server.config;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;

/**
 * The limits of a server.
 *
 * @param connections what one connection may do
 * @param memory what requests may hold of the heap
 * @param training what training may take of the machine
 * @param access what clients may do beside asking
 * @param security how the server knows who calls
 * @param admin where those who run the server watch it
 * @param callThreads threads that read and check requests; 1 to 1,024
 * @param grace time that running requests get when the server stops; up to 1 h
 * @param endLimit time that the rest of its end may take before the process is halted; 1 s to 1 h
 */
public record ServerConfig(
    ConnectionConfig connections,
    MemoryConfig memory,
    TrainingConfig training,
    AccessConfig access,
    SecurityConfig security,
    AdminConfig admin,
    int callThreads,
    Duration grace,
    Duration endLimit) {

  /** What holds where the file says nothing. */
  public static final ServerConfig DEFAULT =
      new ServerConfig(
          ConnectionConfig.DEFAULT,
          MemoryConfig.DEFAULT,
          TrainingConfig.DEFAULT,
          AccessConfig.DEFAULT,
          SecurityConfig.DEFAULT,
          AdminConfig.DEFAULT,
          Math.max(4, Runtime.getRuntime().availableProcessors()),
          Duration.ofSeconds(30),
          Duration.ofSeconds(20));

  /**
   * Checks.
   *
   * @throws IllegalArgumentException naming the key
   */
  public ServerConfig {
    requireNonNull(connections, "connections");
    requireNonNull(memory, "memory");
    requireNonNull(training, "training");
    requireNonNull(access, "access");
    requireNonNull(security, "security");
    requireNonNull(admin, "admin");
    Ranges.require("call-threads", callThreads, 1, 1024);
    Ranges.require("grace", grace, Duration.ZERO, Duration.ofHours(1));
    Ranges.require("end-limit", endLimit, Duration.ofSeconds(1), Duration.ofHours(1));
  }

  /** The same with another grace. */
  public ServerConfig withGrace(Duration other) {
    return new ServerConfig(
        connections, memory, training, access, security, admin, callThreads, other, endLimit);
  }

  /** The same with other rights of clients. */
  public ServerConfig withAccess(AccessConfig other) {
    return new ServerConfig(
        connections, memory, training, other, security, admin, callThreads, grace, endLimit);
  }

  /** The same with other callers. */
  public ServerConfig withSecurity(SecurityConfig other) {
    return new ServerConfig(
        connections, memory, training, access, other, admin, callThreads, grace, endLimit);
  }

  /** The same, watched elsewhere. */
  public ServerConfig withAdmin(AdminConfig other) {
    return new ServerConfig(
        connections, memory, training, access, security, other, callThreads, grace, endLimit);
  }

  /**
   * Reads a YAML file over the defaults; durations as {@code PT30S}.
   *
   * @throws IllegalArgumentException in one line, naming the file, if it cannot be read, has an
   *     unknown key or a value out of its range
   */
  public static ServerConfig read(Path file) {
    return ConfigFile.read(file, file.toString(), DEFAULT);
  }
}
