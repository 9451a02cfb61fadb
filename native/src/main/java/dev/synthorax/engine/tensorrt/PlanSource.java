package dev.synthorax.engine.tensorrt;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.GraphTensor;
import dev.synthorax.engine.PlanRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets a graph's plan loaded: kept from before, or compiled now. One plan is compiled at a time in
 * this process, since what is measured meanwhile would be wrong, and each only once, however many
 * devices of a kind ask for it.
 *
 * <p><b>Threading:</b> any thread; blocks while plans are compiled.
 */
final class PlanSource {
  private static final Logger logger = LoggerFactory.getLogger(PlanSource.class);
  private static final PlanBuilds BUILDS = new PlanBuilds();
  private static final ReentrantLock COMPILER = new ReentrantLock();

  private final TensorRt library;
  private final BuilderSettings settings;
  private final ToLongFunction<Device> freeBytes;

  /**
   * A source of plans.
   *
   * @param freeBytes of a device, now
   */
  PlanSource(TensorRt library, BuilderSettings settings, ToLongFunction<Device> freeBytes) {
    this.library = library;
    this.settings = settings;
    this.freeBytes = freeBytes;
  }

  /**
   * Loads the plan of a request; the device's context is current.
   *
   * @param architecture of the device, 90 for {@code sm_90}
   * @return the caller closes it
   */
  @MustBeClosed
  TensorRt.Engine open(
      PlanRequest request, OnnxFile graph, PlanKey.Machine machine, int architecture) {
    PlanKey key = PlanKey.of(request, graph, machine, settings);
    var cache = new PlanCache(request.cache());
    MemorySegment plan = plan(request, graph, key, cache, architecture);
    try {
      return library.load(key.name(), request.device(), plan);
    } catch (TensorRt.PlanRefusedException refused) {
      logger
          .atInfo()
          .addKeyValue("graph", key.name())
          .addKeyValue("reason", refused.getMessage())
          .log("TensorRT does not take a kept plan; it is compiled anew");
      cache.drop(key);
    }
    plan = plan(request, graph, key, cache, architecture);
    try {
      return library.load(key.name(), request.device(), plan);
    } catch (TensorRt.PlanRefusedException refused) {
      throw Diagnosis.ofRefusing(key.name() + " on " + request.device().name(), refused);
    }
  }

  private MemorySegment plan(
      PlanRequest request, OnnxFile graph, PlanKey key, PlanCache cache, int architecture) {
    return BUILDS.plan(
        key.text(),
        () -> {
          MemorySegment kept = cache.plan(key);
          return kept == null ? compile(request, graph, key, cache, architecture) : kept;
        });
  }

  private MemorySegment compile(
      PlanRequest request, OnnxFile graph, PlanKey key, PlanCache cache, int architecture) {
    String device = request.device().name();
    COMPILER.lock();
    try (var clock =
        new BuildClock(
                key.name() + " is compiled for " + device, request.progress(), System::nanoTime)
            .started()) {
      var order =
          new TensorRt.Order(
              request.graph(),
              request.device(),
              architecture,
              GraphTensor.specs(graph.inputs()),
              graph.hasRows() ? request.rowProfiles() : List.of(),
              settings.optimizationLevel(),
              settings.workspaceBytes(freeBytes.applyAsLong(request.device())),
              request.intraOpThreads(),
              cache.timings(key));
      try (TensorRt.Compiled compiled = library.compile(order)) {
        logger
            .atInfo()
            .addKeyValue("graph", key.name())
            .addKeyValue("device", device)
            .addKeyValue("rows", request.rowProfiles())
            .addKeyValue("seconds", clock.seconds())
            .addKeyValue("bytes", compiled.plan().byteSize())
            .log("Plan is compiled");
        cache.keep(key, compiled.plan(), compiled.timings());
        MemorySegment kept = cache.plan(key);
        return kept == null
            ? Arena.ofAuto().allocate(compiled.plan().byteSize(), 64).copyFrom(compiled.plan())
            : kept;
      }
    } finally {
      COMPILER.unlock();
    }
  }
}
