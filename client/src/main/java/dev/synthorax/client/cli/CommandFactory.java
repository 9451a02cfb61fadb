package dev.synthorax.client.cli;

import dev.synthorax.client.cli.option.ServerOptions;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/**
 * Makes picocli's objects; what finds or starts a server gets the environment that the process was
 * given.
 */
final class CommandFactory implements IFactory {
  private final Map<String, String> environment;

  CommandFactory(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (type == ServerOptions.class) {
      return type.cast(new ServerOptions(environment));
    }
    if (type == ServeCommand.class) {
      return type.cast(new ServeCommand(environment));
    }
    return CommandLine.defaultFactory().create(type);
  }
}
