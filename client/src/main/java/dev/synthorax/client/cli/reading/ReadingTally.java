package dev.synthorax.client.cli.reading;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.terminal.CountProgress;
import dev.synthorax.client.reading.FilmFile;
import dev.synthorax.client.reading.Films;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a command tells while it reads films and when it is done.
 *
 * @param out where the answer goes
 * @param err where progress goes, and a line for each film that is left out
 * @param json whether machines read the answer
 */
record ReadingTally(PrintWriter out, PrintWriter err, boolean json) {
  /** Takes what was made of a film. */
  interface Keeper<T> {
    /** Keeps it. */
    void keep(FilmFile film, T result) throws IOException;
  }

  /** Reads films and keeps what comes of them; returns those left out. */
  <T> List<Films.Left> read(List<FilmFile> films, Films.Work<T> work, Keeper<T> keeper)
      throws IOException, InterruptedException {
    try (CountProgress progress = CountProgress.open(err, json, "Images", films.size())) {
      return Films.read(
          films,
          work,
          new Films.Results<T>() {
            @Override
            public void done(FilmFile film, T result) throws IOException {
              keeper.keep(film, result);
              progress.step();
            }

            @Override
            public void leftOut(Films.Left left) {
              if (!json) {
                err.println("left out: " + left.why());
              }
              progress.step();
            }
          });
    }
  }

  /**
   * Tells the end.
   *
   * @param words one line for people
   * @param facts the same for machines
   * @return the exit code: a film left out is a failure
   */
  int tell(String words, Map<String, Object> facts, List<Films.Left> left) throws IOException {
    if (json) {
      Map<String, Object> all = new LinkedHashMap<>(facts);
      all.put(
          "leftOut",
          left.stream()
              .map(each -> Map.of("image", each.film().name(), "reason", each.why()))
              .toList());
      out.println(new JsonMapper().writeValueAsString(all));
    } else {
      out.println(words);
    }
    return left.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }

  /** Returns {@code 3 images} or {@code 2 of 3 images}. */
  static String count(int films, int left) {
    String images = films == 1 ? "1 image" : films + " images";
    return left == 0 ? images : (films - left) + " of " + images;
  }
}
