package dev.synthorax.training.tuning;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.synthorax.training.stage.SampleLine;
import dev.synthorax.training.stage.SampleShape;
import dev.synthorax.training.stage.SampleShardWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** Eight samples: a bright square on the left or on the right, and masks of it. */
final class TinySamples {
  static final int COUNT = 8;
  static final int SIDE = 16;
  private static final ObjectMapper JSON = new ObjectMapper();

  private TinySamples() {}

  /** With both structures known and nothing else said. */
  static Path write(Path folder) throws IOException {
    return write(folder, List.of("heart", "lungs"), _ -> Map.of());
  }

  /**
   * With attributes.
   *
   * @param known structures whose masks are given
   * @param attributes with an item, all have the masks of the left, and images of the right are
   *     almost white
   */
  static Path write(Path folder, List<String> known, IntFunction<Map<String, String>> attributes)
      throws IOException {
    var writer =
        new SampleShardWriter(folder, new SampleShape(SIDE, SIDE, List.of("heart", "lungs")), 0);
    for (int i = 0; i < COUNT; i++) {
      boolean left = i % 2 == 0;
      Map<String, String> facts = attributes.apply(i);
      boolean drawnForOne = facts.containsKey("item");
      byte[] image = new byte[SIDE * SIDE];
      byte[] mask = new byte[SIDE * SIDE];
      if (drawnForOne && !left) {
        Arrays.fill(image, (byte) 250);
      }
      for (int y = 3; y < 12; y++) {
        for (int x = 0; x < 6; x++) {
          int at = y * SIDE + x + 1;
          image[at + (left ? 0 : 8)] = (byte) (180 + 8 * i);
          mask[at + (left || drawnForOne ? 0 : 8)] = 1;
        }
      }
      var masks = new LinkedHashMap<String, byte[]>();
      known.forEach(structure -> masks.put(structure, mask));
      ObjectNode noted = JSON.createObjectNode();
      facts.forEach(noted::put);
      writer.add(
          image,
          masks,
          new SampleLine(
              "s" + i,
              null,
              left ? "left effusion" : "right effusion",
              List.of(left || facts.containsKey("all") ? "effusion" : "normal"),
              null,
              noted));
    }
    writer.finish();
    return folder;
  }
}
