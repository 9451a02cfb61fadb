package dev.synthorax.engine.tensorrt;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Plans that are being made: who asks for one that another thread is making gets that one.
 *
 * <p><b>Threading:</b> any thread; blocks until the plan is there.
 */
final class PlanBuilds {
  private final Map<String, CompletableFuture<MemorySegment>> underWay = new ConcurrentHashMap<>();

  /**
   * Makes a plan, or waits for it.
   *
   * @param key as {@link PlanKey#text}
   * @param work makes it; its failure is that of all who wait
   */
  MemorySegment plan(String key, Supplier<MemorySegment> work) {
    var mine = new CompletableFuture<MemorySegment>();
    CompletableFuture<MemorySegment> theirs = underWay.putIfAbsent(key, mine);
    if (theirs != null) {
      return await(theirs);
    }
    try {
      MemorySegment plan = work.get();
      mine.complete(plan);
      return plan;
    } catch (RuntimeException | Error failure) {
      mine.completeExceptionally(failure);
      throw failure;
    } finally {
      underWay.remove(key, mine);
    }
  }

  private static MemorySegment await(CompletableFuture<MemorySegment> plan) {
    try {
      return plan.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }
}
