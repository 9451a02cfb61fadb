package dev.synthorax.server;

import picocli.CommandLine.Command;

/** What is done to models in a process of its own; a server's models are the client's to list. */
@Command(
    name = "models",
    description = "Works on models that lie in folders.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionLine.class,
    subcommands = ExportCommand.class,
    synopsisSubcommandLabel = "COMMAND")
final class ModelsCommand {}
