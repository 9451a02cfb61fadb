package dev.synthorax.client.augment;

import java.util.List;

/**
 * What a plan would make, and all that stands in its way.
 *
 * @param arms that can be worked out, in the plan's order
 * @param requests to a server
 * @param model name and version; empty: no server was asked
 * @param bytesAtWork room that is in use at most, estimated
 * @param bytesAtEnd room of the datasets, estimated
 * @param bytesFree room where they go
 * @param redrawn transforms that broke a limit and were drawn again
 * @param problems why the plan would stop, one line each; none: it would not
 * @param warnings what a person should know, one line each
 */
public record CheckReport(
    List<ArmCheck> arms,
    int requests,
    String model,
    long bytesAtWork,
    long bytesAtEnd,
    long bytesFree,
    int redrawn,
    List<String> problems,
    List<String> warnings) {
  /** Copies the lists. */
  public CheckReport {
    arms = List.copyOf(arms);
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
  }

  /**
   * One arm.
   *
   * @param name folder of its dataset
   * @param kind how its images come about
   * @param images to make
   * @param source images of the source beside them
   * @param skipped of the images to make: cannot be made
   */
  public record ArmCheck(String name, String kind, int images, int source, int skipped) {}

  /** Returns the room in words, such as {@code 3.1 MB at work, 1.6 MB at the end, 80 GB free}. */
  public String room() {
    return "about "
        + Room.bytes(bytesAtWork)
        + " while at work, "
        + Room.bytes(bytesAtEnd)
        + " at the end; "
        + Room.bytes(bytesFree)
        + " are free";
  }
}
