package dev.synthorax.client.dataset.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheXmaskTableTest {
  private static final String HEADER =
      "dicom_id,Dice RCA (Max),Dice RCA (Mean),Landmarks,Left Lung,Right Lung,Heart,Height,Width";

  @TempDir Path folder;

  private final Warnings warnings = new Warnings();

  private Map<String, CheXmask> read(String header, String... rows) throws IOException {
    String[] lines = new String[rows.length + 1];
    lines[0] = header;
    System.arraycopy(rows, 0, lines, 1, rows.length);
    Path file = DicomFixture.table(folder, "masks.csv", lines);
    return CheXmaskTable.read(file, Set.of("a", "b"), ReadOptions.DEFAULT, warnings);
  }

  private static CheXmask only(Map<String, CheXmask> masks) {
    assertThat(masks).containsOnlyKeys("a");
    return masks.values().iterator().next();
  }

  private static GrayImage grey(int width, int height) {
    return GrayImage.of(width, height, new byte[width * height]);
  }

  @Test
  void read_rows_areAbsoluteOneBasedAlongRows() throws IOException {
    CheXmask mask = only(read(HEADER, "a,0.9,0.8,,1 2,3 1,6 1 8 1,3,3"));

    Map<Structure, BinaryMask> masks = mask.masks(grey(3, 3));

    assertThat(DicomFixture.cells(masks.get(Structure.LEFT_LUNG))).isEqualTo("##.|...|...");
    assertThat(DicomFixture.cells(masks.get(Structure.RIGHT_LUNG))).isEqualTo("..#|...|...");
    assertThat(DicomFixture.cells(masks.get(Structure.LUNGS))).isEqualTo("###|...|...");
    assertThat(DicomFixture.cells(masks.get(Structure.HEART))).isEqualTo("...|..#|.#.");
  }

  @Test
  void masks_imageOfAnotherSize_areResizedIfTheShapeIsTheSame() throws IOException {
    CheXmask mask = only(read(HEADER, "a,0.9,0.8,,1 2 5 2,-1,,4,4"));

    Map<Structure, BinaryMask> masks = mask.masks(grey(2, 2));

    assertThat(masks).containsOnlyKeys(Structure.LEFT_LUNG);
    assertThat(DicomFixture.cells(masks.get(Structure.LEFT_LUNG))).isEqualTo("#.|..");
    assertThatThrownBy(() -> mask.masks(grey(4, 3)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            folder.resolve("masks.csv")
                + ": line 2: masks are 4 x 4 (expected: the shape of the image, 4 x 3; take the"
                + " table of the original resolution)");
  }

  @Test
  void read_withoutHeightAndWidth_fitsTheImage() throws IOException {
    CheXmask mask =
        only(
            read(
                "Path,Dice RCA (Max),Dice RCA (Mean),Landmarks,Left Lung,Right Lung,Heart",
                "files/x/a.jpg,0.9,0.8,,1 6,1 6,"));

    assertThat(DicomFixture.cells(mask.masks(grey(3, 2)).get(Structure.LEFT_LUNG)))
        .isEqualTo("###|###");
    assertThatThrownBy(() -> mask.masks(grey(5, 1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("masks.csv: line 2: left_lung: run 1: 6 cells from cell 0 end at 6");
  }

  @Test
  void read_filter_takesTheSmallerOfTwoSwappedColumns() throws IOException {
    Map<String, CheXmask> masks = read(HEADER, "a,0.95,0.69,,1 2,,,3,3", "b,0.69,0.95,,1 2,,,3,3");

    assertThat(masks).isEmpty();
    assertThat(warnings.lines()).hasSize(2).allMatch(line -> line.contains("Dice of 0.69"));
  }

  @Test
  void read_imagesWithoutRow_areCounted() throws IOException {
    Map<String, CheXmask> masks = read(HEADER, "c,0.9,0.9,,1 2,,,3,3", "b.png,0.9,0.9,,1 2,,,3,3");

    assertThat(masks).containsOnlyKeys("b");
    assertThat(warnings.lines())
        .containsExactly(folder.resolve("masks.csv") + ": 1 of 2 images are not in it");
  }

  @Test
  void read_badRows_areRefused() {
    assertThatThrownBy(() -> read(HEADER, "a,0.9,0.9,,2 2 3 1,,,3,3"))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith(
            "masks.csv: line 2: Left Lung: run 2: start 3 (expected: at least 4, the end of run"
                + " 1)");
    assertThatThrownBy(() -> read(HEADER, "a,0.9,0.9,,1 2,,,3,3", "a,0.9,0.9,,1 2,,,3,3"))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("(expected: every image once; it is in line 2 too)");
    assertThatThrownBy(() -> read(HEADER, "a,0.9,0.9,,1 2,,,0,3"))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("line 2: Height '0' (expected: at least 1)");
  }
}
