package dev.synthorax.client.report;

import static java.util.Objects.requireNonNull;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * One plot in the page's colours, drawn by XChart and returned as an SVG element.
 *
 * <p>Letters become outlines, so the picture is the same everywhere; what it says stands in its
 * {@code aria-label} and in the table beside it.
 */
final class Plot {
  /** Colours that differ in lightness too, for readers who do not tell hues apart. */
  private static final List<Color> COLORS =
      List.of(
          new Color(0x2B4C7E),
          new Color(0xC8553D),
          new Color(0x3A8F7B),
          new Color(0xB8860B),
          new Color(0x7A5195),
          new Color(0x5C6672));

  private static final Color INK = new Color(0x171B21);
  private static final Color SOFT = new Color(0x5C6672);
  private static final Color LINE = new Color(0xE4E7EB);
  private static final Pattern LONG_DECIMAL = Pattern.compile("-?\\d+\\.\\d{3,}");
  private static final Pattern BETWEEN_TAGS = Pattern.compile(">\\s+<");

  private final XYChart chart;
  private int next;

  /**
   * Starts a plot.
   *
   * @param xTitle name and unit of the horizontal axis
   * @param yTitle name and unit of the vertical axis
   */
  Plot(String xTitle, String yTitle) {
    chart =
        new XYChartBuilder().width(520).height(380).xAxisTitle(xTitle).yAxisTitle(yTitle).build();
    XYStyler styler = chart.getStyler();
    styler.setChartTitleVisible(false);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setPlotGridLinesColor(LINE);
    styler.setPlotGridLinesStroke(new BasicStroke(1));
    styler.setAxisTickMarksColor(LINE);
    styler.setAxisTicksLineVisible(false);
    styler.setAxisTickLabelsColor(SOFT);
    styler.setXAxisTitleColor(INK);
    styler.setYAxisTitleColor(INK);
    styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    styler.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    styler.setLegendPosition(LegendPosition.OutsideS);
    styler.setLegendLayout(LegendLayout.Horizontal);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setLegendSeriesLineLength(16);
    styler.setChartFontColor(INK);
    styler.setErrorBarsColorSeriesColor(true);
    styler.setMarkerSize(7);
    styler.setLocale(Locale.ROOT);
    styler.setPlotContentSize(0.96);
  }

  /** Fixes both axes to 0..1. */
  Plot unitSquare() {
    chart.getStyler().setXAxisMin(0.0).setXAxisMax(1.0).setYAxisMin(0.0).setYAxisMax(1.0);
    return this;
  }

  /** Labels the horizontal axis with {@code names} at 1, 2, 3 ... */
  Plot categories(List<String> names) {
    XYStyler styler = chart.getStyler();
    styler.setXAxisMin(0.5);
    styler.setXAxisMax(names.size() + 0.5);
    styler.setPlotGridVerticalLinesVisible(false);
    styler.setxAxisTickLabelsFormattingFunction(
        x -> {
          int place = (int) Math.rint(x);
          boolean whole = Math.abs(x - place) < 1e-6 && place >= 1 && place <= names.size();
          // XChart thins labels out until they differ, so each blank is of its own length
          return whole ? names.get(place - 1) : " ".repeat(1 + (int) Math.round(10 * Math.abs(x)));
        });
    if (names.stream().mapToInt(String::length).sum() > 48) {
      styler.setXAxisLabelRotation(35);
    }
    return this;
  }

  /** Adds a line through the points, with markers where there are few. */
  Plot line(String name, double[] x, double[] y) {
    XYSeries series = add(name, x, y, null);
    if (x.length > 25) {
      series.setMarker(SeriesMarkers.NONE);
    }
    return this;
  }

  /** Adds points with symmetrical bars of {@code reach} above and below, joined by no line. */
  Plot intervals(String name, double[] x, double[] y, double[] reach) {
    add(name, x, y, reach).setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    return this;
  }

  /** Adds points joined by a line, with symmetrical bars of {@code reach}. */
  Plot curve(String name, double[] x, double[] y, double[] reach) {
    add(name, x, y, reach);
    return this;
  }

  /** Adds single observations as small grey crosses. */
  Plot dots(String name, double[] x, double[] y) {
    XYSeries series = add(name, x, y, null);
    series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    series.setMarkerColor(new Color(0x5C6672));
    series.setMarker(SeriesMarkers.CROSS);
    return this;
  }

  /** Adds a thin dashed line for orientation, without a place in the legend. */
  Plot guide(String name, double[] x, double[] y) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(SeriesMarkers.NONE);
    series.setShowInLegend(false);
    series.setLineColor(new Color(0xA3ABB5));
    series.setLineStyle(
        new BasicStroke(
            1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {4, 4}, 0));
    return this;
  }

  private XYSeries add(String name, double[] x, double[] y, double @Nullable [] reach) {
    requireNonNull(name, "name");
    Color color = COLORS.get(next++ % COLORS.size());
    XYSeries series =
        reach == null ? chart.addSeries(name, x, y) : chart.addSeries(name, x, y, reach);
    series.setLineColor(color);
    series.setMarkerColor(color);
    series.setMarker(SeriesMarkers.CIRCLE);
    series.setLineStyle(new BasicStroke(2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    return series;
  }

  /**
   * Returns the plot as an SVG element.
   *
   * @param label what the plot shows, for those who cannot see it
   */
  String svg(String label) {
    chart
        .getStyler()
        .setLegendVisible(
            chart.getSeriesMap().values().stream().filter(XYSeries::isShowInLegend).count() > 1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String svg = out.toString(StandardCharsets.UTF_8);
    svg = svg.substring(svg.indexOf("<svg"));
    svg = BETWEEN_TAGS.matcher(svg).replaceAll("><");
    svg = LONG_DECIMAL.matcher(svg).replaceAll(Plot::twoDecimals).strip();
    return "<svg role=\"img\" aria-label=\""
        + Html.escape(label)
        + "\""
        + svg.substring("<svg".length());
  }

  private static String twoDecimals(MatchResult match) {
    return new BigDecimal(match.group())
        .setScale(2, RoundingMode.HALF_EVEN)
        .stripTrailingZeros()
        .toPlainString();
  }
}
