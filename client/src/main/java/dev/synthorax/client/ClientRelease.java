package dev.synthorax.client;

/** Which Synthorax this is. */
public final class ClientRelease {
  private ClientRelease() {}

  /** Returns the version, {@code development} where no jar says one. */
  public static String version() {
    String version = ClientRelease.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** Returns the program's name and version, as files say what made them. */
  public static String software() {
    return "Synthorax " + version();
  }
}
