package dev.synthorax.client.augment;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One image of a plan cannot be made, now or ever: its parent or the images made for it are at
 * fault, not a server or a disk. The message is one line that names the image.
 */
final class UnmadeException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Why why;

  /** What is at fault. */
  enum Why {
    /** The parent's file is missing or damaged. */
    UNREADABLE("its source image cannot be read"),
    /** The parent was not outlined. */
    NO_MASK("its source image lacks a mask"),
    /** No transform left an anatomy. */
    ANATOMY("no transform leaves an anatomy"),
    /** No image passed the filters. */
    FILTERED("no image passes the filters");

    private final String words;

    Why(String words) {
      this.words = words;
    }

    /** Returns the reason in half a sentence. */
    String words() {
      return words;
    }
  }

  UnmadeException(Why why, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.why = why;
  }

  Why why() {
    return why;
  }
}
