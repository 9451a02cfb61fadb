package dev.synthorax.files;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that dies before one of the changes it makes to a file system, for tests of what is
 * left behind. From then on it changes nothing, whatever its {@code finally} blocks try.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class Mortal {
  /** The end of the process. */
  public static final class Death extends Error {
    private static final long serialVersionUID = 1;

    private Death(String change) {
      super("died before: " + change);
    }
  }

  private final int lastBreath;
  private final List<Closeable> open = new ArrayList<>();
  private int changes;

  private Mortal(int lastBreath) {
    this.lastBreath = lastBreath;
  }

  /** One that dies before its change of that number, counted from 1. */
  public static Mortal dyingBefore(int change) {
    return new Mortal(change);
  }

  /** One that lives and counts. */
  public static Mortal immortal() {
    return new Mortal(Integer.MAX_VALUE);
  }

  /** Changes made. */
  public int changes() {
    return changes;
  }

  void opened(Closeable resource) {
    open.add(resource);
  }

  /** Called before every change. */
  void change(String what) {
    if (changes + 1 >= lastBreath) {
      bury();
      throw new Death(what);
    }
    changes++;
  }

  /** Gives back what the kernel would: open files and their locks. */
  private void bury() {
    for (Closeable resource : open) {
      try {
        resource.close();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
    open.clear();
  }
}
