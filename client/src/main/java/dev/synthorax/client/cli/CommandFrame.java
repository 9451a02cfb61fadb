package dev.synthorax.client.cli;

import dev.synthorax.client.ClientRelease;
import dev.synthorax.client.cli.terminal.Terminal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** What all commands have alike: help of 80 columns, a version, and commands in groups. */
final class CommandFrame {
  /** System property by which the launcher tells the commit of its checkout. */
  private static final String COMMIT = "synthorax.commit";

  private static final Map<String, List<String>> GROUPS = groups();

  private CommandFrame() {}

  /** Puts {@code root} and all commands below it into the frame. */
  static void around(CommandLine root) {
    root.setUsageHelpWidth(Terminal.WIDTH)
        .setUsageHelpAutoWidth(false)
        .setColorScheme(Help.defaultColorScheme(Ansi.OFF));
    root.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, help -> "");
    root.getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, CommandFrame::commandList);
    addStandardOptions(root.getCommandSpec());
  }

  /** Returns one line: version, commit where it is known, and what runs it. */
  static String versionLine() {
    List<String> facts = new ArrayList<>();
    String commit = System.getProperty(COMMIT, "");
    if (!commit.isEmpty()) {
      facts.add("commit " + commit);
    }
    facts.add("JDK " + Runtime.version());
    facts.add(System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    return "synthorax " + ClientRelease.version() + " (" + String.join(", ", facts) + ")";
  }

  private static void addStandardOptions(CommandSpec command) {
    if (command.findOption("--help") == null) {
      command.addOption(
          OptionSpec.builder("-h", "--help")
              .usageHelp(true)
              .type(boolean.class)
              .description("Show this help.")
              .build());
    }
    if (command.findOption("--version") == null) {
      command.addOption(
          OptionSpec.builder("-V", "--version")
              .versionHelp(true)
              .type(boolean.class)
              .description("Show the version.")
              .build());
    }
    command.versionProvider(() -> new String[] {versionLine()});
    command.subcommands().values().forEach(below -> addStandardOptions(below.getCommandSpec()));
  }

  private static Map<String, List<String>> groups() {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    groups.put("Images", List.of("demo", "generate", "models", "serve"));
    groups.put("Reading", List.of("segment", "classify"));
    groups.put("Datasets", List.of("phantom", "dataset", "augment"));
    groups.put("Training", List.of("train"));
    groups.put("Readers", List.of("review"));
    groups.put("Measuring", List.of("metrics", "stats", "report", "bench"));
    groups.put("Further", List.of("trainer", "completion", "help"));
    return groups;
  }

  private static String commandList(Help help) {
    StringBuilder list = new StringBuilder();
    Map<String, Help> commands = help.subcommands();
    GROUPS.forEach(
        (group, names) -> {
          list.append(System.lineSeparator()).append(group).append(':');
          list.append(System.lineSeparator());
          Map<String, Help> members = new LinkedHashMap<>();
          for (String name : names) {
            Help member = commands.get(name);
            if (member != null) {
              members.put(name, member);
            }
          }
          list.append(help.commandList(members));
        });
    return list.toString();
  }

  /** Returns the names of all commands in the order of the help. */
  static List<String> names() {
    return GROUPS.values().stream().flatMap(List::stream).toList();
  }
}
