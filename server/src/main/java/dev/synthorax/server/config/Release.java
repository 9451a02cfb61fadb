package dev.synthorax.server.config;

/** Which Synthorax this is; the build writes it into the jar's manifest. */
public final class Release {
  private Release() {}

  /** The version; {@code development} where no jar says one. */
  public static String version() {
    String version = Release.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** The program's name and version, as images say what made them. */
  public static String software() {
    return "Synthorax " + version();
  }
}
