package dev.synthorax.training.reading;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.synthorax.training.stage.SampleLine;
import dev.synthorax.training.stage.SampleShape;
import dev.synthorax.training.stage.SampleShardWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Films that a small network learns in seconds: a bright {@code heart} and a {@code lungs} around
 * it on grain; where a film shows {@code edema}, the lower half is lighter, where it shows {@code
 * effusion}, the right edge is white.
 */
public final class Films {
  public static final int SIDE = 32;
  private static final SampleShape SHAPE = new SampleShape(SIDE, SIDE, List.of("lungs", "heart"));

  /** What one film is to be. */
  public record Film(
      String id,
      List<String> findings,
      @Nullable List<String> absent,
      List<String> known,
      Map<String, String> attributes) {}

  private Films() {}

  /** Films of alternating findings, of which everything is known. */
  public static List<Film> some(int count) {
    List<Film> films = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<String> findings = new ArrayList<>();
      if (i % 2 == 0) {
        findings.add("edema");
      }
      if (i / 2 % 2 == 0) {
        findings.add("effusion");
      }
      films.add(new Film("film-" + i, findings, null, SHAPE.structures(), Map.of()));
    }
    return films;
  }

  /** Writes them as shards. */
  public static Path write(Path folder, List<Film> films) throws IOException {
    var writer = new SampleShardWriter(folder, SHAPE, 0);
    var random = new SplittableRandom(3);
    for (Film film : films) {
      byte[] lungs = new byte[SIDE * SIDE];
      byte[] heart = new byte[SIDE * SIDE];
      byte[] image = new byte[SIDE * SIDE];
      int left = 8 + random.nextInt(6);
      int top = 8 + random.nextInt(6);
      for (int i = 0; i < image.length; i++) {
        int x = i % SIDE;
        int y = i / SIDE;
        heart[i] = (byte) (x >= left && x < left + 10 && y >= top && y < top + 10 ? 1 : 0);
        lungs[i] = (byte) (x >= left - 5 && x < left + 15 && y > 4 && y < 28 ? 1 : 0);
        int grey = 40 + 50 * lungs[i] + 80 * heart[i] + random.nextInt(8);
        grey += film.findings().contains("edema") && y >= SIDE / 2 ? 40 : 0;
        image[i] = (byte) (film.findings().contains("effusion") && x > 28 ? 250 : grey);
      }
      Map<String, byte[]> masks = new LinkedHashMap<>(Map.of("lungs", lungs, "heart", heart));
      masks.keySet().retainAll(film.known());
      ObjectNode attributes = new ObjectMapper().createObjectNode();
      film.attributes().forEach(attributes::put);
      writer.add(
          image,
          masks,
          new SampleLine(film.id(), null, "", film.findings(), film.absent(), attributes));
    }
    writer.finish();
    return folder;
  }

  /** Indices {@code 0..count - 1}. */
  public static int[] all(int count) {
    int[] indices = new int[count];
    Arrays.setAll(indices, i -> i);
    return indices;
  }
}
