package dev.synthorax.server;

import dev.synthorax.server.config.Release;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.IVersionProvider;

/** One line on which Synthorax this is: version, commit where it is known, and what runs it. */
final class VersionLine implements IVersionProvider {
  /** System property by which the launcher tells the commit of its checkout. */
  private static final String COMMIT = "synthorax.commit";

  /** Made by picocli. */
  VersionLine() {}

  @Override
  public String[] getVersion() {
    List<String> facts = new ArrayList<>();
    String commit = System.getProperty(COMMIT, "");
    if (!commit.isEmpty()) {
      facts.add("commit " + commit);
    }
    facts.add("JDK " + Runtime.version());
    facts.add(System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    return new String[] {"synthorax " + Release.version() + " (" + String.join(", ", facts) + ")"};
  }
}
