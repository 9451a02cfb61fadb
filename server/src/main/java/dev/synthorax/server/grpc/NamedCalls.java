package dev.synthorax.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The requests that their callers gave a name to and that have not ended. A name may be that of
 * several.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor, which is not held while others are
 * called.
 */
final class NamedCalls {
  @GuardedBy("this")
  private final Map<String, Set<GenerationCall>> calls = new HashMap<>();

  /**
   * Takes a request in.
   *
   * @param name empty: none, and the request is not taken in
   * @return takes it out again
   */
  synchronized Runnable add(String name, GenerationCall call) {
    if (name.isEmpty()) {
      return () -> {};
    }
    calls.computeIfAbsent(name, _ -> new HashSet<>()).add(call);
    return () -> remove(name, call);
  }

  private synchronized void remove(String name, GenerationCall call) {
    calls.computeIfPresent(
        name,
        (_, same) -> {
          same.remove(call);
          return same.isEmpty() ? null : same;
        });
  }

  private synchronized List<GenerationCall> named(String name) {
    return List.copyOf(calls.getOrDefault(name, Set.of()));
  }

  /** Ends all requests of a name and returns how many there were. */
  int cancel(String name) {
    List<GenerationCall> same = named(name);
    same.forEach(GenerationCall::cancel);
    return same.size();
  }

  /** Requests with a name. */
  synchronized int size() {
    return calls.values().stream().mapToInt(Set::size).sum();
  }
}
