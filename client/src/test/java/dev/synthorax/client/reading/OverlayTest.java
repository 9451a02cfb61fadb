package dev.synthorax.client.reading;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class OverlayTest {
  @Test
  void png_masks_areOutlinedInsideAndAllElseIsTheImage() throws IOException {
    int side = 10;
    byte[] grey = new byte[side * side];
    Arrays.fill(grey, (byte) 90);
    byte[] cells = new byte[side * side];
    for (int y = 3; y < 8; y++) {
      Arrays.fill(cells, y * side + 2, y * side + 7, (byte) 1);
    }
    BinaryMask first = BinaryMask.of(side, side, cells);
    BinaryMask second = BinaryMask.empty(side, side);

    byte[] png = Overlay.png(GrayImage.of(side, side, grey), List.of(second, first));

    BufferedImage picture = ImageIO.read(new ByteArrayInputStream(png));
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        boolean inside = x >= 2 && x < 7 && y >= 3 && y < 8;
        boolean edge = inside && (x == 2 || x == 6 || y == 3 || y == 7);
        assertThat(picture.getRGB(x, y) & 0xFFFFFF)
            .as("%d %d", x, y)
            .isEqualTo(edge ? 0xE69F00 : 0x5A5A5A);
      }
    }
    assertThat(Overlay.colorName(1)).isEqualTo("orange");
  }
}
