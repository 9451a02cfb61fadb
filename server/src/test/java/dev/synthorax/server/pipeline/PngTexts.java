package dev.synthorax.server.pipeline;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.imageio.ImageIO;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The texts of a PNG, as the JDK's own reader finds them. */
public final class PngTexts {
  private PngTexts() {}

  /** Texts by keyword. */
  public static Map<String, String> read(byte[] png) throws IOException {
    var reader = ImageIO.getImageReadersByFormatName("png").next();
    try (var stream = ImageIO.createImageInputStream(new ByteArrayInputStream(png))) {
      reader.setInput(stream);
      var tree = (Element) reader.getImageMetadata(0).getAsTree("javax_imageio_png_1.0");
      Map<String, String> texts = new LinkedHashMap<>();
      add(texts, tree.getElementsByTagName("tEXtEntry"), "value");
      add(texts, tree.getElementsByTagName("iTXtEntry"), "text");
      return texts;
    } finally {
      reader.dispose();
    }
  }

  private static void add(Map<String, String> texts, NodeList entries, String value) {
    for (int i = 0; i < entries.getLength(); i++) {
      var entry = (Element) entries.item(i);
      texts.put(entry.getAttribute("keyword"), entry.getAttribute(value));
    }
  }
}
