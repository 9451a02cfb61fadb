package dev.synthorax.server.admin;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.util.Durations;
import dev.synthorax.proto.orca.OpenRcaServiceGrpc;
import dev.synthorax.proto.orca.OrcaLoadReport;
import dev.synthorax.proto.orca.OrcaLoadReportRequest;
import dev.synthorax.server.telemetry.ServerLoad;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * ORCA's reports out of band, on the port that clients call: load balancers ask each server for
 * them over the connection that they already have.
 *
 * <p><b>Ownership:</b> owns the thread that reports. <b>Threading:</b> any thread; closed after the
 * edges have stopped.
 */
public final class LoadReports extends OpenRcaServiceGrpc.OpenRcaServiceImplBase
    implements AutoCloseable {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration USUAL = Duration.ofSeconds(30);

  private final ServerLoad load;
  private final ScheduledExecutorService clock;

  /** Reports of a server's load. */
  public LoadReports(ServerLoad load) {
    this(
        load,
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("load-reports").daemon().factory()));
  }

  LoadReports(ServerLoad load, ScheduledExecutorService clock) {
    this.load = requireNonNull(load, "load");
    this.clock = clock;
  }

  @Override
  public void streamCoreMetrics(
      OrcaLoadReportRequest request, StreamObserver<OrcaLoadReport> answer) {
    var call = (ServerCallStreamObserver<OrcaLoadReport>) answer;
    ServerLoad.Reports reports = load.reports();
    Future<?> reporting =
        clock.scheduleAtFixedRate(
            () -> tell(call, reports), 0, interval(request).toMillis(), TimeUnit.MILLISECONDS);
    call.setOnCancelHandler(() -> reporting.cancel(false));
  }

  /** A client that does not read misses a report. */
  private static void tell(
      ServerCallStreamObserver<OrcaLoadReport> call, ServerLoad.Reports reports) {
    if (call.isReady()) {
      call.onNext(message(reports.next()));
    }
  }

  static Duration interval(OrcaLoadReportRequest request) {
    if (!request.hasReportInterval() || !Durations.isValid(request.getReportInterval())) {
      return USUAL;
    }
    Duration wanted =
        Duration.ofSeconds(
            request.getReportInterval().getSeconds(), request.getReportInterval().getNanos());
    return wanted.compareTo(SHORTEST) < 0 ? SHORTEST : wanted;
  }

  static OrcaLoadReport message(ServerLoad.Report report) {
    return OrcaLoadReport.newBuilder()
        .setCpuUtilization(report.processors())
        .setMemUtilization(report.memory())
        .putUtilization("device", report.device())
        .putUtilization("queue", report.queue())
        .setApplicationUtilization(Math.max(report.device(), report.queue()))
        .setRpsFractional(report.callsPerSecond())
        .setEps(report.failuresPerSecond())
        .build();
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
