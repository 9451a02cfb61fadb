package dev.synthorax.server.telemetry;

import static java.util.Objects.requireNonNull;

import dev.synthorax.server.edge.CallTimes;
import dev.synthorax.server.plain.PlainStatistics;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.scheduler.WorkStatistics;
import dev.synthorax.server.telemetry.ServerStatus.Use;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * How much of a server is in use, for those who share load between servers.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class ServerLoad {
  private static final double NANOS = 1e9; // of a second

  /** Ends of calls that are no failure of the server's. */
  private static final Set<String> WELL = Set.of("OK", "CANCELLED");

  private final ModelRepository models;
  private final CallTimes calls;
  private final Supplier<ServerStatus> status;
  private final LongSupplier nanoClock;
  private final Mark start;

  /**
   * Of a server that starts now.
   *
   * @param status as it stands now
   */
  public ServerLoad(
      ModelRepository models,
      CallTimes calls,
      Supplier<ServerStatus> status,
      LongSupplier nanoClock) {
    this.models = requireNonNull(models, "models");
    this.calls = requireNonNull(calls, "calls");
    this.status = requireNonNull(status, "status");
    this.nanoClock = requireNonNull(nanoClock, "nanoClock");
    start = new Mark(nanoClock.getAsLong(), 0, 0, Map.of());
  }

  /**
   * What was in use over some time.
   *
   * @param processors of the machine, 0 to 1
   * @param memory of the machine, 0 to 1
   * @param device part of the time that the busiest device computed, 0 to 1; a plain model is a
   *     device here
   * @param queue most of what requests hold of that which they may hold, 0 to 1
   * @param callsPerSecond that ended
   * @param failuresPerSecond of them, those that failed and were not given up
   */
  public record Report(
      double processors,
      double memory,
      double device,
      double queue,
      double callsPerSecond,
      double failuresPerSecond) {}

  /** What was done until some time. */
  private record Mark(long nanos, long calls, long failures, Map<String, Long> busyNanos) {}

  /**
   * Reports one after another, each of the time since the last.
   *
   * <p><b>Threading:</b> one thread at a time.
   */
  public final class Reports {
    private Mark before = start;

    private Reports() {}

    /** Of the time since the last; the first, since the server's start. */
    public Report next() {
      ServerStatus now = status.get();
      Mark mark = mark();
      Report report = report(before, mark, now);
      before = mark;
      return report;
    }
  }

  /** Reports for one who asks. */
  public Reports reports() {
    return new Reports();
  }

  private Mark mark() {
    long ended = 0;
    long failed = 0;
    for (var each : calls.snapshot().entrySet()) {
      long count = each.getValue().count();
      ended += count;
      failed += WELL.contains(each.getKey().status()) ? 0 : count;
    }
    Map<String, Long> busy = new HashMap<>();
    ModelsAtWork seen = ModelsAtWork.of(models);
    seen.plain().forEach((labels, each) -> busy.put(labels.inner(), nanos(each)));
    seen.pipelines().values().stream()
        .map(WorkStatistics::devices)
        .flatMap(List::stream)
        .forEach(each -> busy.merge(each.device(), each.steps().nanos().sum(), Long::sum));
    return new Mark(nanoClock.getAsLong(), ended, failed, busy);
  }

  /** In the network, over all instances together. */
  private static long nanos(PlainStatistics model) {
    return model.batches().stream().mapToLong(batch -> batch.computeInfer().nanos()).sum();
  }

  private static Report report(Mark before, Mark now, ServerStatus status) {
    double seconds = Math.max(1, now.nanos - before.nanos) / NANOS;
    double device =
        now.busyNanos.entrySet().stream()
            .mapToDouble(each -> each.getValue() - before.busyNanos.getOrDefault(each.getKey(), 0L))
            .max()
            .orElse(0);
    ServerStatus.Memory held = status.memory();
    double queue =
        Stream.of(held.responses(), held.tensors(), held.masks(), held.radiographs())
            .mapToDouble(ServerLoad::part)
            .max()
            .orElse(0);
    return new Report(
        Machine.processors(),
        (double) Machine.usedMemoryBytes() / Machine.memoryBytes(),
        Math.clamp(device / NANOS / seconds, 0, 1), // less than none where a model was loaded anew
        queue,
        (now.calls - before.calls) / seconds,
        (now.failures - before.failures) / seconds);
  }

  private static double part(Use use) {
    return (double) use.bytes() / use.limit();
  }
}
