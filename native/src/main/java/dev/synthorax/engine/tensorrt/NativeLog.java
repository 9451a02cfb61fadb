package dev.synthorax.engine.tensorrt;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.bytedeco.tensorrt.nvinfer.ILogger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears what TensorRT says, which is the only place where it gives reasons. The library keeps the
 * first one that it is given for good, so there is one a process and it is never freed.
 *
 * <p><b>Threading:</b> any thread, the library's own included. What two threads are told at the
 * same time cannot be told apart.
 */
final class NativeLog extends ILogger {
  private static final Logger logger = LoggerFactory.getLogger(NativeLog.class);
  private static final int KEPT = 64;

  private record Message(long number, boolean error, String text) {}

  private final Deque<Message> latest = new ArrayDeque<>(); // guarded by itself
  private long next; // guarded by latest

  @Override
  public void log(Severity severity, String message) {
    switch (severity.intern()) {
      case kINTERNAL_ERROR, kERROR -> keep(true, message);
      case kWARNING -> keep(false, message);
      case kINFO, kVERBOSE -> logger.trace("{}", message);
    }
  }

  private void keep(boolean error, String message) {
    logger.debug("{}", message);
    synchronized (latest) {
      if (latest.size() == KEPT) {
        latest.removeFirst();
      }
      latest.addLast(new Message(next++, error, message));
    }
  }

  /** What was said before this does not count for {@link #since}. */
  long mark() {
    synchronized (latest) {
      return next;
    }
  }

  /** Errors, then warnings, said since a mark. */
  List<String> since(long mark) {
    var said = new ArrayList<>(errorsSince(mark));
    said.addAll(select(mark, false));
    return said;
  }

  /** Errors said since a mark. */
  List<String> errorsSince(long mark) {
    return select(mark, true);
  }

  private List<String> select(long mark, boolean errors) {
    synchronized (latest) {
      return latest.stream()
          .filter(message -> message.number >= mark && message.error == errors)
          .map(Message::text)
          .toList();
    }
  }
}
