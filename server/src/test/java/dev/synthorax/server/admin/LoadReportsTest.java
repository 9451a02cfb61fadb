package dev.synthorax.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import dev.synthorax.proto.orca.OrcaLoadReport;
import dev.synthorax.proto.orca.OrcaLoadReportRequest;
import dev.synthorax.server.telemetry.ServerLoad;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LoadReportsTest {
  @Test
  void message_ofAReport_hasEachNumberInItsField() {
    OrcaLoadReport message = LoadReports.message(new ServerLoad.Report(0.1, 0.2, 0.3, 0.4, 50, 6));

    assertThat(message)
        .isEqualTo(
            OrcaLoadReport.newBuilder()
                .setCpuUtilization(0.1)
                .setMemUtilization(0.2)
                .putAllUtilization(Map.of("device", 0.3, "queue", 0.4))
                .setApplicationUtilization(0.4)
                .setRpsFractional(50)
                .setEps(6)
                .build());
    assertThat(
            LoadReports.message(new ServerLoad.Report(0, 0, 0.9, 0.4, 0, 0))
                .getApplicationUtilization())
        .isEqualTo(0.9);
  }

  @ParameterizedTest
  @CsvSource({"PT10S, PT10S", "PT1S, PT1S", "PT0.01S, PT1S", "PT-5S, PT1S"})
  void interval_asked_isAtLeastASecond(Duration asked, Duration given) {
    var request =
        OrcaLoadReportRequest.newBuilder()
            .setReportInterval(Durations.fromNanos(asked.toNanos()))
            .build();

    assertThat(LoadReports.interval(request)).isEqualTo(given);
  }

  @Test
  void interval_notAskedOrNone_isTheUsual() {
    var invalid =
        OrcaLoadReportRequest.newBuilder()
            .setReportInterval(com.google.protobuf.Duration.newBuilder().setNanos(2_000_000_000))
            .build();

    assertThat(LoadReports.interval(OrcaLoadReportRequest.getDefaultInstance()))
        .isEqualTo(Duration.ofSeconds(30));
    assertThat(LoadReports.interval(invalid)).isEqualTo(Duration.ofSeconds(30));
  }
}
