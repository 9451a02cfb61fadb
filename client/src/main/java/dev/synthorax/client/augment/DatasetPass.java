package dev.synthorax.client.augment;

import dev.synthorax.client.augment.AugmentOutcome.ArmOutcome;
import dev.synthorax.client.augment.AugmentOutcome.Skipped;
import dev.synthorax.client.dataset.EncodedSample;
import dev.synthorax.client.dataset.OrderedParallel;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.WriteOptions;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.MaskImage;
import dev.synthorax.client.image.Png;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Writes the finished images of a job: a dataset an arm, and one manifest, arm by arm in order of
 * name and image by image in order of id.
 */
final class DatasetPass {
  private final AugmentJob job;
  private final List<ArmItems> arms;
  private final WorkFolder folder;
  private final Skips skips;
  private final EntryFiles files;
  private final AugmentListener listener;

  DatasetPass(
      AugmentJob job,
      List<ArmItems> arms,
      WorkFolder folder,
      Skips skips,
      AugmentListener listener) {
    this.job = job;
    this.arms = inOrder(arms);
    this.folder = folder;
    this.skips = skips;
    this.files = EntryFiles.of(job.plan().format());
    this.listener = listener;
  }

  /** Either a finished image or one of the source. */
  private record Place(String id, int position, int source) {
    private static final int NONE = -1;
  }

  private record Line(EncodedSample sample, AugmentEntry entry) {}

  /** What is in the dataset, and how many images were made for it and not taken. */
  record Written(List<ArmOutcome> arms, int rejected) {}

  static List<ArmItems> inOrder(List<ArmItems> arms) {
    return arms.stream().sorted(Comparator.comparing((ArmItems arm) -> arm.arm().name())).toList();
  }

  static StoredImage require(@Nullable StoredImage image, AugmentItem item) throws IOException {
    if (image == null) {
      throw new IOException(
          item.id() + " was finished and is no longer whole; run the same command again");
    }
    return image;
  }

  /**
   * Writes everything and makes it the job's dataset.
   *
   * @param threads that read and decode
   * @return images of each arm, and how many were made and not taken
   */
  Written write(int threads) throws IOException, InterruptedException {
    Path stage = folder.fresh("stage");
    Progress progress = new Progress(total());
    List<ArmOutcome> outcomes = new ArrayList<>();
    try (BufferedWriter manifest =
        Files.newBufferedWriter(stage.resolve("manifest.jsonl"), StandardCharsets.UTF_8)) {
      for (ArmItems arm : arms) {
        List<Place> places = places(arm);
        job.plan()
            .format()
            .write(
                stage.resolve(arm.arm().name()),
                WriteOptions.of(warning -> listener.warned(arm.arm().name() + ": " + warning)),
                writer ->
                    OrderedParallel.forEach(
                        places.stream()
                            .<Callable<Line>>map(place -> () -> read(arm, place))
                            .iterator(),
                        threads,
                        line -> {
                          writer.add(line.sample);
                          manifest.write(line.entry.toJson());
                          manifest.write('\n');
                          progress.wrote(line.entry);
                        }));
        int ofSource = (int) places.stream().filter(place -> place.source != Place.NONE).count();
        outcomes.add(new ArmOutcome(arm.arm().name(), places.size() - ofSource, ofSource));
      }
    }
    writeSkipped(stage);
    Files.writeString(stage.resolve("plan.json"), job.planJson());
    folder.publish(stage);
    return new Written(outcomes, progress.rejected);
  }

  /** Writes a line an image that could not be made; no file where there is none. */
  private void writeSkipped(Path stage) throws IOException {
    List<Skipped> skipped = skipped();
    if (skipped.isEmpty()) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    for (Skipped one : skipped) {
      lines.append(AugmentEntry.JSON.writeValueAsString(one)).append('\n');
    }
    Files.writeString(stage.resolve("skipped.jsonl"), lines);
  }

  /** Returns what could not be made, by arm and id. */
  List<Skipped> skipped() {
    return arms.stream().flatMap(arm -> skips.of(arm.arm().name()).stream()).toList();
  }

  private int total() {
    return arms.stream().mapToInt(arm -> places(arm).size()).sum();
  }

  private List<Place> places(ArmItems arm) {
    List<Place> places = new ArrayList<>();
    SourceImages source = job.source();
    if (arm.arm().includeSource() && source != null) {
      for (int i = 0; i < source.size(); i++) {
        places.add(new Place(source.training(i).info().id(), Place.NONE, i));
      }
    }
    for (int position = 1; position <= arm.size(); position++) {
      String id = AugmentItem.id(arm.arm(), position);
      if (!skips.contains(id)) {
        places.add(new Place(id, position, Place.NONE));
      }
    }
    places.sort(Comparator.comparing(Place::id));
    return places;
  }

  private Line read(ArmItems arm, Place place) throws IOException {
    SourceImages source = job.source();
    if (place.source != Place.NONE && source != null) {
      EncodedSample sample = EncodedSample.of(source.training(place.source).load());
      return new Line(sample, files.ofSource(arm.arm(), sample));
    }
    AugmentItem item = arm.item(place.position);
    StoredImage stored = require(folder.items().load(item), item);
    byte[] png = stored.image().toByteArray();
    GrayImage image = Png.decode(png, Draft.MAX_SIDE);
    Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
    Map<Structure, byte[]> maskPngs = new EnumMap<>(Structure.class);
    for (var mask : stored.masks().entrySet()) {
      byte[] maskPng = mask.getValue().toByteArray();
      masks.put(mask.getKey(), MaskImage.decode(maskPng, Draft.MAX_SIDE));
      maskPngs.put(mask.getKey(), maskPng);
    }
    Sample sample =
        new Sample(
            item.info(stored.entry(), image.width(), image.height()),
            image,
            masks,
            AugmentPngNotes.of(stored.entry()));
    return new Line(EncodedSample.of(sample, png, maskPngs), stored.entry());
  }

  private final class Progress {
    private final int total;
    private int done;
    private int rejected;

    private Progress(int total) {
      this.total = total;
    }

    private void wrote(AugmentEntry entry) {
      rejected += entry.rejections().size();
      listener.written(++done, total);
    }
  }
}
