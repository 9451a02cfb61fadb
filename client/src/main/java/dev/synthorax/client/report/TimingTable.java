package dev.synthorax.client.report;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Duration;
import dev.synthorax.client.generation.ManifestEntry;
import dev.synthorax.proto.v1.ImageTimings;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Where the time of each image went, as numbers and as bars on one scale. */
final class TimingTable {
  private static final int MAX_OPEN_ROWS = 24;

  private final List<ManifestEntry> images;
  private final Map<String, ImageTimings> timings;
  private final java.time.Duration wallTime;
  private final long longestNanos;

  TimingTable(RunReport report) {
    this.timings = report.timings();
    this.images =
        report.entries().stream().filter(image -> timings.containsKey(image.id())).toList();
    this.wallTime = report.wallTime();
    this.longestNanos =
        Math.max(1, timings.values().stream().mapToLong(TimingTable::total).max().orElse(1));
  }

  String html() {
    StringBuilder out = new StringBuilder();
    double perSecond = images.size() / Math.max(1e-9, wallTime.toNanos() / 1e9);
    out.append(
        """
        <section class="timings">
        <div class="heading"><h2>Timings</h2><p>%s in all, %s. Images share the denoising batch, so their times overlap.</p></div>
        <details%s>
        <summary>Every image</summary>
        <div class="scroll">
        <table>
        <thead><tr><th scope="col">Image</th><th scope="col">Mode</th><th scope="col">Waiting</th><th scope="col">Denoising</th><th scope="col">Decoding</th><th scope="col">Total</th><th scope="col" class="key"><span class="t-queued">waiting</span><span class="t-denoising">denoising</span><span class="t-decoding">decoding</span></th></tr></thead>
        <tbody>
        """
            .formatted(
                seconds(wallTime.toNanos()),
                String.format(Locale.ROOT, "%.2f images per second", perSecond),
                images.size() <= MAX_OPEN_ROWS ? " open" : ""));
    images.forEach(image -> out.append(row(image)));
    out.append("</tbody>\n</table>\n</div>\n</details>\n</section>\n");
    return out.toString();
  }

  private String row(ManifestEntry image) {
    ImageTimings spent = requireNonNull(timings.get(image.id()));
    return """
    <tr><th scope="row">%s</th><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td class="bar">%s%s%s</td></tr>
    """
        .formatted(
            Html.escape(image.id()),
            image.mode(),
            seconds(nanos(spent.getQueued())),
            seconds(nanos(spent.getDenoising())),
            seconds(nanos(spent.getDecoding())),
            seconds(total(spent)),
            bar("queued", nanos(spent.getQueued())),
            bar("denoising", nanos(spent.getDenoising())),
            bar("decoding", nanos(spent.getDecoding())));
  }

  private String bar(String part, long nanos) {
    double percent = 100.0 * Math.max(0, nanos) / longestNanos;
    return String.format(
        Locale.ROOT, "<i class=\"t-%s\" style=\"width:%.2f%%\"></i>", part, percent);
  }

  private static long total(ImageTimings timings) {
    return nanos(timings.getQueued())
        + nanos(timings.getDenoising())
        + nanos(timings.getDecoding());
  }

  private static long nanos(Duration duration) {
    return duration.getSeconds() * 1_000_000_000L + duration.getNanos();
  }

  /** Returns a time for people: {@code 12 ms} below a second, {@code 1.25 s} above. */
  static String seconds(long nanos) {
    if (nanos < 1_000_000_000L) {
      return String.format(Locale.ROOT, "%.0f ms", nanos / 1e6);
    }
    return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
  }
}
