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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
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
  private static final Color GUIDE = new Color(0xA3ABB5);
  private static final int MAX_CHARACTERS = 48; // of all categories together
  private static final String SINGLE = "k-single"; // class of single observations in the key
  private static final Pattern LONG_DECIMAL = Pattern.compile("-?\\d+\\.\\d{3,}");
  private static final Pattern BETWEEN_TAGS = Pattern.compile(">\\s+<");

  private final XYChart chart;
  private final Map<String, String> key = new LinkedHashMap<>(); // name to class
  private final Map<String, String> letters = new LinkedHashMap<>(); // of categories, to names
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
    styler.setLegendVisible(false);
    styler.setChartFontColor(INK);
    styler.setErrorBarsColorSeriesColor(true);
    styler.setMarkerSize(7);
    styler.setLocale(Locale.ROOT);
    styler.setPlotContentSize(0.94);
    styler.setAxisTickPadding(9); // a marker on the edge keeps clear of the labels
  }

  /** Fixes both axes to 0..1. */
  Plot unitSquare() {
    chart.getStyler().setXAxisMin(0.0).setXAxisMax(1.0).setYAxisMin(0.0).setYAxisMax(1.0);
    return this;
  }

  /**
   * Labels the horizontal axis with {@code names} at 1, 2, 3 ...; with letters where the names do
   * not fit, which the key explains.
   */
  Plot categories(List<String> names) {
    boolean fit = names.stream().mapToInt(String::length).sum() <= MAX_CHARACTERS;
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String letter = letter(i);
      labels.add(fit ? names.get(i) : letter);
      if (!fit) {
        letters.put(letter, names.get(i));
      }
    }
    XYStyler styler = chart.getStyler();
    styler.setXAxisMin(0.5);
    styler.setXAxisMax(names.size() + 0.5);
    styler.setPlotGridVerticalLinesVisible(false);
    styler.setxAxisTickLabelsFormattingFunction(
        x -> {
          int place = (int) Math.rint(x);
          boolean whole = Math.abs(x - place) < 1e-6 && place >= 1 && place <= labels.size();
          // XChart thins labels out until they differ, so each blank is of its own length
          return whole ? labels.get(place - 1) : " ".repeat(1 + (int) Math.round(10 * Math.abs(x)));
        });
    return this;
  }

  private static String letter(int place) {
    String last = String.valueOf((char) ('A' + place % 26));
    return place < 26 ? last : letter(place / 26 - 1) + last;
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
    series.setMarkerColor(SOFT);
    series.setMarker(SeriesMarkers.CROSS);
    key.put(name, SINGLE);
    return this;
  }

  /** Adds a thin dashed line for orientation, without a place in the legend. */
  Plot guide(String name, double[] x, double[] y) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(GUIDE);
    series.setLineStyle(
        new BasicStroke(
            1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {4, 4}, 0));
    return this;
  }

  private XYSeries add(String name, double[] x, double[] y, double @Nullable [] reach) {
    requireNonNull(name, "name");
    int place = next++ % COLORS.size();
    Color color = COLORS.get(place);
    key.put(name, "k-" + place);
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
    for (Map.Entry<Color, String> colour : variables().entrySet()) {
      Color drawn = colour.getKey();
      svg =
          svg.replace(
              "rgb(%d,%d,%d)".formatted(drawn.getRed(), drawn.getGreen(), drawn.getBlue()),
              "var(--" + colour.getValue() + ")");
    }
    return "<svg role=\"img\" aria-label=\""
        + Html.escape(label)
        + "\""
        + svg.substring("<svg".length());
  }

  /** Returns the style sheet's names of the colours, which differ in light and dark. */
  private static Map<Color, String> variables() {
    Map<Color, String> names = new LinkedHashMap<>();
    names.put(Color.WHITE, "surface");
    names.put(INK, "ink");
    names.put(SOFT, "soft");
    names.put(LINE, "grid");
    names.put(GUIDE, "guide");
    for (int i = 0; i < COLORS.size() - 1; i++) { // the last is soft
      names.put(COLORS.get(i), "k-" + i);
    }
    return names;
  }

  /** Returns what the colours mean, as a line of HTML; empty where there is one series. */
  String key() {
    if (key.size() < 2 && letters.isEmpty()) {
      return "";
    }
    StringBuilder html = new StringBuilder("<p class=\"legend\">");
    letters.forEach(
        (letter, name) ->
            html.append("<span class=\"k-name\"><b>")
                .append(letter)
                .append("</b> ")
                .append(Html.escape(name))
                .append("</span>"));
    key.forEach(
        (name, look) ->
            html.append("<span class=\"")
                .append(look)
                .append("\">")
                .append(Html.escape(name))
                .append("</span>"));
    return html.append("</p>").toString();
  }

  private static String twoDecimals(MatchResult match) {
    return new BigDecimal(match.group())
        .setScale(2, RoundingMode.HALF_EVEN)
        .stripTrailingZeros()
        .toPlainString();
  }
}
