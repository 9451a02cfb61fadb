package dev.synthorax.engine;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A graph, and how it is to be run.
 *
 * @param graph ONNX file, external weights beside it
 * @param device one of {@link Backend#devices()}
 * @param precision what the graph was written in
 * @param rowProfiles row counts that contexts may be opened with, ascending; empty: any count,
 *     which a backend that compiles for fixed shapes refuses where the graph has dynamic rows
 * @param cache folder where a backend that compiles keeps its plans, made if missing; null: nothing
 *     is kept
 * @param intraOpThreads host threads that work on one operator together, the calling thread
 *     included; at least 1
 * @param progress told while a backend that compiles does so
 */
public record PlanRequest(
    Path graph,
    Device device,
    Precision precision,
    List<Integer> rowProfiles,
    @Nullable Path cache,
    int intraOpThreads,
    PlanProgress progress) {

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if a row count is below 1 or not above the one before, or
   *     there is no thread
   */
  public PlanRequest {
    requireNonNull(graph, "graph");
    requireNonNull(device, "device");
    requireNonNull(precision, "precision");
    requireNonNull(progress, "progress");
    rowProfiles = List.copyOf(rowProfiles);
    int last = 0;
    for (int rows : rowProfiles) {
      if (rows <= last) {
        throw new IllegalArgumentException(
            "rowProfiles: " + rowProfiles + " (expected: ascending counts >= 1)");
      }
      last = rows;
    }
    if (intraOpThreads < 1) {
      throw new IllegalArgumentException("intraOpThreads: " + intraOpThreads + " (expected: >= 1)");
    }
  }

  /** FP32, any row count, no cache, as many threads as the machine has processors. */
  public static PlanRequest of(Path graph, Device device) {
    int threads = Runtime.getRuntime().availableProcessors();
    return new PlanRequest(
        graph, device, Precision.FP32, List.of(), null, threads, PlanProgress.NONE);
  }

  /** The same in another precision. */
  public PlanRequest withPrecision(Precision other) {
    return new PlanRequest(graph, device, other, rowProfiles, cache, intraOpThreads, progress);
  }

  /** The same for some row counts. */
  public PlanRequest withRowProfiles(List<Integer> counts) {
    return new PlanRequest(graph, device, precision, counts, cache, intraOpThreads, progress);
  }

  /** The same with a folder for compiled plans. */
  public PlanRequest withCache(Path folder) {
    return new PlanRequest(graph, device, precision, rowProfiles, folder, intraOpThreads, progress);
  }

  /** The same on some number of threads. */
  public PlanRequest withIntraOpThreads(int threads) {
    return new PlanRequest(graph, device, precision, rowProfiles, cache, threads, progress);
  }

  /** The same with somebody to tell how far it is. */
  public PlanRequest withProgress(PlanProgress listener) {
    return new PlanRequest(graph, device, precision, rowProfiles, cache, intraOpThreads, listener);
  }
}
