package dev.synthorax.client.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.NodeList;

class PngNotesTest {
  private static final GrayImage IMAGE = GrayImage.of(2, 2, new byte[] {0, 50, 100, (byte) 200});

  @Test
  void encode_latinAndOtherTexts_areReadByTheJdkInOrder() throws IOException {
    PngNotes text =
        PngNotes.synthetic("Synthorax 1", "a model 2", "Erguss groß, \u80f8\u6c34", "{\"seed\":7}");

    byte[] png = Png.encode(IMAGE, text);

    assertThat(read(png, "tEXt"))
        .containsExactly(
            Map.entry("Title", "Synthetic chest radiograph"),
            Map.entry("Software", "Synthorax 1"),
            Map.entry("Source", "a model 2"),
            Map.entry("Disclaimer", "Synthetic: shows no patient; not for diagnosis"),
            Map.entry("Comment", "{\"seed\":7}"));
    assertThat(read(png, "iTXt"))
        .containsExactly(Map.entry("Description", "Erguss groß, \u80f8\u6c34"));
    assertThat(Png.decode(png, 8)).isEqualTo(IMAGE);
  }

  @Test
  void text_whatWasEncoded_comesBackAsItWas() {
    PngNotes text =
        PngNotes.synthetic("Synthorax 1", "a model 2", "Erguss, \u80f8\u6c34", "{\"seed\":7}");

    PngNotes read = Png.text(Png.encode(IMAGE, text));

    assertThat(read).isEqualTo(text);
    assertThat(read.texts().keySet()).containsExactlyElementsOf(text.texts().keySet());
  }

  @Test
  void text_filesOfOthers_areNone() {
    PngNotes other = PngNotes.synthetic("Another 1", "a model 2", "prompt", "{}");
    PngNotes patient = new PngNotes(Map.of("Software", "Synthorax 1", "Title", "A patient"));

    assertThat(Png.text(Png.encode(IMAGE, other))).isEqualTo(PngNotes.NONE);
    assertThat(Png.text(Png.encode(IMAGE, patient))).isEqualTo(PngNotes.NONE);
    assertThat(Png.text(Jpeg.encode(IMAGE, 90))).isEqualTo(PngNotes.NONE);
    assertThat(Png.text(new byte[0])).isEqualTo(PngNotes.NONE);
  }

  @Test
  void text_cutAnywhere_isTheTextOrNone() {
    PngNotes text = PngNotes.synthetic("Synthorax 1", "model", "\u80f8", "{}");
    byte[] png = Png.encode(IMAGE, text);

    for (int length = 0; length < png.length; length++) {
      byte[] cut = Arrays.copyOf(png, length);
      PngNotes read = Png.text(cut);
      assertThat(text.texts().entrySet())
          .as("%s bytes", length)
          .containsAll(read.texts().entrySet());
    }
    byte[] wild = png.clone();
    wild[33] = (byte) 0x7F; // the length of the first text
    assertThat(Png.text(wild)).isEqualTo(PngNotes.NONE);
  }

  @Test
  void encode_latinTextBeyondAscii_comesBack() throws IOException {
    byte[] png = Png.encode(IMAGE, new PngNotes(Map.of("Description", "groß")));

    assertThat(read(png, "tEXt")).containsEntry("Description", "groß");
  }

  @Test
  void encode_equalTexts_giveEqualBytes() {
    PngNotes one = PngNotes.synthetic("Synthorax 1", "model", "effusion", "{}");
    PngNotes same = PngNotes.synthetic("Synthorax 1", "model", "effusion", "{}");

    assertThat(Png.encode(IMAGE, one)).isEqualTo(Png.encode(IMAGE, same));
  }

  @Test
  void encode_noText_isTheImageAlone() {
    assertThat(Png.encode(IMAGE, PngNotes.NONE)).isEqualTo(Png.encode(IMAGE));
  }

  @Test
  void of_controlCharacters_becomeReplacementsAndLinesStay() {
    PngNotes text = new PngNotes(Map.of("Comment", "a\u0000b\u001b[2Jc\u009bd\ne"));

    assertThat(text.texts()).containsEntry("Comment", "a\ufffdb\ufffd[2Jc\ufffdd\ne");
  }

  @Test
  void of_emptyText_isLeftOut() {
    assertThat(new PngNotes(Map.of("Description", "")).texts()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " Title", "Title ", "a  b", "Ti\ttle", "\u80f8", "a\u0000b"})
  void of_badKeyword_isRefused(String keyword) {
    assertThatThrownBy(() -> new PngNotes(Map.of(keyword, "text")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("PNG keyword: '" + keyword + "' (expected: 1..79 ");
  }

  private static Map<String, String> read(byte[] png, String chunk) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (ImageInputStream input = ImageIO.createImageInputStream(new ByteArrayInputStream(png))) {
      reader.setInput(input);
      IIOMetadataNode root =
          (IIOMetadataNode) reader.getImageMetadata(0).getAsTree("javax_imageio_png_1.0");
      NodeList entries = root.getElementsByTagName(chunk + "Entry");
      Map<String, String> texts = new LinkedHashMap<>();
      for (int i = 0; i < entries.getLength(); i++) {
        IIOMetadataNode entry = (IIOMetadataNode) entries.item(i);
        texts.put(
            entry.getAttribute("keyword"),
            entry.getAttribute(chunk.equals("tEXt") ? "value" : "text"));
      }
      return texts;
    } finally {
      reader.dispose();
    }
  }
}
