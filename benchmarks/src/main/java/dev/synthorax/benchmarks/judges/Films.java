package dev.synthorax.benchmarks.judges;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.ReadOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Real films of a dataset, by split, each with a caption of its labels for the generator. */
final class Films {
  private Films() {}

  /**
   * Films of a split.
   *
   * @throws IOException if the folder or a film cannot be read
   */
  static List<Sample> of(Path folder, Split split) throws IOException {
    Dataset dataset = DatasetFormat.detect(folder).open(folder, ReadOptions.DEFAULT);
    List<Sample> films = new ArrayList<>();
    for (DatasetImage image : dataset.images()) {
      if (image.info().split() == split) {
        Sample film = image.load();
        films.add(film.withInfo(captioned(film.info(), films.size())));
      }
    }
    return films;
  }

  private static ImageInfo captioned(ImageInfo info, int index) {
    List<String> findings =
        info.positives().stream().map(label -> label.replace('_', ' ')).toList();
    String words = findings.isEmpty() ? "no acute findings" : String.join(" and ", findings);
    String view =
        info.view() == null ? "" : ", " + info.view().name().toUpperCase(Locale.ROOT) + " view";
    return info.toBuilder().text(words + view + ", film").seed((long) index).build();
  }
}
