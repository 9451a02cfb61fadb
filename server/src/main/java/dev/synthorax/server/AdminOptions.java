package dev.synthorax.server;

import dev.synthorax.server.config.AdminConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where a server is watched; what is said here goes before what a file says. */
final class AdminOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      description = "Port of the page /metrics, for Prometheus (0: any free one; default: none).")
  private @Nullable Integer metricsPort;

  @Option(
      names = "--admin-port",
      paramLabel = "PORT",
      description =
          "Port of gRPC's own services, channelz and reflection (0: any free one; default: none).")
  private @Nullable Integer port;

  @Option(
      names = "--admin-host",
      paramLabel = "ADDRESS",
      description = "Address that both of them listen on (default: 127.0.0.1).")
  private @Nullable String host;

  /**
   * What is configured, where nothing is said here.
   *
   * @throws ParameterException if a port is none
   */
  AdminConfig over(AdminConfig configured) {
    return new AdminConfig(
        host == null ? configured.host() : host,
        port("--admin-port", port, configured.port()),
        port("--metrics-port", metricsPort, configured.metricsPort()));
  }

  private int port(String option, @Nullable Integer said, int configured) {
    if (said != null && (said < 0 || said > AdminConfig.MAX_PORT)) {
      throw new ParameterException(
          spec.commandLine(),
          "%s: %d (expected: 0 to %d)".formatted(option, said, AdminConfig.MAX_PORT));
    }
    return said == null ? configured : said;
  }
}
