package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.EncodedSample;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Sex;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.View;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes what {@link FolderLayout} reads. One thread.
 *
 * <p>Which labels there are is known after the last sample, so the rows wait in a file until then.
 */
final class FolderWriter implements DatasetWriter {
  private final Path folder;
  private final Path images;
  private final Path masks;
  private final Path waitingFile;
  private final BufferedWriter waiting; // owned
  private final Set<String> labels = new LinkedHashSet<>();
  private @Nullable TableWriter boxes; // owned
  private boolean closed;

  FolderWriter(Path folder) throws IOException {
    this.folder = folder;
    images = Files.createDirectory(folder.resolve(FolderLayout.IMAGES));
    masks = Files.createDirectory(folder.resolve(FolderLayout.MASKS));
    waitingFile = folder.resolve("rows.jsonl");
    waiting = Files.newBufferedWriter(waitingFile);
  }

  @Override
  public void add(Sample sample) throws IOException {
    add(EncodedSample.of(sample));
  }

  @Override
  public void add(EncodedSample encoded) throws IOException {
    Sample sample = encoded.sample();
    AttributesJson.require(sample);
    String name = PixelFiles.name(sample);
    requireStripped(sample);
    Files.write(images.resolve(name + ".png"), encoded.image(), StandardOpenOption.CREATE_NEW);
    for (Structure structure : sample.masks().keySet()) {
      Files.write(
          masks.resolve(FolderLayout.maskName(name, structure)),
          encoded.mask(structure),
          StandardOpenOption.CREATE_NEW);
    }
    labels.addAll(sample.info().labels().keySet());
    writeBoxes(sample);
    waiting.write(
        sample.masks().keySet().stream()
            .map(Structure::wireName)
            .collect(Collectors.joining(FolderLayout.SEPARATOR)));
    waiting.write('\t');
    waiting.write(InfoJson.write(sample.info()));
    waiting.write('\n');
  }

  /** Names lose spaces around them in a table, and two of them might become one. */
  private static void requireStripped(Sample sample) {
    List<String> names = new ArrayList<>(sample.info().labels().keySet());
    names.add(sample.info().patientId());
    names.add(sample.info().studyId());
    sample.info().boxes().forEach(box -> names.add(box.label()));
    for (String name : names) {
      if (name.isEmpty() || !name.equals(name.strip())) {
        throw new IllegalArgumentException(
            "sample '"
                + sample.id()
                + "': name '"
                + name
                + "' (expected for folder: patients, studies and labels without spaces around"
                + " them)");
      }
    }
  }

  private void writeBoxes(Sample sample) throws IOException {
    for (Box box : sample.info().boxes()) {
      TableWriter table = boxes;
      if (table == null) {
        table =
            TableWriter.open(
                folder.resolve(FolderLayout.BOXES), String.join(",", FolderLayout.BOX_COLUMNS));
        boxes = table;
      }
      table.row(sample.id(), box.label(), box.x(), box.y(), box.width(), box.height());
    }
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    TableWriter table = boxes;
    try (waiting) {
      if (table != null) {
        table.close();
      }
    }
    writeTable();
    Files.delete(waitingFile);
  }

  private void writeTable() throws IOException {
    List<String> header = new ArrayList<>(FolderLayout.COLUMNS);
    labels.forEach(label -> header.add(FolderLayout.LABEL + label));
    try (BufferedReader rows = Files.newBufferedReader(waitingFile);
        TableWriter table = TableWriter.open(folder.resolve(FolderLayout.TABLE))) {
      table.row(header);
      for (String line = rows.readLine(); line != null; line = rows.readLine()) {
        int tab = line.indexOf('\t');
        byte[] json = line.substring(tab + 1).getBytes(StandardCharsets.UTF_8);
        table.row(row(InfoJson.read(json, ""), line.substring(0, tab)));
      }
    }
  }

  private List<@Nullable Object> row(ImageInfo info, String structures) {
    Sex sex = info.sex();
    View view = info.view();
    Split split = info.split();
    Long seed = info.seed();
    List<@Nullable Object> row = new ArrayList<>();
    row.add(info.id());
    row.add(FolderLayout.IMAGES + "/" + info.id() + ".png");
    row.add(info.patientId());
    row.add(info.studyId());
    row.add(sex == null ? "" : sex.wireName());
    row.add(info.ageYears());
    row.add(view == null ? "" : view.name());
    row.add(split == null ? "" : split.wireName());
    row.add(structures);
    row.add(info.text());
    row.add(seed == null ? "" : Long.toUnsignedString(seed));
    row.add(info.attributes().isEmpty() ? "" : AttributesJson.write(info.attributes()));
    for (String label : labels) {
      var value = info.label(label);
      row.add(value == null ? "" : InfoJson.number(value));
    }
    return row;
  }
}
