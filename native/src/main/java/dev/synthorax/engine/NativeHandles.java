package dev.synthorax.engine;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Counts the live owners of native memory by kind, and says where each one was opened.
 *
 * <p>Where assertions are on, as in tests, each owner remembers the code that opened it, and owners
 * left when the process ends are printed to standard error, one {@code LEAK:} line each. Elsewhere
 * only the counts are kept.
 *
 * <p><b>Threading:</b> any thread; nothing blocks.
 */
public final class NativeHandles {

  private static final boolean TRACE = NativeHandles.class.desiredAssertionStatus();
  private static final Set<Handle> LIVE = ConcurrentHashMap.newKeySet();
  private static final AtomicLong NEXT = new AtomicLong();

  static {
    if (TRACE) {
      Runtime.getRuntime().addShutdownHook(new Thread(NativeHandles::printLeaks, "native-handles"));
    }
  }

  private NativeHandles() {}

  /**
   * Registers an owner. It keeps the handle in a final field and asks it in its own {@code close}
   * whether to free: only a first call does.
   *
   * @param kind what the owner is, such as {@code onnxruntime.Plan}
   * @param name which one, for messages
   */
  public static Handle register(String kind, String name) {
    Handle handle = new Handle(NEXT.getAndIncrement(), kind, name, TRACE ? new Site() : null);
    LIVE.add(handle);
    return handle;
  }

  /** Live owners by kind; kinds without any are absent. */
  public static Map<String, Long> live() {
    Map<String, Long> counts = new TreeMap<>();
    for (Handle handle : LIVE) {
      counts.merge(handle.kind, 1L, Long::sum);
    }
    return counts;
  }

  /** One {@code LEAK:} line for each live owner, in order of opening. */
  public static List<String> leaks() {
    return leaksSince(0);
  }

  /** A mark for {@link #leaksSince}: the number of owners opened so far. */
  public static long mark() {
    return NEXT.get();
  }

  /** One {@code LEAK:} line for each owner that was opened after a mark and is still live. */
  public static List<String> leaksSince(long mark) {
    return LIVE.stream()
        .filter(handle -> handle.number >= mark)
        .sorted(Comparator.comparingLong(handle -> handle.number))
        .map(Handle::leak)
        .toList();
  }

  private static void printLeaks() {
    leaks().forEach(System.err::println);
  }

  /** One owner's entry. */
  public static final class Handle {
    private final long number;
    private final String kind;
    private final String name;
    private final @Nullable Site site;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Handle(long number, String kind, String name, @Nullable Site site) {
      this.number = number;
      this.kind = requireNonNull(kind, "kind");
      this.name = requireNonNull(name, "name");
      this.site = site;
    }

    /** Which one it is, as given to {@link NativeHandles#register}. */
    public String name() {
      return name;
    }

    /**
     * Takes the owner off the list.
     *
     * @return whether this was the first call: the owner then frees what it owns
     */
    public boolean close() {
      boolean first = closed.compareAndSet(false, true);
      if (first) {
        LIVE.remove(this);
      }
      return first;
    }

    /**
     * Fails once the owner is closed.
     *
     * @throws IllegalStateException with the owner's kind and name
     */
    public void requireOpen() {
      if (closed.get()) {
        throw new IllegalStateException(kind + " " + name + " is closed");
      }
    }

    private String leak() {
      return "LEAK: " + kind + " " + name + (site == null ? "" : " opened at " + site.frames());
    }
  }

  /** Remembers who opened a handle. */
  private static final class Site extends Throwable {
    private static final long serialVersionUID = 1L;
    private static final int FRAMES = 6;

    private String frames() {
      return Arrays.stream(getStackTrace())
          .filter(frame -> !frame.getClassName().equals(NativeHandles.class.getName()))
          .limit(FRAMES)
          .map(StackTraceElement::toString)
          .collect(Collectors.joining(" < "));
    }
  }
}
