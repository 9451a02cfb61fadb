package dev.synthorax.client.table;

import java.io.IOException;

/** A CSV that cannot be used; the message is one line that names file, row and value. */
public final class TableException extends IOException {
  private static final long serialVersionUID = 1L;

  /** A problem in one line of words. */
  public TableException(String message) {
    super(message);
  }

  /** A problem in one line of words, with what it came from. */
  public TableException(String message, Throwable cause) {
    super(message, cause);
  }
}
