package dev.synthorax.benchmarks;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.onnx.DiffusersExport;
import dev.synthorax.nn.onnx.ExportedPipeline;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The least that making images can cost: U-Net and decoder run back to back at their best row
 * counts, from and into bound buffers, with no scheduler, no noise, no encoding and no wire. What
 * the server reaches is judged beside it.
 *
 * <p><b>Ownership:</b> owns backend, stream, plans and contexts.
 *
 * <p><b>Threading:</b> one thread.
 */
final class BareLoop implements AutoCloseable {
  private static final List<Integer> ROW_COUNTS = List.of(2, 4, 8, 16);
  private static final int PROBE_RUNS = 3;

  private final List<AutoCloseable> owned = new ArrayList<>(); // closed last to first
  private final DeviceStream stream;
  private final ExecutionContext unet;
  private final ExecutionContext decoder;

  @SuppressWarnings("MustBeClosedChecker") // own() hands each to close()
  private BareLoop(Path pipelineFolder, int side, int threads, Path cache) {
    ExportedPipeline exported =
        DiffusersExport.export(DiffusersFolder.of(pipelineFolder), side, side, cache);
    Backend backend = own(Backends.open("onnxruntime-cpu"));
    Device device = backend.devices().getFirst();
    this.stream = own(backend.openStream(device));
    this.unet = best(plan(backend, device, exported.unet(), threads));
    this.decoder = best(plan(backend, device, exported.vaeDecoder(), threads));
  }

  @MustBeClosed
  static BareLoop open(Path pipelineFolder, int side, int threads, Path cache) {
    return new BareLoop(pipelineFolder, side, threads, cache);
  }

  @SuppressWarnings("MustBeClosedChecker") // own() hands it to close()
  private Plan plan(Backend backend, Device device, Path graph, int threads) {
    return own(
        backend.openPlan(
            PlanRequest.of(graph, device).withRowProfiles(ROW_COUNTS).withIntraOpThreads(threads)));
  }

  private <C extends AutoCloseable> C own(C resource) {
    owned.add(resource);
    return resource;
  }

  /** The context with the least time a row. */
  @SuppressWarnings("MustBeClosedChecker") // own() hands each to close()
  private ExecutionContext best(Plan plan) {
    record Timed(ExecutionContext context, double nanosPerRow) {}
    var timed = new ArrayList<Timed>();
    for (int rows : ROW_COUNTS) {
      ExecutionContext context = own(plan.openContext(rows));
      context.enqueue(stream);
      long best = Long.MAX_VALUE;
      for (int i = 0; i < PROBE_RUNS; i++) {
        long start = System.nanoTime();
        context.enqueue(stream);
        best = Math.min(best, System.nanoTime() - start);
      }
      timed.add(new Timed(context, (double) best / rows));
    }
    return timed.stream()
        .min(Comparator.comparingDouble(Timed::nanosPerRow))
        .orElseThrow()
        .context();
  }

  /** Rows of the best U-Net batch. */
  int unetRows() {
    return unet.rows();
  }

  /** Rows of the best decoder batch. */
  int decoderRows() {
    return decoder.rows();
  }

  /** Seconds of one run of the U-Net at its best row count, the mean of {@code runs}. */
  double stepSeconds(int runs) {
    long start = System.nanoTime();
    for (int i = 0; i < runs; i++) {
      unet.enqueue(stream);
    }
    return (System.nanoTime() - start) / 1e9 / runs;
  }

  /**
   * Runs what {@code images} images with guidance need: two U-Net rows a step, one decoder row.
   *
   * @return seconds
   */
  double seconds(int images, int steps) {
    int unetRuns = (int) Math.ceil(2.0 * images * steps / unet.rows());
    int decoderRuns = (int) Math.ceil((double) images / decoder.rows());
    long start = System.nanoTime();
    for (int i = 0; i < unetRuns; i++) {
      unet.enqueue(stream);
    }
    for (int i = 0; i < decoderRuns; i++) {
      decoder.enqueue(stream);
    }
    return (System.nanoTime() - start) / 1e9;
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    for (AutoCloseable resource : owned.reversed()) {
      try {
        resource.close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new IllegalStateException("could not close " + resource, e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    owned.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
